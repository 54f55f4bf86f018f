"""`lienthong reorganise` on a database: it shows, it applies once, and refuses in one line."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from gateway.cli.reorganise import reorganise
from tests.integration.api.running import Api
from tests.integration.reform.eve import BASIS, COMMUNE, HEIR, Eve

DIRECTORY = ["--effective", "2025-07-01", "--from-directory", "--legal-basis", BASIS]
APPLY = ["--apply", "--reason", "Sắp xếp đơn vị hành chính"]


@pytest.fixture
def command(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command in a thread: it has an event loop of its own."""
    monkeypatch.setenv("LIENTHONG_DATABASE_URL", database_url)
    app = typer.Typer()
    app.command()(reorganise)

    async def run(*arguments: str) -> Result:
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, list(arguments)))

    return run


async def test_it_shows_and_then_applies_once(api: Api, command: Any) -> None:
    transfer = await Eve(api).submits()

    shown = await command(*DIRECTORY)
    applied = await command(*DIRECTORY, *APPLY, "--json")
    again = await command(*DIRECTORY, *APPLY, "--json")

    assert f"{COMMUNE} → {HEIR}" in shown.stdout
    [act, *_] = json.loads(applied.stdout)["acts"]
    assert (act["state"], act["outcomes"]) == ("done", {"done": 1})
    assert act["actor"].startswith("operator:cli:")
    assert (await Eve(api).hop(transfer, "civil-status"))["agency"] == HEIR
    assert json.loads(again.stdout)["transfers"] == 0
    assert [one["outcomes"].get("done", 0) for one in json.loads(again.stdout)["acts"]] in ([], [0])


async def test_a_dry_run_freezes_the_list_and_waits(api: Api, command: Any) -> None:
    transfer = await Eve(api).submits()

    frozen = await command(*DIRECTORY, *APPLY, "--dry-run", "--json")

    [act, *_] = json.loads(frozen.stdout)["acts"]
    assert (act["state"], act["total"], act["outcomes"]) == ("paused", 1, {"open": 1})
    assert (await Eve(api).hop(transfer, "civil-status"))["agency"] == COMMUNE


async def test_a_reviewed_plan_decides(api: Api, command: Any, tmp_path: Path) -> None:
    transfer = await Eve(api).submits()
    file = tmp_path / "plan.tsv"
    file.write_text(
        "# title: Sắp xếp\n# effective: 2025-07-01\n# legal_basis: NQ 202/2025/QH15\n"
        "# otherwise: person\nagency\trole\tunit\tto\tlegal_basis\n"
        f"{COMMUNE}\t\t12433\tH31.140\tNQ 1666/NQ-UBTVQH15\n",
        "utf-8",
    )

    applied = await command("--effective", "2025-07-01", "--plan", str(file), *APPLY, "--json")

    assert json.loads(applied.stdout)["acts"][0]["outcomes"] == {"done": 1}, applied.output
    assert (await Eve(api).hop(transfer, "civil-status"))["agency"] == "H31.140"
    [[basis]] = await api.rows(
        "SELECT body::json ->> 'legal_basis' FROM ledger WHERE act = 'hop.reorganised'"
    )
    assert basis == "NQ 1666/NQ-UBTVQH15"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--effective", "1 July"], "is no date"),
        (["--effective", "2025-07-01"], "name a --plan"),
        (["--effective", "2025-07-01", "--from-directory"], "needs a --legal-basis"),
        ([*DIRECTORY, "--apply"], "needs a --reason"),
        (["--effective", "2025-07-01", "--plan", "/no/such/file"], "cannot be read"),
        (
            ["--effective", "2025-08-01", "--from-directory", "--legal-basis", "x"],
            "no agency closes on 2025-08-01",
        ),
    ],
)
async def test_bad_input_is_one_line(
    api: Api, command: Any, arguments: list[str], says: str
) -> None:
    refused = await command(*arguments)

    assert refused.exit_code == 2
    assert says in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


async def test_a_plan_with_faults_names_their_lines(api: Api, command: Any, tmp_path: Path) -> None:
    file = tmp_path / "plan.tsv"
    file.write_text("# title: x\nagency\trole\n", "utf-8")

    refused = await command("--effective", "2025-07-01", "--plan", str(file))

    assert refused.exit_code == 2
    assert "line 2: the columns are" in refused.stderr
