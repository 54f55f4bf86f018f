"""`lienthong stuck` on a database: the same use cases, one clear line for what is wrong."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gateway.cli.stuck import app
from gateway.operations.causes import Cause
from gateway.operations.stuck_filter import StuckFilter
from gateway.operations.stuck_views import keep_view
from tests.integration.api.running import Api

REASON = ["--reason", "Đã gọi bộ phận kỹ thuật"]
NOBODY = "00000000-0000-7000-8000-000000000001"


@pytest.fixture
def command(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command in a thread: it has an event loop of its own."""
    monkeypatch.setenv("LIENTHONG_DATABASE_URL", database_url)

    async def run(*arguments: str) -> Result:
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, list(arguments)))

    return run


async def _submitted(api: Api) -> str:
    receipt = await api.submit(await api.sign_in())
    # The command reads the real clock: long after the hand-over limit of March 2026.
    return str(receipt["transfer"])


async def test_it_counts_and_lists(api: Api, command: Any) -> None:
    transfer = await _submitted(api)

    counts = await command("list", "--json")
    listed = await command("list", "undelivered", "--json")
    for_people = await command("list", "undelivered")

    assert {one["cause"]: one["count"] for one in json.loads(counts.stdout)}["undelivered"] == 1
    assert [one["transfer"] for one in json.loads(listed.stdout)] == [transfer]
    assert transfer in for_people.stdout
    assert "Chưa bàn giao" in for_people.stdout


async def test_it_shows_a_transfer_without_the_citizen(api: Api, command: Any) -> None:
    transfer = await _submitted(api)

    shown = await command("show", transfer, "--json")
    for_people = await command("show", transfer)

    assert {"no-endpoint", "undelivered"} <= {
        one["cause"] for one in json.loads(shown.stdout)["stuck"]
    }
    assert "civil-status" in for_people.stdout
    assert "đường truyền, hệ thống · network" in for_people.stdout, "whose time it was"
    assert "(tạm tính · provisional)" in for_people.stdout
    assert "Bí Mật" not in shown.stdout + for_people.stdout


async def test_it_draws_a_transfers_way_without_the_citizen(
    api: Api, command: Any, tmp_path: Path
) -> None:
    transfer = await _submitted(api)
    vi, en = tmp_path / "vi.svg", tmp_path / "en.svg"

    drawn = await command("show", transfer, "--picture", str(vi))
    await command("show", transfer, "--picture", str(en), "--english")
    nowhere = await command("show", transfer, "--picture", str(tmp_path / "no" / "x.svg"))
    nobody = await command("show", NOBODY, "--picture", str(vi))

    assert drawn.exit_code == 0, drawn.output
    assert "Đăng ký khai sinh" in vi.read_text("utf-8")
    assert "Register the birth" in en.read_text("utf-8")
    assert "Chưa tới lượt" in vi.read_text("utf-8")
    assert "Bí Mật" not in vi.read_text("utf-8") + en.read_text("utf-8")
    assert transfer not in vi.read_text("utf-8")
    assert (nowhere.exit_code, nobody.exit_code) == (2, 2)


async def test_it_redirects_and_archives(api: Api, command: Any) -> None:
    transfer = await _submitted(api)

    redirected = await command(
        "redirect", transfer, "--step", "civil-status", "--agency", "H31.102", *REASON, "--json"
    )
    archived = await command("archive", transfer, *REASON)

    assert json.loads(redirected.stdout)["outcomes"] == {"done": 1}, redirected.stdout
    assert "1 done" in archived.stdout
    [(agency,)] = await api.rows(
        "SELECT agency FROM hops WHERE step = 'civil-status' AND round = 2"
    )
    assert agency == "H31.102"


async def test_it_retries_by_cause_and_can_only_show(api: Api, command: Any) -> None:
    await _submitted(api)

    dry = await command("retry", "--cause", "undelivered", "--dry-run", *REASON, "--json")
    done = await command("retry", "--cause", "undelivered", *REASON, "--json")

    assert json.loads(dry.stdout)["state"] == "paused"
    assert json.loads(done.stdout)["outcomes"] == {"done": 1}


