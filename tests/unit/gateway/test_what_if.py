"""What if: a route is foretold as a submission would be planned; what cannot be says what it is."""

from datetime import datetime

import pytest

from gateway.console.formats import ZONE
from gateway.operations.what_if import (
    Foretold,
    NoOffice,
    NoSuchUnit,
    Outcome,
    Question,
    UnknownOffice,
    foretell,
    look_for_units,
    procedures_at,
)
from routing.itinerary import RouteRefused
from tests.stage.inside import rulebook

BIRTH, QUYNH_PHU = "2.000987", "12472"


def at(written: str) -> datetime:
    return datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def asked(
    procedure: str = BIRTH,
    unit: str = QUYNH_PHU,
    when: str = "2026-02-27 15:30",
    office: str | None = None,
    **facts: bool | str,
) -> Outcome:
    return foretell(Question(procedure, unit, at(when), facts, office), rulebook())


def test_each_step_has_its_agency_and_the_latest_it_can_be_due() -> None:
    found = asked(residence_check="verify")

    assert isinstance(found, Foretold)
    assert found.walk is not None
    assert found.walk.overall is not None
    assert [step.agency for step in found.itinerary.steps if step.expected] == [
        "H31.143",
        "G01.899.001",
        "G01.833.143",
        "G24.33.12",
    ]
    # Friday 15:30 is after the cutoff: 24 hours begin on Monday at 07:30, five days as well.
    assert found.walk.due["civil-status"].deadline_at == at("2026-03-03 07:30")
    assert found.walk.overall.deadline_at == at("2026-03-06 17:30")
    assert found.walk.overshoots
    assert found.arrives["civil-status"] == at("2026-02-27 15:30")
    assert found.arrives["residence"] == at("2026-03-03 17:30")
    assert found.arrives["health-insurance"] == at("2026-03-10 17:30")


def test_beyond_the_calendar_there_is_a_route_without_deadlines() -> None:
    found = asked(when="2027-02-02 09:00")

    assert isinstance(found, Foretold)
    assert found.walk is None
    assert found.arrives == {}
    assert found.itinerary.steps[0].agency == "H31.143"


@pytest.mark.parametrize(
    ("question", "outcome"),
    [
        ({"unit": "12433"}, NoSuchUnit),
        ({"unit": "00000"}, NoSuchUnit),
        ({"when": "2020-01-06 09:00"}, NoSuchUnit),
        ({"unit": "00004"}, NoOffice),
        ({"office": "H99.999"}, UnknownOffice),
        ({"procedure": "1.000000"}, RouteRefused),
        ({"procedure": "1.001776", "unit": "33"}, RouteRefused),
        ({"residence_check": "perhaps"}, RouteRefused),
    ],
)
def test_what_cannot_be_foretold_is_a_value_that_says_what_it_is(
    question: dict[str, str], outcome: type
) -> None:
    assert isinstance(asked(**question), outcome)


def test_an_old_unit_can_be_asked_for_while_it_was_there() -> None:
    found = asked("1.001776", "12433", "2025-06-10 09:00")

    assert isinstance(found, Foretold)
    assert found.unit.name == "Phường Lê Hồng Phong"
    assert [step.agency is None for step in found.itinerary.steps] == [False] * 5


def test_units_are_found_without_accents_those_in_force_first_and_the_old_ones_too() -> None:
    found = look_for_units(rulebook().units, "quynh phu", at("2026-03-02 09:00"))

    assert [(one.code, one.valid_to is None) for one in found.units] == [
        ("12472", True),
        ("17212", True),
        ("09493", False),
        ("17134", False),
        ("338", False),
    ]
    assert found.more == 0
    assert look_for_units(rulebook().units, "xa", at("2026-03-02 09:00")).more > 5_000


def test_each_procedure_is_offered_in_the_version_of_the_day() -> None:
    versions = {one.code: one.version for one in procedures_at(rulebook(), at("2026-12-01 09:00"))}

    assert versions[BIRTH] == "2026-09-01"
    assert len(versions) == len(rulebook().catalogue.codes())
