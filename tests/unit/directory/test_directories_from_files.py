"""Directories are read from folders and archives, and checked without a database."""

import json
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.directory import app
from gateway.operations.directories import DirectoryRefused
from gateway.operations.directory_files import read_files
from routing.directory import packaged_sheets
from tests.unit.directory.sheet_files import JUSTICE, ROOT, sheets, written

SMALL = sheets(ROOT, JUSTICE)


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_a_folder_and_its_archives_read_alike(tmp_path: Path) -> None:
    folder = written(SMALL, tmp_path / "small")
    with zipfile.ZipFile(tmp_path / "small.zip", "w") as archive:
        archive.write(folder / "agencies.tsv", "deep/agencies.tsv")
        archive.write(folder / "aliases.tsv", "deep/aliases.tsv")
    with tarfile.open(tmp_path / "small.tar.gz", "w:gz") as packed:
        packed.add(folder, "small")

    assert read_files(folder) == SMALL
    assert read_files(tmp_path / "small.zip") == SMALL
    assert read_files(tmp_path / "small.tar.gz") == SMALL


def test_what_holds_no_directory_is_said_in_one_line(tmp_path: Path) -> None:
    folder = written(SMALL, tmp_path / "small")
    (folder / "aliases.tsv").write_bytes(b"# version: x\n\xff\n")
    (tmp_path / "note.txt").write_text("hello")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.writestr("a/agencies.tsv", "")
        archive.writestr("b/agencies.tsv", "")

    for path, says in (
        (folder, "aliases.tsv, line 2: not UTF-8 text"),
        (tmp_path, "agencies.tsv: No such file"),
        (tmp_path / "note.txt", "neither a folder nor"),
        (tmp_path / "empty.zip", "2 files agencies.tsv, not one"),
    ):
        with pytest.raises(DirectoryRefused, match=says):
            read_files(path)


def test_check_lists_every_fault_with_its_place_and_ends_with_1(tmp_path: Path) -> None:
    bad = JUSTICE.replace("|33|", "|3|").replace("unverified", "sure")
    folder = str(written(sheets(ROOT, bad), tmp_path / "bad"))

    code, out, err = run("check", folder)
    _, told, _ = run("check", folder, "--json")

    assert code == 1
    assert "agencies.tsv, line 5, column 5 (jurisdiction): '3' is not a unit code" in out
    assert "agencies.tsv, line 5, column 10 (certainty)" in out
    assert err.strip() == "lienthong directory: 2 faults"
    assert [one["column"] for one in json.loads(told)["faults"]] == [5, 10]


def test_check_groups_what_it_finds_and_explains_it(tmp_path: Path) -> None:
    packaged = packaged_sheets()
    rows = [row for row in packaged.agencies.splitlines() if not row.startswith("G01.833.104")]
    text = "\n".join(rows).replace(" G01.833.104", "") + "\n"
    folder = str(written(replace(packaged, agencies=text), tmp_path / "gap"))

    code, out, _ = run("check", folder)
    _, told, _ = run("check", folder, "--json")

    document = json.loads(told)
    [gap] = [one for one in document["findings"] if one["severity"] == "error"]
    assert code == 1
    assert "ERROR gap (1)\n  Không cơ quan nào có thẩm quyền" in out
    assert "police.local [2025-07-01, …) (1 đơn vị · units): 11983 Phường Sơn Nam" in out
    assert (gap["rule"], gap["units"]) == ("gap", ["11983"])
    assert document["counts"] == {"error": 1, "note": 6}


def test_questions_can_be_asked_of_files(tmp_path: Path) -> None:
    folder = str(written(SMALL, tmp_path / "small"))

    code, out, _ = run("list", "--as-of", "2026-03-02", "--directory", folder)
    missing = run("list", "--directory", "./not-there")

    assert code == 0
    assert "2 agencies as of 2026-03-02T00:00:00+07:00 (small-1)" in out
    assert missing == (2, "", "lienthong directory: ./not-there does not exist\n")


def test_without_a_database_the_packaged_directory_rules() -> None:
    code, out, _ = run("versions", "--json")

    assert code == 0
    assert [(one["state"], one["agencies"]) for one in json.loads(out)] == [("rules", 870)]
