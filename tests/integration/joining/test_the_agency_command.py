"""`lienthong agency` and `lienthong audit` on a database: the same use cases as the API."""

import asyncio
import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gateway.cli.agency import app
from gateway.cli.audit import app as audit
from tests.integration.api.running import Api
from tests.integration.joining.office import JOINER, Office

WHY = ["--reason", "Theo công văn đề nghị kết nối"]


@pytest.fixture
def command(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command in a thread: it has an event loop of its own."""
    monkeypatch.setenv("LIENTHONG_DATABASE_URL", database_url)

    async def run(*arguments: str, of: Any = app) -> Result:
        return await asyncio.to_thread(lambda: CliRunner().invoke(of, list(arguments)))

    return run


async def test_an_agency_joins_at_a_terminal(api: Api, office: Office, command: Any) -> None:
    await command("register", JOINER, "--contact", "Tổ một cửa", *WHY)
    issued = await command("credentials", "issue", JOINER, "--json")
    endpoint = await command("endpoint", JOINER, "mailbox")
    takes = await command("capabilities", JOINER, "--kind", "handover.offered", "--no-documents")
    not_ready = await command("go-live", JOINER)
    live = await command("go-live", JOINER, "--force", *WHY, "--json")
    shown = await command("show", JOINER)
    listed = await command("list")
    [credential] = json.loads(issued.stdout)

    assert endpoint.exit_code == 0, endpoint.output
    assert "handover.offered" in takes.stdout
    assert (not_ready.exit_code, len(not_ready.stderr.splitlines())) == (2, 1)
    assert "present endpoint was not tested" in not_ready.stderr
    assert json.loads(live.stdout)["state"] == "live"
    assert "đang hoạt động" in shown.stdout
    assert JOINER in listed.stdout
    assert credential["secret"] not in shown.stdout
    assert (await office.sign_in(credential)).status_code == 200


async def test_credentials_are_rotated_and_revoked_at_a_terminal(
    api: Api, office: Office, command: Any
) -> None:
    await office.do("", agency=JOINER)
    first = (await office.issue())["http"]

    rotated = await command("credentials", "rotate", JOINER, "--road", "http", "--json")
    both = [first, json.loads(rotated.stdout)]
    good = [(await office.sign_in(one)).status_code for one in both]
    revoked = await command("credentials", "revoke", JOINER, first["name"], "--road", "http")
    gone = [(await office.sign_in(one)).status_code for one in both]

    assert (rotated.exit_code, revoked.exit_code) == (0, 0)
    assert (good, gone) == ([200, 200], [401, 401])
    assert "đã thu hồi" in revoked.stdout


async def test_the_trail_tells_what_changed_and_why(api: Api, office: Office, command: Any) -> None:
    await office.goes_live()
    await command("suspend", JOINER, *WHY)

    trail = await command("list", "--of", JOINER, of=audit)

    assert "agency.suspended" in trail.stdout.splitlines()[0]
    assert "operator:cli:" in trail.stdout.splitlines()[0]
    assert "live → suspended" in trail.stdout
    assert WHY[1] in trail.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "H31.102"),
        ("register", "nobody"),
        ("register", "H31.102", "--reason", "x"),
        ("list", "--state", "asleep"),
        ("endpoint", "H31.102"),
        ("endpoint", "H31.102", "mailbox", "--on"),
        ("endpoint", "H31.102", "mailbox", "--options-file", "/nowhere"),
        ("credentials", "issue", "H31.102", "--road", "webhook"),
        ("credentials", "issue", "H31.102", "--days", "0"),
        ("credentials", "issue", "H31.102", "--reason", "x"),
        ("capabilities", "H31.102", "--kind", "transfer.submitted"),
        ("capabilities", "H31.102", "--largest", "1"),
    ],
)
async def test_bad_input_is_one_line_and_exit_code_2(
    api: Api, command: Any, arguments: tuple[str, ...]
) -> None:
    result = await command(*arguments)

    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("lienthong agency: ")
