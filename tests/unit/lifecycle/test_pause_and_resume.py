"""Pauses: the clock stands, and goes on with exactly what was left."""

from dataclasses import replace
from typing import Any

from routing.lifecycle.instants import written
from routing.lifecycle.model import LimitName
from routing.policies import Policies
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import (
    ALLOCATION,
    COMMUNE,
    LAND,
    LOST,
    Journey,
    declined,
    submit,
    tables,
    vn,
)


def working(procedure: str = ALLOCATION, step: str = "commune-intake") -> Journey:
    facts: dict[str, Any] = {"obligation": "none"} if procedure == LAND else {}
    journey = submit(procedure, "2026-03-02 08:30", **facts)
    journey.at("2026-03-02 08:31").delivered(step)
    journey.at("2026-03-02 08:35").receives(step)
    return journey


def test_while_paused_there_is_no_deadline_and_nothing_is_due() -> None:
    journey = working()

    journey.at("2026-03-02 10:30").pauses("commune-intake")

    hop = journey.hop("commune-intake")
    assert hop.state == "paused"
    assert hop.clock.deadline_at is None
    assert hop.clock.warn_at == ()
    assert journey.transfer.next_instant() is None


def test_it_goes_on_with_exactly_what_was_left() -> None:
    journey = working()
    journey.at("2026-03-02 10:30").pauses("commune-intake")

    journey.at("2026-03-10 14:00").says(Kind.HOP_RESUMED, "commune-intake", reason="supplement")

    # One working day from Monday 08:30: two hours were used, six are left from Tuesday 14:00.
    assert journey.hop("commune-intake").clock.deadline_at == vn("2026-03-11 10:00")


def test_a_supplement_is_asked_of_the_originator() -> None:
    journey = working()

    journey.at("2026-03-02 10:30").pauses(
        "commune-intake", until=vn("2026-03-11 17:30"), explanation="thiếu Bí Mật"
    )

    [request] = journey.last.sends
    assert (request.to, request.kind) == (COMMUNE, Kind.SUPPLEMENT_REQUESTED)
    assert request.data["until"] == written(vn("2026-03-11 17:30"))
    assert len(request.splice) == 1


def test_any_other_pause_is_told_to_the_originator() -> None:
    journey = working()

    journey.at("2026-03-02 10:30").pauses("commune-intake", "outage")

    assert journey.told() == [(COMMUNE, "hop.changed")]


def test_the_supplement_itself_ends_the_pause_that_waits_for_it() -> None:
    journey = working()
    journey.at("2026-03-02 10:30").pauses("commune-intake")

    journey.at("2026-03-04 09:00").says(
        Kind.SUPPLEMENT_PROVIDED, "commune-intake", by=COMMUNE, note="Bí Mật"
    )

    assert journey.state("commune-intake") == "received"
    assert [one[:2] for one in journey.transfer.supplements] == [("commune-intake", 1)]
    assert journey.told() == [(COMMUNE, "hop.changed")]
    assert journey.last.sends[0].splice == (journey.transfer.supplements[0][2],)
    again = journey.later(minutes=5).says(Kind.HOP_RESUMED, "commune-intake", reason="supplement")
    assert again.repeated


def test_a_supplement_does_not_end_a_pause_for_another_reason() -> None:
    journey = working()
    journey.at("2026-03-02 10:30").pauses("commune-intake", "payment")

    journey.later(hours=1).says(Kind.SUPPLEMENT_PROVIDED, "commune-intake", by=COMMUNE, note="x")

    assert journey.state("commune-intake") == "paused"


def test_a_supplement_of_nothing_ends_no_pause() -> None:
    journey = working()
    journey.at("2026-03-02 10:30").pauses("commune-intake")

    result = journey.tries(
        Kind.SUPPLEMENT_PROVIDED, "commune-intake", by=COMMUNE, facts={}, form={}
    )

    assert (declined(result).slug, declined(result).pointer) == ("missing-field", "/data")
    assert journey.state("commune-intake") == "paused"


def test_supplements_travel_with_later_handovers() -> None:
    journey = working()
    journey.says(Kind.SUPPLEMENT_PROVIDED, "land-extract", by=COMMUNE, note="x")

    journey.later(minutes=5).completes("commune-intake")

    [handover] = journey.sent(Kind.HANDOVER_OFFERED)
    assert journey.transfer.supplements[0][2] in handover.splice


