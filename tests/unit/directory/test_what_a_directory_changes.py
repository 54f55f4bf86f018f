"""A comparison names each change once, with its time, and who becomes competent where."""

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from gateway.cli.directory import app
from routing.data.generators import national
from routing.data.tables import legal_midnight
from routing.directory import Agency, Directory, load_directory, read_directory
from routing.directory.difference import AgencyChange, ChangeKind, Difference, compare
from routing.units import load_units
from tests.unit.directory.sheet_files import JUSTICE, ROOT, directory, renamed, written
from tests.unit.directory.test_competence_means_what_it_says import EDGES, UNITS, agencies

NEXT_YEAR = legal_midnight("2027-01-01")
FIRST = "H31.21|commune|one-stop.commune|H31|11953 11977|2025-07-01||||unverified|law|Một"
SECOND = "H31.22|commune|one-stop.commune|H31|11980|2025-07-01||||unverified|law|Hai"


def changed(*rows: str) -> Difference:
    return compare(directory(ROOT, JUSTICE, FIRST, SECOND), directory(*rows), load_units())


def told(found: Difference) -> list[tuple[str, str]]:
    return [(one.kind.value, one.code) for one in found.agencies]


def test_the_same_rows_change_nothing() -> None:
    found = changed(ROOT, JUSTICE, FIRST, SECOND)

    assert (found.agencies, found.competence) == ((), ())


def test_each_kind_of_change_is_told_once() -> None:
    third = "H31.23|commune|one-stop.commune|H31||2027-01-01||||unverified|law|Ba"
    for rows, expected in (
        ((ROOT, JUSTICE, FIRST, SECOND, third), [("added", "H31.23")]),
        ((ROOT, JUSTICE, FIRST), [("removed", "H31.22")]),
        ((ROOT, JUSTICE.replace("|H31|", "||"), FIRST, SECOND), [("moved", "H31.11")]),
        ((ROOT, JUSTICE.replace("Sở", "Phòng"), FIRST, SECOND), [("renamed", "H31.11")]),
        ((ROOT, JUSTICE.replace("justice.", "law."), FIRST, SECOND), [("roles", "H31.11")]),
        ((ROOT, JUSTICE.replace("unverified", "memory"), FIRST, SECOND), [("described", "H31.11")]),
        ((ROOT, JUSTICE, FIRST.replace(" 11977", ""), SECOND), [("jurisdiction", "H31.21")]),
    ):
        assert told(changed(*rows)) == expected


def test_a_row_that_begins_in_the_future_says_from_when() -> None:
    ended = JUSTICE.replace("2025-07-01|", "2025-07-01|2027-01-01")
    later = JUSTICE.replace("2025-07-01", "2027-01-01").replace("Sở Tư pháp", "Sở Pháp luật")

    found = changed(ROOT, ended, later, FIRST, SECOND)

    assert found.agencies == (
        AgencyChange(
            ChangeKind.RENAMED,
            "H31.11",
            "Sở Pháp luật",
            NEXT_YEAR,
            None,
            ("Sở Tư pháp",),
            ("Sở Pháp luật",),
        ),
    )


def test_an_agency_that_ends_says_when_who_follows_and_where_from_when() -> None:
    ended = FIRST.replace("2025-07-01||", "2025-07-01|2027-01-01|H31.22")
    grown = SECOND.replace("2025-07-01|", "2025-07-01|2027-01-01")
    wider = SECOND.replace("11980", "11953 11977 11980").replace("2025-07-01", "2027-01-01")

    found = changed(ROOT, JUSTICE, ended, grown, wider)

    assert told(found) == [
        ("ended", "H31.21"),
        ("jurisdiction", "H31.22"),
        ("successors", "H31.21"),
    ]
    [moved] = found.competence
    assert (moved.role, moved.begin, moved.end) == ("one-stop.commune", NEXT_YEAR, None)
    assert (moved.before, moved.after) == (("H31.21",), ("H31.22",))
    assert moved.units == ("11953", "11977")


def test_the_reform_of_2025_beside_a_country_that_knew_nothing_of_it() -> None:
    part = read_directory(national.sheets(["33"]), load_units()).directory(load_units())
    reform = legal_midnight("2025-07-01")
    unknowing = [
        one if one.valid_to != reform else _open(one) for one in part if one.valid_from < reform
    ]
    before = Directory(version="before", agencies=unknowing, units=load_units())

    found = compare(before, part, load_units())

    counts = Counter(one.kind.value for one in found.agencies)
    assert counts["ended"] == counts["successors"] > 400
    assert {one.begin for one in found.agencies if one.kind is ChangeKind.ENDED} == {reform}
    assert {one.begin for one in found.competence} == {reform}
    now = {one.after[0] for one in found.competence if one.role == "one-stop.commune"}
    assert now == {f"H31.{number}" for number in range(101, 205)}


def _open(one: Agency) -> Agency:
    return replace(one, valid_to=None, successors=())


@settings(max_examples=60)
@given(one=agencies(), other=agencies(), unit=st.sampled_from(UNITS), minutes=st.integers(0, 10**6))
def test_competence_changes_exactly_where_the_answers_differ(
    one: list[Agency], other: list[Agency], unit: str, minutes: int
) -> None:
    before = Directory(version="a", agencies=one, units=load_units())
    after = Directory(version="b", agencies=other, units=load_units())
    instant = EDGES[0] + timedelta(minutes=minutes)

    found = compare(before, after, load_units())

    was, now = (_codes(book, unit, instant) for book in (before, after))
    here = [
        one
        for one in found.competence
        if unit in one.units
        and (one.begin is None or one.begin <= instant)
        and (one.end is None or instant < one.end)
    ]
    assert [(one.before, one.after) for one in here] == ([] if was == now else [(was, now)])


def _codes(book: Directory, unit: str, instant: datetime) -> tuple[str, ...]:
    return tuple(one.code for one in book.competent("tax.local", unit, instant))


def test_the_command_compares_files_with_what_rules_and_with_each_other(tmp_path: Path) -> None:
    newer = renamed("newer-1", Công_an_phường_Phố_Hiến="Công an Phố Hiến")
    path = str(written(newer, tmp_path / "newer"))

    beside = CliRunner().invoke(app, ["diff", path])
    back = CliRunner().invoke(app, ["diff", path, load_directory().version, "--json"])

    assert beside.exit_code == 0, beside.output
    assert "cơ quan · agencies: 1 renamed" in beside.stdout
    assert "Công an phường Phố Hiến → Công an Phố Hiến" in beside.stdout
    document = json.loads(back.stdout)
    assert (document["before"], document["counts"]["agencies"]) == ("newer-1", {"renamed": 1})
    assert document["counts"]["retroactive"] == 1
