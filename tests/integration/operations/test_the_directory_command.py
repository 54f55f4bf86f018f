"""`lienthong directory` brings a directory into force on the database alone, act by act."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.directory import app
from routing.directory import load_directory
from tests.unit.directory.sheet_files import JUSTICE, ROOT, renamed, sheets, written

NEW = "hung-yen-2026-12-01"


@pytest.fixture(autouse=True)
def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_DATABASE_URL", database_url)


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_a_directory_is_imported_compared_approved_and_asked(tmp_path: Path) -> None:
    moved = renamed(NEW, Công_an_phường_Phố_Hiến="Công an Phố Hiến (mới)")
    path = str(written(moved, tmp_path / "moved"))

    imported, _, _ = run("import", path)
    _, before, _ = run("show", "G01.833.101")
    _, changes, _ = run("diff", NEW, "--json")
    own, _, refused = run("approve", NEW, "--reason", "QĐ 01/2026")
    approved, told, _ = run("approve", NEW, "--reason", "QĐ 01/2026", "--alone")
    _, after, _ = run("show", "G01.833.101")
    _, as_it_was, _ = run("show", "G01.833.101", "--directory", load_directory().version)
    _, listed, _ = run("versions", "--json")

    assert (imported, own, approved) == (0, 2, 0)
    assert "somebody else approves it" in refused
    assert "Công an phường Phố Hiến" in before
    assert json.loads(changes)["counts"]["agencies"] == {"renamed": 1}
    assert "QĐ 01/2026" in told
    assert "Công an Phố Hiến (mới)" in after
    assert "Công an phường Phố Hiến" in as_it_was
    assert [one["state"] for one in json.loads(listed)] == ["packaged", "rules"]


def test_what_cannot_be_done_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    bad = sheets(ROOT, JUSTICE.replace("unverified", "sure"))

    faulty = run("import", str(written(bad, tmp_path / "bad")))
    unknown = run("approve", "nope-1", "--reason", "QĐ 01/2026")
    silent = run("approve", "nope-1", "--reason", "x")
    missing = run("diff", "nope-1")

    assert (faulty[0], faulty[2]) == (2, "lienthong directory: 1 fault\n")
    assert "agencies.tsv, line 5, column 10 (certainty)" in faulty[1]
    assert (unknown[0], unknown[2]) == (
        2,
        "lienthong directory: no version 'nope-1' was imported\n",
    )
    assert (silent[0], len(silent[2].splitlines())) == (2, 1)
    assert (missing[0], missing[2]) == (2, "lienthong directory: there is no version 'nope-1'\n")
