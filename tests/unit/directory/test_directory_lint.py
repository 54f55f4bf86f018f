"""The lint names each thing that is wrong with a directory, and where."""

from dataclasses import replace

from routing.data.tables import legal_midnight
from routing.directory import Agency, Directory
from routing.directory.lint import lint
from routing.units import load_units

OFFICE = Agency(
    code="H31.11",
    name="Sở Tư pháp tỉnh Hưng Yên",
    level="province",
    roles=("justice.province",),
    parent=None,
    jurisdiction=("33",),
    valid_from=legal_midnight("2025-07-01"),
    valid_to=None,
    successors=(),
    aliases=(),
    demo=True,
    certainty="unverified",
    source="test",
)


def _rules(*agencies: Agency) -> dict[str, int]:
    found: dict[str, int] = {}
    for finding in lint(_directory(*agencies), load_units()):
        found[finding.rule] = found.get(finding.rule, 0) + 1
    return found


def _directory(*agencies: Agency) -> Directory:
    return Directory(version="test", agencies=agencies, units=load_units())


def test_one_agency_for_a_whole_province_is_fine() -> None:
    assert _rules(OFFICE) == {}


def test_two_agencies_for_one_commune_overlap() -> None:
    extra = replace(OFFICE, code="H31.12", jurisdiction=("12826",))

    assert _rules(OFFICE, extra) == {"overlap": 1}


def test_what_is_wrong_alike_in_many_communes_is_one_finding_with_its_time() -> None:
    extra = replace(OFFICE, code="H31.12", valid_from=legal_midnight("2026-01-01"))

    [found] = lint(_directory(OFFICE, extra), load_units())

    assert (found.rule, found.subject, len(found.units)) == ("overlap", "justice.province", 104)
    assert (found.begin, found.end) == (legal_midnight("2026-01-01"), None)
    assert found.detail.startswith("H31.11, H31.12 in 11953 Phường Phố Hiến")


def test_a_commune_left_out_is_a_gap() -> None:
    children = load_units().children(load_units().versions("33")[-1])
    most = tuple(unit.code for unit in children[1:])

    assert _rules(replace(OFFICE, jurisdiction=most)) == {"gap": 1}


def test_a_time_without_anyone_in_part_of_a_province_is_a_gap() -> None:
    children = load_units().children(load_units().versions("33")[-1])
    most = tuple(unit.code for unit in children[1:])
    rest = replace(
        OFFICE,
        code="H31.12",
        jurisdiction=(children[0].code,),
        valid_to=legal_midnight("2026-01-01"),
        successors=("H31.11",),
    )

    assert _rules(replace(OFFICE, jurisdiction=most), rest) == {"gap": 1}


def test_a_unit_that_does_not_exist_all_the_time_is_named() -> None:
    assert _rules(replace(OFFICE, jurisdiction=("34",)))["unit-in-force"] == 1
    assert _rules(replace(OFFICE, jurisdiction=("99999",)))["unit-in-force"] == 1


def test_a_unit_that_is_renamed_exists_all_the_time() -> None:
    assert _rules(replace(OFFICE, jurisdiction=("75",))) == {}


def test_a_missing_parent_and_one_that_ends_too_early_are_named() -> None:
    short = replace(OFFICE, code="H31", roles=("committee.province",))
    short = replace(short, valid_to=legal_midnight("2026-01-01"), successors=("H31.11",))

    assert _rules(replace(OFFICE, parent="H31")) == {"parent-in-force": 1}
    assert _rules(replace(OFFICE, parent="H31"), short) == {"parent-in-force": 1}


def test_a_successor_must_be_there_when_it_takes_over() -> None:
    ended = replace(OFFICE, valid_to=legal_midnight("2026-01-01"), successors=("H31.12",))
    late = replace(OFFICE, code="H31.12", valid_from=legal_midnight("2026-02-01"))
    prompt = replace(OFFICE, code="H31.12", valid_from=legal_midnight("2026-01-01"))

    assert _rules(ended, late) == {"successor-in-force": 1}
    assert _rules(ended, prompt) == {}
    assert _rules(replace(OFFICE, successors=("H31",))) == {"only-the-ended-have-successors": 1}


def test_two_rows_of_a_code_must_not_overlap_in_time() -> None:
    renamed = replace(OFFICE, name="another name", valid_from=legal_midnight("2026-01-01"))
    ended = replace(OFFICE, valid_to=legal_midnight("2026-01-01"))

    assert _rules(OFFICE, renamed) == {"rows-overlap": 1}
    assert _rules(ended, renamed) == {}


def test_a_row_that_ends_before_it_begins_is_named() -> None:
    assert "begins-before-it-ends" in _rules(replace(OFFICE, valid_to=legal_midnight("2025-07-01")))


def test_an_alias_must_mean_one_agency_and_be_nobodys_code() -> None:
    nowhere = replace(OFFICE, jurisdiction=(), aliases=("000.00.11.H31",))

    assert _rules(nowhere, replace(nowhere, code="H31.12")) == {"alias-means-one": 1}
    assert _rules(
        nowhere, replace(OFFICE, aliases=("H31.11",), code="H31.12", jurisdiction=())
    ) == {"alias-is-no-code": 1}
