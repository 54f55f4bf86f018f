"""The outlook of a dossier's page: the day and the cause that its letter would name."""

from datetime import timedelta

from routing.letters import CauseKind, look_ahead
from tests.unit.letters.late import PROMISED, at_the_land_office, context, drafted
from tests.unit.lifecycle.journey import ALLOCATION, submit


def test_it_is_the_forecast_and_the_cause_of_the_letter() -> None:
    journey = at_the_land_office()

    expected, letter = look_ahead(journey.transfer, context(journey)), drafted(journey)

    assert expected is not None
    assert expected.is_late
    assert (expected.due_at, expected.ends_at) == (letter.due_at, letter.forecast)
    assert expected.delay is not None
    assert (expected.delay.kind, expected.delay.step) == (CauseKind.OVERDUE, "land-extract")


def test_it_is_told_when_no_letter_may_be_written_any_more() -> None:
    journey = at_the_land_office()
    journey.time(f"{PROMISED - timedelta(hours=1):%Y-%m-%d %H:%M}")

    expected = look_ahead(journey.transfer, context(journey))

    assert expected is not None
    assert expected.is_late


def test_what_makes_it_has_no_cause() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake", "land-extract")
    journey.later(minutes=1)

    expected = look_ahead(journey.transfer, context(journey))

    assert expected is not None
    assert (expected.is_late, expected.delay) == (False, None)
