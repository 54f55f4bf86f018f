"""Lint finds what would strand a dossier, and by how much limits exceed their own total."""

from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType

import pytest

from routing.data.tables import legal_midnight
from routing.directory import Directory
from routing.directory.findings import Severity
from routing.legaltime import WorkCalendar
from routing.lint import Finding, lint, worst_overshoot
from routing.procedures import Catalogue, Procedure
from routing.procedures.cases import cases_of
from routing.units import Units

WEEK = (date(2026, 3, 2),)


@pytest.fixture
def birth(catalogue: Catalogue) -> Procedure:
    """Without its total: walking it would take most of these tests' time."""
    return replace(catalogue.get("2.000987", "2026-09-01"), total=None, total_cases=())


@pytest.fixture
def copies(catalogue: Catalogue) -> Procedure:
    return catalogue.get("2.000908", "2015-04-10")


def _errors(
    procedures: list[Procedure], directory: Directory, units: Units, calendar: WorkCalendar
) -> dict[tuple[str, str | None], Finding]:
    findings = lint(Catalogue("test", procedures), directory, units, calendar)
    return {(f.kind, f.step): f for f in findings if f.severity is not Severity.NOTE}


def test_what_is_packaged_has_no_error_and_no_warning(
    catalogue: Catalogue, directory: Directory, units: Units, calendar: WorkCalendar
) -> None:
    findings = lint(catalogue, directory, units, calendar)

    assert [one for one in findings if one.severity is not Severity.NOTE] == []
    assert any(one.kind == "overshoot" and one.procedure == "2.000987" for one in findings)


def test_a_role_that_nobody_has_strands_every_commune(
    copies: Procedure, directory: Directory, units: Units, calendar: WorkCalendar
) -> None:
    step = replace(copies.steps[0], role="social.district", place="applicant")
    since_reform = replace(
        copies, valid_from=legal_midnight("2025-07-01"), steps=(step, *copies.steps[1:])
    )

    errors = _errors([since_reform], directory, units, calendar)

    assert "104 of 104 communes" in errors["no-candidate", "reception"].detail


def test_a_fixed_agency_has_to_live_as_long_as_the_procedure(
    birth: Procedure, directory: Directory, units: Units, calendar: WorkCalendar
) -> None:
    step = replace(birth.steps[1], agency="G22.99.08")  # ends on 2027-01-01
    ageing = replace(birth, steps=(birth.steps[0], step, *birth.steps[2:]))

    errors = _errors([ageing], directory, units, calendar)

    assert "2026-12-31T17:00" in errors["agency-not-in-force", "population-id"].detail


def test_a_hole_between_two_versions_is_seen(
    catalogue: Catalogue, directory: Directory, units: Units, calendar: WorkCalendar
) -> None:
    first, second = catalogue.versions("2.000987")
    shorter = replace(first, valid_to=legal_midnight("2026-08-01"), total=None, total_cases=())
    later = replace(second, total=None, total_cases=())

    errors = _errors([shorter, later], directory, units, calendar)

    assert errors["gap", None].version == "2026-09-01"


def test_facts_must_be_declared_used_and_known_in_time(
    birth: Procedure, directory: Directory, units: Units, calendar: WorkCalendar
) -> None:
    card = birth.facts["identity_card"]
    undeclared = replace(
        birth, facts=MappingProxyType({"residence_check": birth.facts["residence_check"]})
    )
    unused = replace(
        birth, facts=MappingProxyType({**birth.facts, "spare": replace(card, name="spare")})
    )
    late = replace(
        birth,
        facts=MappingProxyType(
            {**birth.facts, "identity_card": replace(card, given_by="health-insurance")}
        ),
    )

    assert ("undeclared-fact", None) in _errors([undeclared], directory, units, calendar)
    assert ("unused-fact", None) in _errors([unused], directory, units, calendar)
    assert ("fact-comes-later", "identity-card") in _errors([late], directory, units, calendar)


def test_a_step_that_no_case_runs_and_a_broken_choice_are_seen(
    catalogue: Catalogue, directory: Directory, units: Units, calendar: WorkCalendar
) -> None:
    death = catalogue.get("2.002622", "2026-09-01")
    impossible = {"all": [{"fact": "benefit", "equals": one} for one in ("merit", "health")]}
    never = replace(death.step("home-affairs"), when=impossible)

    errors = _errors([replace(death, steps=(*death.steps[:-1], never))], directory, units, calendar)

    assert ("never-runs", "home-affairs") in errors
    assert ("not-exclusive", "social-insurance") in errors


def test_steps_out_of_order_are_no_dag(
    copies: Procedure, directory: Directory, units: Units, calendar: WorkCalendar
) -> None:
    first = replace(copies.steps[0], after=("return",))

    errors = _errors([replace(copies, steps=(first,), total=None)], directory, units, calendar)

    assert ("not-a-dag", "reception") in errors


def test_a_total_that_every_start_meets_has_no_overshoot(
    copies: Procedure, calendar: WorkCalendar
) -> None:
    assert worst_overshoot(copies, calendar, WEEK) is None


def test_the_worst_overshoot_is_the_largest_over_all_quarter_hours(
    copies: Procedure, calendar: WorkCalendar
) -> None:
    with_cutoffs = replace(
        copies, steps=tuple(replace(step, cutoff="15:00") for step in copies.steps)
    )

    worst = worst_overshoot(with_cutoffs, calendar, WEEK)

    assert worst is not None
    # A hop that ends at 15:00 sharp hands over too late for that day: until 17:30 is lost.
    assert str(worst.by) == "2.5 wh"
    assert worst.ends_at > worst.deadline_at


def test_cases_are_every_combination_of_the_declared_facts(
    birth: Procedure, catalogue: Catalogue
) -> None:
    assert len(list(cases_of(birth))) == 9
    assert all("benefit" in facts for facts in cases_of(catalogue.get("2.002622", "2026-09-01")))


def test_a_version_older_than_the_directory_says_so(
    copies: Procedure, directory: Directory, units: Units, calendar: WorkCalendar
) -> None:
    findings = lint(Catalogue("test", [copies]), directory, units, calendar)

    assert [one.kind for one in findings] == ["before-directory"]
    assert datetime.fromisoformat("2015-04-10T00:00:00+07:00") == copies.valid_from
