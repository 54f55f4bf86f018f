"""Every clock follows from its ledger; what was changed behind its back is found and named.

That the ledger gives every clock again, whatever happened, is checked over random lives in
test_any_order_of_events.py; here it is broken on purpose.
"""

from dataclasses import replace
from datetime import timedelta

from routing.lifecycle.model import ClosedPause, Hop, HopClock, LimitName, Transfer
from routing.lifecycle.replay import Line, compare, lines_of, replay
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import ALLOCATION, BIRTH, Journey, submit, vn

STEP = "commune-intake"


def lived() -> Journey:
    """Late in, paused, extended, and warned."""
    journey = submit(ALLOCATION, "2026-03-02 15:30")
    journey.at("2026-03-02 15:31").delivered(STEP)
    journey.at("2026-03-03 08:00").receives(STEP)
    journey.at("2026-03-03 09:00").pauses(STEP)
    journey.at("2026-03-04 09:00").says(Kind.HOP_RESUMED, STEP, reason="supplement")
    journey.at("2026-03-04 16:00").time()
    return journey


def differing(journey: Journey, transfer: Transfer, lines: list[Line] | None = None) -> set[str]:
    told = lines if lines is not None else lines_of(journey.entries)
    return {
        f"{'total' if one.key is None else one.key[0]} {one.field}"
        for one in compare(transfer, replay(told, journey.context.calendars))
    }


def tampered(journey: Journey, clock: HopClock) -> Transfer:
    hop: Hop = replace(journey.hop(STEP), clock=clock)
    return replace(journey.transfer, hops={**journey.transfer.hops, hop.key: hop})


def test_an_untouched_ledger_gives_every_clock() -> None:
    journey = lived()

    assert differing(journey, journey.transfer) == set()


def test_a_moved_deadline_is_named() -> None:
    journey = lived()
    clock = journey.hop(STEP).clock
    assert clock.deadline_at is not None

    moved = replace(clock, deadline_at=clock.deadline_at + timedelta(days=1))

    assert differing(journey, tampered(journey, moved)) == {f"{STEP} deadline_at"}


def test_a_pause_that_never_was_is_named() -> None:
    journey = lived()
    clock = journey.hop(STEP).clock
    invented = ClosedPause(vn("2026-03-04 10:00"), vn("2026-03-04 12:00"), "supplement")

    paused = replace(clock, pauses=(*clock.pauses, invented))

    assert differing(journey, tampered(journey, paused)) == {f"{STEP} pauses"}


def test_a_breach_that_was_wiped_out_is_named() -> None:
    journey = lived()
    journey.at("2026-03-06 10:00").time()
    assert LimitName.DEADLINE in journey.hop(STEP).clock.breached

    wiped = replace(journey.hop(STEP).clock, breached=())

    assert differing(journey, tampered(journey, wiped)) == {f"{STEP} breached"}


def test_a_missing_entry_is_felt() -> None:
    journey = lived()
    lines = [one for one in lines_of(journey.entries) if one.act != "hop.resumed"]

    assert {f"{STEP} paused_at", f"{STEP} deadline_at"} <= differing(
        journey, journey.transfer, lines
    )


def test_an_entry_that_tells_another_deadline_contradicts_the_rest() -> None:
    journey = lived()
    lines = [
        replace(one, facts={**one.facts, "deadline_at": "2026-03-09T10:00:00Z"})
        if one.act == "hop.dispatched"
        else one
        for one in lines_of(journey.entries)
    ]

    [found] = compare(journey.transfer, replay(lines, journey.context.calendars))

    assert (found.key, found.field, found.seq) == ((STEP, 1), "deadline_at", 2)
    assert "ledger 2026-03-03T10:30:00+00:00" in str(found)


def test_an_implied_receipt_starts_the_clock_in_the_ledger_too() -> None:
    journey = submit(BIRTH, "2026-03-02 08:30", residence_check="simple", identity_card=False)
    journey.at("2026-03-02 08:31").delivered("civil-status")

    journey.at("2026-03-02 09:30").completes("civil-status")

    [told] = [one for one in journey.last.entries if one.act == "hop.completed"]
    assert told.facts["arrived_at"] == "2026-03-02T02:30:00Z"
    assert differing(journey, journey.transfer) == set()


def test_a_clock_that_another_agency_took_over_is_followed() -> None:
    journey = lived()

    journey.at("2026-03-04 17:00").acts("redirect", STEP, agency="H31.102")

    assert journey.hop(STEP).clock.pauses
    assert differing(journey, journey.transfer) == set()


def test_a_turn_redirected_before_it_could_start_keeps_what_has_stood_of_it() -> None:
    journey = submit(BIRTH, "2026-03-02 08:30")
    away = journey.hop("civil-status").agency
    journey.declares(away, "2026-03-02 08:30")
    journey.at("2026-03-02 08:31").time()

    journey.at("2026-03-02 08:40").acts("redirect", "civil-status", agency="H31.14")

    assert journey.hop("civil-status").clock.pauses
    assert differing(journey, journey.transfer) == set()


def test_an_outage_that_moved_only_a_limit_leaves_the_clock_as_it_was() -> None:
    journey = lived()
    lines = lines_of(journey.entries)
    moved = replace(lines[-1], seq=len(lines) + 1, act="clock.corrected", reason="outage", facts={})

    assert differing(journey, journey.transfer, [*lines, moved]) == set()
