"""docs/connect.md and docs/client.md: every snippet is run, in order, against the sandbox.

Only what fetches software is not run, but checked: it names what the locks name.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.acceptance.pages import ROOT, Snippet, run_in_a_shell, snippets
from tests.acceptance.program import Program, own_folder
from tests.npm import installed, needs_node

__all__ = ["own_folder"]

PAGE = "connect.md"
CLIENT = "client.md"
JAVASCRIPT = ROOT / "tests" / "contract" / "javascript"

pytestmark = [needs_node, pytest.mark.xdist_group("demo")]  # not beside another whole gateway


@pytest.fixture
def desk(own_folder: Path) -> Iterator[Path]:
    """A stranger's folder: the sandbox runs, its libraries are installed, the programs saved."""
    folder = own_folder / "desk"
    folder.mkdir()
    (folder / "node_modules").symlink_to(installed(JAVASCRIPT) / "node_modules")
    (folder / ".venv").symlink_to(Path(sys.prefix))
    for one in (*snippets(PAGE), *snippets(CLIENT)):
        if one.language in ("python", "js"):
            assert one.name is not None, f"line {one.line} says no name to save it under"
            (folder / one.name).write_text(one.text, "utf-8")
    options = ("--save", "desk/sandbox.json", "--webhook", f"http://127.0.0.1:{_free_port()}/x")
    with Program(own_folder, "sandbox", "--json", *options) as sandbox:
        assert sandbox.first_line()
        yield folder


def test_every_snippet_runs_as_it_stands(desk: Path) -> None:
    lines = [one for one in snippets(PAGE) if (one.language, one.name) == ("sh", None)]

    said = run_in_a_shell(desk, lines)

    assert said[_line("birth.json > tried", lines)].count('"verdict": "accepted"') == 1
    assert '"handover.offered"' in said[_line("birth.json > tried", lines)]
    receipt = json.loads(said[_line("birth.json > receipt", lines)])
    assert receipt["verdict"] == "accepted"
    for program in ("python agency.py", "node agency.mjs"):
        heard = said[_line(program, lines)].split("\n")
        assert sum(line.startswith("receipt.issued accepted") for line in heard) == 3, heard
        assert [line.split() for line in heard if "finished" in line] == [
            ["transfer.finished", "completed"]
        ]
    for receiver in ("receiver.py", "receiver.mjs"):
        assert "vn.lienthong.handover.offered.v1 H31.144-" in said[_line(receiver, lines)]
    assert said[_line("v1/mailbox?wait", lines)].split() == [
        '"accepted"',
        '"delivered"',
        '"accepted"',
    ]
    assert said[_line("python sdk.py", lines)].split() == ["duplicate", "duplicate"]
    _ends(desk, receipt["transfer"])


def test_our_client_for_python_works_as_its_page_says(desk: Path) -> None:
    lines = [one for one in snippets(CLIENT) if one.language == "sh"]

    said = run_in_a_shell(desk, lines)

    submitted = said[_line("submit.py", lines)].splitlines()
    assert [line.split()[0] for line in submitted] == ["accepted", "accepted", "duplicate"]
    worked = said[_line("work.py", lines)].split("\n")
    assert "handover.offered civil-status" in worked
    assert "transfer.submitted" in said[_line("follow.py", lines)]


def test_what_the_page_has_installed_is_what_the_locks_name() -> None:
    fetched = [one.text for one in snippets(PAGE) if one.name == "install"]
    words = {line.split()[0]: line.split()[2:] for text in fetched for line in text.splitlines()}

    locked = json.loads((JAVASCRIPT / "package.json").read_text("utf-8"))["dependencies"]
    assert set(words["npm"]) <= set(locked)
    assert [distribution(name).name for name in words["pip"]]


def test_the_sandbox_is_one_command() -> None:
    [told] = [one.text.split() for one in snippets(PAGE) if one.name == "sandbox"]

    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told == ["make", "sandbox"]
    assert "make sandbox" in listed


def test_no_snippet_is_left_out() -> None:
    for one in (*snippets(PAGE), *snippets(CLIENT)):
        known = one.language in ("python", "js") or (
            one.language == "sh" and one.name in (None, "sandbox", "install")
        )
        assert known, f"line {one.line}: nobody runs this"


def _line(words: str, lines: list[Snippet]) -> int:
    [line] = [one.line for one in lines if words in one.text]
    return line


def _ends(desk: Path, transfer: str) -> None:
    """See the first transfer completed by the agencies that answer by themselves."""
    sandbox: dict[str, Any] = json.loads((desk / "sandbox.json").read_text("utf-8"))
    me = sandbox["agencies"][0]
    with httpx.Client(base_url=sandbox["http"]) as http:
        token = http.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(me["client_id"], me["client_secret"]),
        ).json()["access_token"]
        until, state = time.monotonic() + 90, ""
        while state != "completed" and time.monotonic() < until:
            shown = http.get(
                f"/v1/transfers/{transfer}", headers={"Authorization": f"Bearer {token}"}
            )
            state = shown.json()["state"]
            time.sleep(0.5)
    assert state == "completed"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