def test_the_overall_clock_stands_while_a_hop_is_paused_for_an_excluded_reason() -> None:
    journey = working()
    before = journey.transfer.clock.deadline_at

    journey.at("2026-03-03 07:30").pauses("commune-intake")
    assert journey.transfer.clock.deadline_at is None
    assert journey.transfer.clock.pause_reason == "supplement"

    journey.at("2026-03-04 07:30").says(Kind.HOP_RESUMED, "commune-intake", reason="supplement")
    assert before == vn("2026-03-09 08:30")
    assert journey.transfer.clock.deadline_at == vn("2026-03-10 08:30")


def test_the_overall_clock_runs_on_through_a_pause_that_is_not_excluded() -> None:
    journey = working()
    before = journey.transfer.clock.deadline_at

    journey.at("2026-03-02 10:30").pauses("commune-intake", "confirmation")

    assert journey.transfer.clock.deadline_at == before


def test_two_branches_paused_at_once_count_once() -> None:
    journey = submit(
        "9.000008", works="separate_house", act="new", opinion_fire=True, opinion_land=True
    )
    journey.walks("appraise-local")
    for step in ("opinion-fire", "opinion-land"):
        journey.later(seconds=5).delivered(step)
        journey.later(seconds=5).receives(step)
    journey.at("2026-03-03 08:00").pauses("opinion-fire")
    journey.at("2026-03-04 08:00").pauses("opinion-land")

    journey.at("2026-03-05 08:00").says(Kind.HOP_RESUMED, "opinion-fire", reason="supplement")
    assert journey.transfer.clock.deadline_at is None
    journey.at("2026-03-06 08:00").says(Kind.HOP_RESUMED, "opinion-land", reason="supplement")

    [pause] = journey.transfer.clock.pauses
    assert (pause.start, pause.end) == (vn("2026-03-03 08:00"), vn("2026-03-06 08:00"))


def test_a_step_outside_the_total_holds_the_overall_clock() -> None:
    journey = submit(LOST, "2026-03-02 08:30")

    assert journey.transfer.clock.pause_reason == "outside-total"
    assert journey.transfer.clock.deadline_at is None

    journey.walks("publication")

    assert journey.transfer.clock.paused_at is None
    assert journey.transfer.clock.deadline_at is not None


def test_a_pause_before_any_receipt_implies_it() -> None:
    journey = submit(LAND)

    journey.later(minutes=3).pauses("land-check")

    assert journey.hop("land-check").received_at == journey.now
    assert journey.state("land-check") == "paused"


def test_completion_ends_the_pause() -> None:
    journey = working()
    journey.at("2026-03-02 10:30").pauses("commune-intake")

    journey.at("2026-03-20 10:30").completes("commune-intake")

    hop = journey.hop("commune-intake")
    assert hop.state == "completed"
    assert hop.clock.paused_at is None
    assert hop.clock.breached == ()
    assert hop.clock.pauses[0].end == vn("2026-03-20 10:30")


def test_a_pause_for_another_reason_begins_where_the_first_ends() -> None:
    journey = working()
    journey.at("2026-03-02 10:30").pauses("commune-intake", "supplement")

    journey.at("2026-03-03 10:30").pauses("commune-intake", "payment")

    clock = journey.hop("commune-intake").clock
    assert clock.pause_reason == "payment"
    assert [(one.reason, one.end) for one in clock.pauses] == [
        ("supplement", vn("2026-03-03 10:30"))
    ]


def test_resuming_for_another_reason_is_declined() -> None:
    journey = working()
    journey.pauses("commune-intake", "payment")

    result = journey.tries(Kind.HOP_RESUMED, "commune-intake", reason="supplement")

    assert declined(result).pointer == "/data/reason"


def test_a_pause_after_the_deadline_does_not_hide_the_breach() -> None:
    journey = working()

    journey.at("2026-03-04 10:30").pauses("commune-intake")

    assert journey.hop("commune-intake").clock.breached == (LimitName.DEADLINE,)


def test_where_the_rule_says_so_the_clock_begins_again_from_zero() -> None:
    policies: Policies = replace(
        tables().policies,
        restarts={f"{ALLOCATION}/commune-intake": frozenset({"supplement"})},
    )
    journey = submit(ALLOCATION, "2026-03-02 08:30", context=replace(tables(), policies=policies))
    journey.at("2026-03-02 08:31").receives("commune-intake")
    journey.at("2026-03-02 10:30").pauses("commune-intake")

    journey.at("2026-03-05 09:00").says(Kind.HOP_RESUMED, "commune-intake", reason="supplement")

    clock = journey.hop("commune-intake").clock
    assert clock.deadline_at == vn("2026-03-06 09:00")
    assert clock.restarted_from == (vn("2026-03-02 08:30"),)
