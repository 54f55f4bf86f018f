"""`lienthong letter` drafts, issues once, lists; one clear line for what is wrong."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gateway.cli.letter import app
from gateway.operations import offline
from tests.integration.api.running import Api
from tests.integration.operations.test_letters_of_apology import REASON, late

NOBODY = "00000000-0000-7000-8000-000000000001"


@pytest.fixture
def command(api: Api, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command in a thread, at the gateway's legal time."""
    monkeypatch.setenv("LIENTHONG_DATABASE_URL", database_url)
    monkeypatch.setattr(offline, "SystemClock", lambda: api.clock)

    async def run(*arguments: str) -> Result:
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, list(arguments)))

    return run


async def test_it_drafts_text_json_and_a_pdf_file(api: Api, command: Any, tmp_path: Path) -> None:
    transfer, _ = await late(api)
    file = tmp_path / "thư.pdf"

    text = await command("draft", transfer)
    english = await command("draft", transfer, "--lang", "en")
    shown = await command("draft", transfer, "--json", "--until", "2026-03-16")
    drawn = await command("draft", transfer, "--pdf", str(file))

    assert "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN" in text.stdout
    assert "LETTER OF APOLOGY" in english.stdout
    assert json.loads(shown.stdout)["new_date"] == "2026-03-16T10:30:00Z"
    assert (drawn.exit_code, drawn.stdout) == (0, "")
    assert file.read_bytes().startswith(b"%PDF-")


async def test_it_issues_once_and_lists(api: Api, command: Any) -> None:
    transfer, _ = await late(api)
    order = ("issue", transfer, "--until", "2026-03-16", "--reason", REASON)

    first = await command(*order)
    second = await command(*order)
    listed = await command("list", "--json")
    for_people = await command("list")

    assert first.exit_code == 0, first.output
    assert "sent to nobody" in first.stderr
    assert second.exit_code == 1
    assert "Điều 19 khoản 9" in second.stderr
    [one] = json.loads(listed.stdout)
    assert (one["transfer"], one["new_date"]) == (transfer, "2026-03-16T10:30:00Z")
    assert "16/03/2026 17:30" in for_people.stdout
    [(deadline,)] = await api.rows("SELECT deadline_at::text FROM transfers")
    assert deadline == "2026-03-16 10:30:00+00"


async def test_too_late_is_one_line_and_exit_code_1(api: Api, command: Any) -> None:
    transfer, _ = await late(api, days=6, hours=1)

    result = await command("draft", transfer)

    assert result.exit_code == 1
    assert result.stderr.startswith("lienthong letter: the promised date may not move any more")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("draft", "no-id"), "is not an id"),
        (("draft", NOBODY), "no transfer has this id"),
        (("draft", NOBODY, "--until", "soon"), "is no date"),
        (("draft", NOBODY, "--until", "2026-03-15"), "day off"),
        (("draft", NOBODY, "--until", "2026-03-16T17:30:00"), "offset"),
        (("draft", NOBODY, "--until", "2099-01-01"), "known"),
        (("issue", NOBODY, "--until", "2026-03-16", "--reason", " "), "reason"),
    ],
)
async def test_bad_input_is_one_line_and_exit_code_2(
    arguments: tuple[str, ...], told: str, command: Any
) -> None:
    result = await command(*arguments)

    assert result.exit_code == 2, result.output
    assert told in result.stderr
    assert result.stderr.count("\n") == 1
