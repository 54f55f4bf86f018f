"""Dossiers between two eras: a district that is gone, a decree that was replaced."""

from datetime import datetime

import pytest

from routing.data.tables import VIETNAM
from routing.directory import load_directory
from routing.itinerary import FailureKind, Itinerary, RouteRequest, plan
from routing.legaltime import DEFAULT_CUTOFF, Budget, WorkCalendar, due
from routing.procedures import load_catalogue
from routing.units import load_units

DISTRICT = "H54.20.01"
PERMIT = "9.000008"
OLD_COMMUNE, NEW_COMMUNE = "12433", "11953"
RECEIVED = "2025-06-30 10:00"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def _permit(originator: str, unit: str, received_at: str, as_of: str) -> Itinerary:
    request = RouteRequest(
        PERMIT,
        originator,
        {"construction_site": unit},
        {"works": "separate_house"},
        _at(received_at),
        _at(as_of),
    )
    planned = plan(request, load_catalogue(), load_directory(), load_units())
    assert isinstance(planned, Itinerary), planned
    return planned


def test_a_dossier_received_on_30_june_2025_goes_to_its_district_on_that_day() -> None:
    itinerary = _permit(DISTRICT, OLD_COMMUNE, RECEIVED, RECEIVED)

    assert itinerary.by_id["appraise-local"].agency == "H54.20"


def test_a_day_later_its_district_is_gone_and_a_person_is_asked_not_guessed() -> None:
    itinerary = _permit(DISTRICT, OLD_COMMUNE, RECEIVED, "2025-07-01 08:00")

    step = itinerary.by_id["appraise-local"]
    assert itinerary.procedure_version == "2024-12-30"
    assert step.agency is None
    assert step.failure is not None
    assert step.failure.kind is FailureKind.NO_CANDIDATE
    assert step.rule == "committee.district@construction_site=13225<12433"


def test_its_time_runs_on_over_the_reorganisation(calendar: WorkCalendar) -> None:
    deadline = due(calendar, _at(RECEIVED), Budget.parse("2 wd"), DEFAULT_CUTOFF).deadline_at

    assert deadline == _at("2025-07-02 10:00")


@pytest.mark.parametrize(
    ("received_at", "version"),
    [("2026-06-30 23:59", "2025-07-01"), ("2026-07-01 00:00", "2026-07-01")],
)
def test_a_building_permit_keeps_the_old_decree_after_1_july_2026(
    received_at: str, version: str
) -> None:
    itinerary = _permit("H31.101", NEW_COMMUNE, received_at, "2026-07-06 09:00")

    assert itinerary.procedure_version == version
