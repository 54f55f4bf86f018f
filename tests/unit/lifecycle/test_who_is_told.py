"""Who hears of warnings and breaches, and at which thresholds, is policy data."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from routing.lifecycle.model import Context
from routing.policies import Audience, Scoped
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import ALLOCATION, COMMUNE, Journey, submit, tables

LAND_OFFICE = "land-extract"


def working(context: Context | None = None) -> Journey:
    """Hand over the land office's step, on a Monday morning; it has two days."""
    journey = submit(ALLOCATION, "2026-03-02 08:30", context=context)
    journey.walks("commune-intake")
    journey.later(seconds=5).delivered(LAND_OFFICE)
    journey.later(minutes=5).receives(LAND_OFFICE)
    return journey


def with_policies(**changes: Any) -> Context:
    return replace(tables(), policies=replace(tables().policies, **changes))


def telling(event: str, *audiences: Audience) -> Context:
    notices = {**tables().policies.notices, event: Scoped(audiences)}
    return with_policies(notices=notices)


def above(journey: Journey, agency: str | None) -> str | None:
    assert agency is not None
    known = journey.context.directory.agency(agency, journey.now)
    assert known is not None
    return known.parent


def told(journey: Journey, kind: Kind, limit: str | None = None) -> list[tuple[str, bool]]:
    sends: Iterable[Any] = (send for send in journey.sent(kind) if send.step == LAND_OFFICE)
    return [(one.to, one.optional) for one in sends if one.data.get("limit") == limit]


def test_a_breached_deadline_is_told_to_the_agency_above_for_information() -> None:
    journey = working()
    agency = journey.hop(LAND_OFFICE).agency
    supervisor = above(journey, agency)

    journey.time("2026-03-06 17:00")

    assert told(journey, Kind.CLOCK_BREACHED, "deadline") == [
        (agency, False),
        (COMMUNE, False),
        (supervisor, True),
    ]


def test_the_ledger_says_who_was_told_of_a_breach() -> None:
    journey = working()
    agency = journey.hop(LAND_OFFICE).agency

    journey.time("2026-03-06 17:00")

    [breach] = [
        entry
        for entry in journey.last.entries
        if entry.act == "clock.breached" and entry.step == LAND_OFFICE
    ]
    assert breach.facts["told"] == [agency, COMMUNE]
    assert breach.facts["told_if_connected"] == [above(journey, agency)]


def test_the_total_is_told_to_the_agency_above_the_originator() -> None:
    journey = working()

    journey.time("2026-03-20 17:00")

    overall = [send for send in journey.sent(Kind.CLOCK_BREACHED) if send.step is None]
    assert [(one.to, one.optional) for one in overall] == [
        (COMMUNE, False),
        (above(journey, COMMUNE), True),
    ]


def test_a_warning_goes_to_the_agency_alone_unless_a_row_says_otherwise() -> None:
    usual = working()
    agency = usual.hop(LAND_OFFICE).agency
    usual.now = dict(usual.hop(LAND_OFFICE).clock.warn_at)["1wd"]
    usual.time()
    assert told(usual, Kind.CLOCK_WARNED) == [(agency, False)]

    watched = working(telling("warning.1wd", Audience.AGENCY, Audience.SUPERVISOR))
    watched.now = dict(watched.hop(LAND_OFFICE).clock.warn_at)["1wd"]
    watched.time()

    assert told(watched, Kind.CLOCK_WARNED) == [(agency, False), (above(watched, agency), True)]


def test_operations_alone_means_that_nobody_is_sent_anything() -> None:
    journey = working(telling("deadline", Audience.OPERATIONS))

    journey.time("2026-03-06 17:00")

    assert told(journey, Kind.CLOCK_BREACHED, "deadline") == []
    assert "clock.breached" in journey.acted()


def test_who_is_told_twice_over_is_told_once() -> None:
    journey = working(telling("deadline", *Audience))

    journey.time("2026-03-06 17:00")

    receivers = [to for to, _ in told(journey, Kind.CLOCK_BREACHED, "deadline")]
    assert len(receivers) == len(set(receivers)) == 3


def test_thresholds_are_those_of_the_step_and_stay_with_its_clock() -> None:
    thresholds = Scoped(
        tables().policies.thresholds.default,
        steps={f"{ALLOCATION}/{LAND_OFFICE}": ("90%", "2wh")},
    )
    journey = working(with_policies(thresholds=thresholds))
    clock = journey.hop(LAND_OFFICE).clock
    assert {name for name, _ in clock.warn_at} == {"90%", "2wh"}

    journey.context = tables()
    journey.pauses(LAND_OFFICE, "outage")
    journey.later(hours=1).says(Kind.HOP_RESUMED, LAND_OFFICE, reason="outage")

    assert {name for name, _ in journey.hop(LAND_OFFICE).clock.warn_at} == {"90%", "2wh"}


def test_an_agencys_own_thresholds_hold_where_it_takes_over() -> None:
    thresholds = Scoped(tables().policies.thresholds.default, agencies={"H31.14": ("10%",)})
    journey = working(with_policies(thresholds=thresholds))

    journey.acts("redirect", LAND_OFFICE, agency="H31.14")

    clock = journey.hop(LAND_OFFICE).clock
    assert clock.thresholds == ("10%",)
    assert {name for name, _ in clock.warn_at} <= {"10%"}


def test_a_refusal_that_takes_its_course_is_told_where_a_row_says_so() -> None:
    silent, told_so = working(), working(telling("refusal", Audience.SENDER))
    for journey in (silent, told_so):
        journey.refuses(LAND_OFFICE, "incomplete")
        journey.time("2026-03-20 09:00")

    assert told(silent, Kind.CLOCK_BREACHED, "refusal") == []
    assert told(told_so, Kind.CLOCK_BREACHED, "refusal") == [(COMMUNE, False)]
    [released] = [one for one in told_so.last.entries if one.act == "refusal.released"]
    assert released.facts == {"policy": "refusals.incomplete", "told": [COMMUNE]}
