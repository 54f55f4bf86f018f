"""`lienthong clocks`: nothing differs by itself; whatever is changed behind the ledger is named."""

import asyncio
import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gateway.cli.clocks import app
from gateway.operations import clock_check
from tests.integration.api.running import Api

NOBODY = "00000000-0000-7000-8000-000000000001"


@pytest.fixture
def command(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command in a thread: it has an event loop of its own."""
    monkeypatch.setenv("LIENTHONG_DATABASE_URL", database_url)

    async def run(*arguments: str) -> Result:
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, list(arguments)))

    return run


async def transfers(api: Api, count: int) -> list[str]:
    """Submit dossiers and let a day and its limits pass."""
    commune = await api.sign_in()
    receipts = [await api.submit(commune) for _ in range(count)]
    api.clock.move(days=1)
    await api.keep_time()
    return [str(receipt["transfer"]) for receipt in receipts]


async def found(command: Any, *arguments: str) -> list[dict[str, Any]]:
    result = await command("verify", "--json", *arguments)
    view = json.loads(result.stdout)
    assert result.exit_code == (1 if view["differences"] else 0)
    assert view["differences"] == len(view["found"])
    return list(view["found"])


async def test_nothing_differs_by_itself(
    api: Api, command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock_check, "PAGE", 2)
    await transfers(api, 5)

    result = await command("verify", "--json")

    view = json.loads(result.stdout)
    assert (result.exit_code, view["transfers"], view["differences"]) == (0, 5, 0)
    assert view["clocks"] == 10
    assert "0 khác biệt · differences" in (await command("verify", "--open")).stdout


async def test_a_tampered_deadline_is_found(api: Api, command: Any) -> None:
    transfer, _ = await transfers(api, 2)

    await api.rows(
        "UPDATE hops SET document = jsonb_set(document::jsonb, '{clock,deadline_at}',"
        " '\"2026-04-01T00:00:00Z\"')::json WHERE transfer_id = %s AND step = 'civil-status'",
        transfer,
    )

    differences = await found(command)
    assert {one["transfer"] for one in differences} == {transfer}
    assert ("clock", "civil-status", "deadline_at") in {
        (one["what"], one["step"], one["field"]) for one in differences
    }
    assert ("column", "civil-status") in {(one["what"], one["step"]) for one in differences}


async def test_a_tampered_pause_is_found(api: Api, command: Any) -> None:
    [transfer] = await transfers(api, 1)

    await api.rows(
        "UPDATE transfers SET document = jsonb_set(document::jsonb, '{clock,pauses}',"
        ' \'[["2026-03-02T02:00:00Z", "2026-03-03T02:00:00Z", "supplement"]]\')::json'
        " WHERE id = %s",
        transfer,
    )

    assert ("clock", "pauses") in {
        (one["what"], one["field"]) for one in await found(command, "--transfer", transfer)
    }


async def test_a_missing_entry_is_found(api: Api, command: Any) -> None:
    [transfer] = await transfers(api, 1)

    await api.rows("DELETE FROM ledger WHERE transfer_id = %s AND act = 'hop.dispatched'", transfer)

    differences = await found(command)
    assert {"chain", "clock"} <= {one["what"] for one in differences}
    assert any("does not follow" in one["detail"] for one in differences)


async def test_a_changed_hash_is_found(api: Api, command: Any) -> None:
    [transfer] = await transfers(api, 1)

    await api.rows(
        "UPDATE ledger SET hash = sha256('x') WHERE transfer_id = %s AND seq = 2", transfer
    )

    assert {(one["what"], one["entry"]) for one in await found(command)} == {
        ("chain", 2),
        ("chain", 3),
    }


async def test_a_timer_that_was_lost_is_found(api: Api, command: Any) -> None:
    [transfer] = await transfers(api, 1)

    await api.rows("UPDATE transfers SET next_timer_at = NULL WHERE id = %s", transfer)

    assert [one["field"] for one in await found(command)] == ["next_timer_at"]


async def test_the_story_of_a_clock_is_told(api: Api, command: Any) -> None:
    [transfer] = await transfers(api, 1)

    shown = await command("show", transfer, "--json")
    for_people = await command("show", transfer)

    view = json.loads(shown.stdout)
    assert [one["act"] for one in view["events"]][:2] == ["transfer.submitted", "hop.dispatched"]
    assert view["differences"] == []
    assert "clock.breached" in for_people.stdout
    assert "Thời gian của ai · whose time" in for_people.stdout
    assert "Thời hạn chung · total: 24 h 00 min" in for_people.stdout
    assert "Bí Mật" not in shown.stdout + for_people.stdout


@pytest.mark.parametrize("arguments", [("verify", "--transfer", NOBODY), ("show", NOBODY)])
async def test_what_is_not_there_is_one_line(
    api: Api, command: Any, arguments: tuple[str, ...]
) -> None:
    result = await command(*arguments)

    assert (result.exit_code, result.stderr) == (
        2,
        "lienthong clocks: no transfer has this id\n",
    )
