"""docs/connect.md, in both languages, and docs/client.md: every snippet is run, in order.

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
VIETNAMESE = "connect.vi.md"
CLIENT = "client.md"
JAVASCRIPT = ROOT / "tests" / "contract" / "javascript"

pytestmark = [needs_node, pytest.mark.xdist_group("demo")]  # not beside another whole gateway


@pytest.fixture
def desk(own_folder: Path) -> Iterator[Path]:
    """A stranger's folder: the sandbox runs, its libraries are installed, the programs saved."""
    folder = _folder_of_the_page(own_folder)
    (folder / "node_modules").symlink_to(installed(JAVASCRIPT) / "node_modules")
    (folder / ".venv").symlink_to(Path(sys.prefix))
    for one in (*snippets(PAGE), *snippets(CLIENT)):
        if one.language in ("python", "js"):
            assert one.name is not None, f"line {one.line} says no name to save it under"
            (folder / one.name).write_text(one.text, "utf-8")
    options = ("--save", "sandbox.json", "--webhook", f"http://127.0.0.1:{_free_port()}/x")
    with Program(own_folder, "sandbox", "--json", *options) as sandbox:
        assert sandbox.first_line()
        yield folder


def test_every_snippet_runs_as_it_stands(desk: Path) -> None:
    lines = _to_run(PAGE)

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
    _asks_what_there_is(said, lines)
    _gives_the_other_answers(said, lines)
    _ends(desk, receipt["transfer"])
    _is_enough_in_vietnamese(desk)


def _asks_what_there_is(said: dict[int, str], lines: list[Snippet]) -> None:
    asked = said[_line("v1/procedures/2.002622", lines)]

    assert "2.000987  Birth" in asked
    assert '"in_force": true' in asked
    assert '{"code":"12499","name":"Xã A Sào","parent_name":"Tỉnh Hưng Yên"}' in asked
    assert '["one-stop.commune","H31.144",true]' in asked


def _gives_the_other_answers(said: dict[int, str], lines: list[Snippet]) -> None:
    told = [
        json.loads(line)
        for words in ("say hop.paused", "say hop.refused", "say hop.returned")
        for line in said[_line(words, lines)].splitlines()
    ]

    assert {line[1] for line in told if "." in line[0]} == {"accepted"}, told
    assert [line[0] for line in told if "." not in line[0]] == ["open"] * 4 + ["withdrawn"]
    stood = [
        next(hop for hop in line[1:] if "review" in hop) for line in told if "." not in line[0]
    ]
    # Whether the queue has it already is a race.
    stood[3] = stood[3].replace("delivered", "offered").replace("dispatching", "offered")
    assert stood == [
        "commune-review 1 paused",
        "commune-review 1 received",
        "commune-review 2 planned",
        "commune-review 2 offered",
        "commune-review 3 cancelled",
    ]


def _is_enough_in_vietnamese(desk: Path) -> None:
    lines = _to_run(VIETNAMESE)

    said = run_in_a_shell(desk, lines)

    tried, _, receipt = said[_line("bien-nhan.json\njq", lines)].partition("}\n{")
    assert '"verdict": "accepted"' in tried
    assert json.loads("{" + receipt)["verdict"] == "accepted"
    assert "H31.144" in said[_line("served_by", lines)]
    assert said[_line("mailbox?wait", lines)].split() == ['"accepted"', '"delivered"', '"accepted"']


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
    pages = (PAGE, VIETNAMESE)
    told = [one.text.split() for page in pages for one in snippets(page) if one.name == "sandbox"]

    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told == [["make", "sandbox"]] * 2
    assert "make sandbox" in listed


def test_what_the_reader_writes_is_ignored_by_git(tmp_path: Path) -> None:
    folder = _folder_of_the_page(tmp_path)

    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert f"/{folder.name}/" in ignored
    assert [one.text for one in snippets(VIETNAMESE) if one.name == "desk"] == [
        one.text for one in snippets(PAGE) if one.name == "desk"
    ]


def test_no_snippet_is_left_out() -> None:
    for one in (*snippets(PAGE), *snippets(VIETNAMESE), *snippets(CLIENT)):
        known = one.language in ("python", "js") or (
            one.language == "sh" and one.name in (None, "sandbox", "desk", "install")
        )
        assert known, f"line {one.line}: nobody runs this"


def _to_run(page: str) -> list[Snippet]:
    return [one for one in snippets(page) if (one.language, one.name) == ("sh", None)]


def _folder_of_the_page(clone: Path) -> Path:
    """Make the folder in which the page has its reader work, as it says; return it."""
    [line] = [one.text for one in snippets(PAGE) if one.name == "desk"]
    made = subprocess.run(
        ["bash", "-euc", f"{line}\npwd"], cwd=clone, capture_output=True, text=True, check=True
    )
    return Path(made.stdout.strip())


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
