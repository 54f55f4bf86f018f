"""Everything that is wrong with a directory is said at once: file, line, column, what to do."""

import unicodedata
from dataclasses import replace

import pytest

from routing.directory import (
    DirectoryInvalid,
    Sheets,
    load_directory,
    packaged_sheets,
    read_directory,
)
from routing.directory.reading import MOST_FAULTS
from routing.units import load_units
from tests.unit.directory.sheet_files import JUSTICE, ROOT, sheets


def faults(found: Sheets) -> list[tuple[str, int, str | None]]:
    with pytest.raises(DirectoryInvalid) as invalid:
        read_directory(found, load_units())
    assert invalid.value.count == len(invalid.value.faults)
    assert all(one.what and one.remedy for one in invalid.value.faults)
    return [(one.file, one.line, one.field) for one in invalid.value.faults]


def test_the_packaged_directory_reads_without_a_fault() -> None:
    read = read_directory(packaged_sheets(), load_units())

    assert read.version == load_directory().version
    assert list(read.directory(load_units())) == list(load_directory())


@pytest.mark.parametrize(
    ("column", "row"),
    [
        ("code", JUSTICE.replace("H31.11|", "H3.11|")),
        ("code", JUSTICE.replace("H31.11|", f"H31.{'1' * 40}|")),
        ("level", JUSTICE.replace("|province|", "|Province|")),
        ("roles", JUSTICE.replace("justice.province", "")),
        ("roles", JUSTICE.replace("justice.province", "a.b  c.d")),
        ("roles", JUSTICE.replace("justice.province", "a.b a.b")),
        ("parent", JUSTICE.replace("|H31|", "|H32|")),
        ("parent", JUSTICE.replace("|H31|", "|H31.11|")),
        ("jurisdiction", JUSTICE.replace("|33|", "|3|")),
        ("jurisdiction", JUSTICE.replace("|33|", "|33 99999|")),
        ("begin", JUSTICE.replace("2025-07-01", "01/07/2025")),
        ("begin", JUSTICE.replace("2025-07-01", "2025-02-30")),
        ("begin", JUSTICE.replace("2025-07-01", "")),
        ("end", JUSTICE.replace("2025-07-01|", "2025-07-01|2025-07-01")),
        ("end", JUSTICE.replace("2025-07-01|", "2025-07-01|soon")),
        ("successors", JUSTICE.replace("2025-07-01||", "2025-07-01|2026-01-01|H31.99")),
        ("code_is", JUSTICE.replace("||unverified", "|maybe|unverified")),
        ("certainty", JUSTICE.replace("unverified", "sure")),
        ("source", JUSTICE.replace("|law|", "||")),
        ("name", JUSTICE.replace("Sở Tư pháp", '"Sở Tư pháp"')),
        ("name", JUSTICE.replace("Sở Tư pháp", " Sở Tư pháp")),
        ("name", JUSTICE.replace("Sở Tư pháp", "Sở\x07 Tư pháp")),
        ("name", JUSTICE.replace("Sở Tư pháp", "Sở " * 150 + "x")),
        ("name", unicodedata.normalize("NFD", JUSTICE)),
    ],
)
def test_a_fault_is_found_at_its_line_and_column_and_nothing_else(column: str, row: str) -> None:
    assert faults(sheets(ROOT, row)) == [("agencies.tsv", 5, column)]


@pytest.mark.parametrize(
    ("column", "alias"),
    [
        ("alias", "11.H31|H31.11|QCVN"),
        ("code", "000.00.12.H31|H31.12|QCVN"),
        ("form", "000.00.11.H31|H31.11|"),
        (None, "000.00.11.H31|H31.11"),
    ],
)
def test_faults_of_aliases_are_found_too(column: str | None, alias: str) -> None:
    found = sheets(ROOT, JUSTICE, aliases=("000.00.00.H31|H31|QCVN", alias))

    assert faults(found) == [("aliases.tsv", 4, column)]


def test_all_faults_are_told_at_once_in_order_of_place() -> None:
    bad = JUSTICE.replace("H31.11|", "?|").replace("unverified", "sure")

    found = faults(sheets(bad, ROOT, bad.replace("|33|", "|x|"), "too|short"))

    assert [(line, field) for _, line, field in found] == [
        (4, "code"),
        (4, "certainty"),
        (6, "code"),
        (6, "jurisdiction"),
        (6, "certainty"),
        (7, None),
    ]


def test_faults_without_number_are_counted_and_the_first_are_kept() -> None:
    with pytest.raises(DirectoryInvalid, match=r"line 4.*\(and 4999 more\)") as invalid:
        read_directory(sheets(*["too|short"] * 5000), load_units())

    assert len(invalid.value.faults) == MOST_FAULTS
    assert invalid.value.count == 5000


def test_the_same_code_cannot_begin_twice_on_a_day() -> None:
    assert faults(sheets(ROOT, JUSTICE, JUSTICE)) == [("agencies.tsv", 6, "code")]


def test_a_header_without_version_and_other_columns_are_named() -> None:
    good = sheets(ROOT)

    assert faults(replace(good, agencies=good.agencies.replace("# version", "# name"))) == [
        ("agencies.tsv", 1, None)
    ]
    assert faults(replace(good, agencies=good.agencies.replace("roles\t", ""))) == [
        ("agencies.tsv", 3, None)
    ]
    assert faults(Sheets("", "")) != []


def test_what_a_spreadsheet_adds_to_lines_and_files_does_no_harm() -> None:
    good = sheets(ROOT, JUSTICE)
    saved = replace(good, agencies="\ufeff" + good.agencies.replace("\n", "\r\n"))

    read = read_directory(saved, load_units())

    assert read == read_directory(good, load_units())
    assert saved.digest != good.digest