async def test_it_groups_by_failure_and_acts_on_what_meets_conditions(
    api: Api, command: Any
) -> None:
    first, second = await _submitted(api), await _submitted(api)
    await api.rows("UPDATE deliveries SET failure_code = 'tls' WHERE transfer_id = %s", first)

    grouped = await command("groups", "undelivered", "--json")
    for_people = await command("groups")
    assigned = await command(
        "assign", "lan", "--cause", "undelivered", "--where", "failure=tls", "--json"
    )
    hers = await command(
        "list", "undelivered", "--where", "assigned=lan", "--where", "older=1d", "--json"
    )
    nobodys = await command("list", "undelivered", "--where", "assigned=nobody", "--json")
    noted = await command("note", "Hẹn gọi lại", first)
    notes = await command("notes", first)

    groups = json.loads(grouped.stdout)["groups"]
    assert {(one["failure"], one["count"]) for one in groups} == {("tls", 1), (None, 1)}
    assert "tls" in for_people.stdout
    assert json.loads(assigned.stdout)["outcomes"] == {"done": 1}, assigned.output
    assert [one["transfer"] for one in json.loads(hers.stdout)] == [first]
    assert [one["transfer"] for one in json.loads(nobodys.stdout)] == [second]
    assert "Hẹn gọi lại" not in noted.stdout
    assert "Hẹn gọi lại" in notes.stdout


async def test_an_act_is_shown_and_then_let_go_or_ended(api: Api, command: Any) -> None:
    await _submitted(api)
    shown = [
        json.loads(
            (
                await command("archive", "--cause", "undelivered", "--dry-run", *REASON, "--json")
            ).stdout
        )
        for _ in range(2)
    ]

    cancelled = await command("act", shown[0]["id"], "cancel", "--json")
    resumed = await command("act", shown[1]["id"], "resume", "--json")
    again = await command("act", shown[0]["id"], "resume")

    assert json.loads(cancelled.stdout)["state"] == "cancelled"
    assert json.loads(resumed.stdout)["outcomes"] == {"done": 1}
    assert (again.exit_code, again.stdout) == (2, "")


async def test_nothing_done_is_exit_code_1(api: Api, command: Any) -> None:
    result = await command("archive", NOBODY, *REASON)

    assert result.exit_code == 1
    assert "skipped: not-found" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "no-such-cause"),
        ("show", "x"),
        ("show", NOBODY),
        ("retry", *REASON),
        ("retry", NOBODY, *REASON),
        ("retry", NOBODY, "--step", "a", "--cause", "poison", *REASON),
        ("retry", "--cause", "poison", *REASON),
        ("archive", NOBODY, "--reason", " "),
        ("archive", "--delivery", "x", *REASON),
        ("archive", "--where", "text=x", *REASON),
        ("list", "undelivered", "--where", "older=soon"),
        ("list", "undelivered", "--where", "text=Nguyễn"),
        ("list", "--where", "moon=1"),
        ("assign", "lan"),
        ("act", NOBODY, "pause"),
    ],
)
async def test_bad_input_is_one_line_and_exit_code_2(
    api: Api, command: Any, arguments: tuple[str, ...]
) -> None:
    result = await command(*arguments)

    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("lienthong stuck: ")


def test_without_a_database_it_says_so() -> None:
    result = CliRunner().invoke(app, ["list"])

    assert (result.exit_code, result.stderr) == (
        2,
        "lienthong stuck: LIENTHONG_DATABASE_URL is missing\n",
    )


async def test_it_asks_what_somebody_kept_as_a_view(api: Api, command: Any) -> None:
    transfer = await _submitted(api)
    wanted = StuckFilter(causes=(Cause.UNDELIVERED,), text="H31")
    await keep_view(api.gateway.services.pool, "lan", "sáng nào cũng xem", wanted)

    kept = await command("views", "--whose", "lan")
    listed = await command("list", "--view", "sáng nào cũng xem", "--whose", "lan", "--json")
    grouped = await command("groups", "--view", "sáng nào cũng xem", "--whose", "lan", "--json")
    elses = await command("list", "--view", "sáng nào cũng xem", "--whose", "an")
    both = await command("list", "--view", "x", "--whose", "lan", "--of", "H31.101")

    assert kept.stdout.strip() == "sáng nào cũng xem: causes=undelivered, text=H31"
    assert [one["transfer"] for one in json.loads(listed.stdout)] == [transfer]
    assert [one["cause"] for one in json.loads(grouped.stdout)["groups"]] == ["undelivered"]
    assert (elses.exit_code, both.exit_code) == (2, 2)
    assert "there is no view" in elses.stderr
