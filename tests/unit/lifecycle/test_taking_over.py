"""When an agency closes, what it had goes on at its successor: same request, same time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from routing.lifecycle.model import Declined, Hop, Transfer
from routing.lifecycle.replay import compare, lines_of, replay
from routing.reform import Takeover
from schemas.kinds import Kind
from tests.unit.lifecycle.closing import BASIS, a_plan, close, reorganise, tries_to_reorganise
from tests.unit.lifecycle.journey import ALLOCATION, COMMUNE, Journey, declined, submit, vn

STEP = "land-extract"
HEIR = "H31.15.20.002"
OTHER_HEIR = "H31.15.20.003"


def at_land_office() -> Journey:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake")
    assert journey.hop(STEP).agency is not None
    return journey


def received() -> Journey:
    journey = at_land_office()
    journey.later(seconds=5).delivered(STEP)
    journey.later(minutes=5).receives(STEP)
    return journey.later(minutes=25)


def paused() -> Journey:
    journey = received()
    journey.pauses(STEP)
    return journey.later(hours=3)


def moved(journey: Journey) -> Journey:
    """The land office closes, and one other takes over."""
    close(journey, journey.hop(STEP).agency or "", HEIR)
    reorganise(journey)
    return journey


def ledger_gives(journey: Journey, transfer: Transfer) -> bool:
    return compare(transfer, replay(lines_of(journey.entries), journey.context.calendars)) == []


@pytest.mark.parametrize("start", [at_land_office, received, paused])
def test_a_turn_goes_on_at_the_successor_as_far_as_it_had_come(
    start: Callable[[], Journey],
) -> None:
    journey = start()
    before, transfer = journey.hop(STEP), journey.transfer

    moved(journey)

    after = journey.hop(STEP)
    assert (after.agency, after.round) == (HEIR, before.round + 1)
    assert facts_of(after) == facts_of(before)
    assert journey.transfer.clock == transfer.clock
    assert journey.transfer.submission_ref == transfer.submission_ref
    assert ledger_gives(journey, journey.transfer)


def facts_of(hop: Hop) -> tuple[object, ...]:
    clock = hop.clock
    return (
        clock.arrived_at,
        clock.started_at,
        clock.budget,
        clock.deadline_at,
        clock.pauses,
        clock.paused_at,
        clock.pause_reason,
        hop.supplement_by,
    )


def test_what_was_received_is_offered_and_the_successor_confirms_for_itself() -> None:
    journey = moved(received())
    assert journey.state(STEP) == "dispatching"
    assert journey.hop(STEP).received_at is None

    journey.later(seconds=5).delivered(STEP)
    journey.later(minutes=3).receives(STEP)

    assert journey.state(STEP) == "received"
    assert journey.hop(STEP).received_at == journey.now


def test_what_was_paused_stays_paused_and_the_successor_confirms_for_itself() -> None:
    journey = moved(paused())
    assert journey.state(STEP) == "paused"

    journey.later(seconds=5).delivered(STEP)
    assert journey.hop(STEP).received_at is None
    journey.later(minutes=3).receives(STEP)

    assert journey.state(STEP) == "paused"
    assert journey.hop(STEP).received_at == journey.now


def test_a_successor_that_never_hears_of_a_paused_turn_is_noticed() -> None:
    journey = moved(paused())

    journey.later(hours=1).time()

    assert "handover" in [str(one) for one in journey.hop(STEP).clock.breached]


def test_a_supplement_reaches_whoever_has_the_turn_now_and_ends_its_pause() -> None:
    journey = moved(paused())

    journey.later(hours=1).says(Kind.SUPPLEMENT_PROVIDED, STEP, round=1, by=COMMUNE, note="x")

    assert journey.state(STEP) == "dispatching"
    assert journey.hop(STEP).clock.deadline_at is not None
    assert (HEIR, "hop.changed") in journey.told()


def test_a_request_for_a_supplement_counts_once_across_the_reform() -> None:
    journey = moved(paused())
    journey.later(hours=1).says(Kind.SUPPLEMENT_PROVIDED, STEP, by=COMMUNE, note="x")
    journey.later(minutes=5).completes(STEP)

    counted = [one.facts for one in journey.last.entries if "supplements" in one.facts]

    assert {facts["supplements"] for facts in counted} <= {1}
    assert len([one for one in journey.entries if one.act == "hop.paused"]) == 1


def test_the_handover_tells_how_far_the_closed_agency_had_come() -> None:
    journey = paused()
    before = journey.hop(STEP)

    moved(journey)

    [offer] = journey.sent(Kind.HANDOVER_OFFERED)
    assert offer.to == HEIR
    assert offer.data["takes_over"]["agency"] == before.agency
    assert offer.data["takes_over"]["paused_for"] == "supplement"


def test_the_ledger_says_from_whom_to_whom_by_which_rule_and_article() -> None:
    journey = received()
    before = journey.hop(STEP).agency

    moved(journey)

    [entry] = [one for one in journey.last.entries if one.act == "hop.reorganised"]
    assert (entry.reason, entry.legal_basis) == ("reorganised", BASIS)
    assert entry.facts["from"] == before
    assert entry.facts["to"] == HEIR
    assert entry.facts["rule"] == "successor"
    assert len(entry.facts["plan"]) == 64


def test_the_closed_agency_is_told_where_it_can_still_hear() -> None:
    journey = received()
    before = journey.hop(STEP).agency

    moved(journey)

    [cancelled] = journey.sent(Kind.HANDOVER_CANCELLED)
    assert (cancelled.to, cancelled.optional) == (before, True)
    assert cancelled.data["successor"] == HEIR
    assert [(one.agency, one.to) for one in journey.last.hands_on] == [(before, HEIR)]


def test_applied_twice_it_does_nothing_the_second_time() -> None:
    journey = moved(paused())

    again = reorganise(journey)

    assert again.repeated
    assert again.sends == ()


# Late answers


def test_a_late_completion_of_the_closed_agency_is_its_successors_word() -> None:
    journey = moved(received())
    closed = journey.hop(STEP, 1).agency

    journey.later(minutes=4).completes(STEP, round=1, by=closed)

    assert journey.state(STEP) == "completed"
    entry = next(one for one in journey.last.entries if one.act == "hop.completed")
    assert entry.actor == f"agency:{closed}"
    assert entry.facts["said_for"] == HEIR
    assert entry.round == 2


def test_a_late_receipt_of_the_closed_agency_is_evidence_and_no_receipt_of_its_successor() -> None:
    journey = moved(at_land_office())
    closed = journey.hop(STEP, 1).agency

    journey.later(minutes=4).receives(STEP, round=1, by=closed)

    assert journey.acted() == ["message.noted"]
    assert journey.hop(STEP).received_at is None


def test_a_late_pause_stands_and_leaves_the_receipt_to_the_successor() -> None:
    journey = moved(received())
    closed = journey.hop(STEP, 1).agency

    journey.later(minutes=4).pauses(STEP, round=1, by=closed)
    assert journey.state(STEP) == "paused"
    assert journey.hop(STEP).received_at is None
    journey.later(hours=2).says(Kind.HOP_RESUMED, STEP, reason="supplement")

    assert journey.state(STEP) == "received"


def test_the_successor_may_speak_of_the_round_that_the_closed_agency_had() -> None:
    journey = moved(received())

    journey.later(minutes=4).completes(STEP, round=1, by=HEIR)

    assert journey.state(STEP) == "completed"
    assert "said_for" not in journey.last.entries[0].facts


def test_nobody_else_speaks_for_a_closed_agency() -> None:
    journey = moved(received())

    result = journey.tries(Kind.HOP_COMPLETED, STEP, round=1, by="H31.102", outcome="approved")

    assert declined(result).slug == "not-your-hop"


# Who cannot be told by a table


def test_where_several_could_follow_a_person_is_asked_and_time_runs_on() -> None:
    journey = received()
    before = journey.hop(STEP)
    close(journey, before.agency or "", HEIR, OTHER_HEIR)

    reorganise(journey)

    hop = journey.hop(STEP)
    assert (hop.key, hop.agency) == (before.key, before.agency)
    assert hop.failure is not None
    assert hop.failure["kind"] == "successor-ambiguous"
    assert hop.failure["candidates"] == [HEIR, OTHER_HEIR]
    assert hop.clock.deadline_at == before.clock.deadline_at


def test_a_person_names_the_successor_and_the_clock_does_not_notice() -> None:
    journey = paused()
    before = journey.hop(STEP)
    close(journey, before.agency or "", HEIR, OTHER_HEIR)
    reorganise(journey)

    journey.later(hours=1).acts("resolve", STEP, agency=OTHER_HEIR)

    after = journey.hop(STEP)
    assert (after.agency, str(after.state)) == (OTHER_HEIR, "paused")
    assert facts_of(after) == facts_of(before)
    assert ledger_gives(journey, journey.transfer)


def test_a_hop_whose_agency_is_there_is_not_resolved() -> None:
    journey = received()

    result = journey.tries_to("resolve", STEP, agency=HEIR)

    assert declined(result).slug == "illegal-transition"


def test_without_a_successor_a_person_is_asked() -> None:
    journey = received()
    close(journey, journey.hop(STEP).agency or "")

    reorganise(journey)

    failure = journey.hop(STEP).failure
    assert failure is not None
    assert failure["kind"] == "successor-missing"


def test_a_delivery_that_still_gets_through_does_not_settle_who_follows() -> None:
    journey = at_land_office()
    close(journey, journey.hop(STEP).agency or "", HEIR, OTHER_HEIR)
    reorganise(journey)

    journey.later(seconds=5).delivered(STEP)

    assert journey.hop(STEP).is_bereft


def test_a_row_of_the_plan_comes_before_the_directory() -> None:
    journey = received()
    closed = journey.hop(STEP).agency or ""
    close(journey, closed, HEIR)

    reorganise(journey, a_plan(journey, Takeover(closed, None, None, OTHER_HEIR, "QĐ 1/2025")))

    assert journey.hop(STEP).agency == OTHER_HEIR
    [entry] = [one for one in journey.last.entries if one.act == "hop.reorganised"]
    assert entry.legal_basis == "QĐ 1/2025"


# The originator, and who sent it on


def test_the_originators_part_is_its_successors_from_then_on() -> None:
    journey = received()
    close(journey, COMMUNE, "H31.102")

    reorganise(journey)

    assert journey.transfer.originator == "H31.102"
    assert journey.transfer.issuer == COMMUNE
    [told] = journey.sent(Kind.TRANSFER_CHANGED)
    assert (told.to, told.data["former"]) == ("H31.102", COMMUNE)
    assert told.splice[0] == journey.transfer.submission_ref
    journey.later(minutes=1).pauses(STEP)
    assert [send.to for send in journey.sent(Kind.SUPPLEMENT_REQUESTED)] == ["H31.102"]


def test_what_the_closed_originator_was_asked_is_asked_of_its_successor() -> None:
    journey = submit("2.000987", "2026-09-07 08:30", residence_check="simple")
    step = next(hop.step for hop in journey.transfer.hops.values() if hop.is_running)
    journey.later(seconds=5).delivered(step)
    journey.later(minutes=5).receives(step)
    journey.later(minutes=5).pauses(step, legal_basis="NĐ 301/2026")
    assert journey.hop(step).supplement_by is not None
    close(journey, COMMUNE, "H31.102")

    reorganise(journey)

    assert [send.to for send in journey.sent(Kind.SUPPLEMENT_REQUESTED)] == ["H31.102"]


def test_both_the_closed_originator_and_its_successor_may_supplement() -> None:
    for speaker in (COMMUNE, "H31.102"):
        journey = paused()
        close(journey, COMMUNE, "H31.102")
        reorganise(journey)

        journey.later(hours=1).says(Kind.SUPPLEMENT_PROVIDED, STEP, by=speaker, note="x")

        assert journey.hop(STEP).clock.paused_at is None


def test_an_originator_that_several_follow_is_named_by_a_person() -> None:
    journey = received()
    close(journey, COMMUNE, "H31.103", "H31.104")
    reorganise(journey)
    assert journey.hop("origin").is_bereft
    assert journey.transfer.originator == COMMUNE

    journey.later(hours=1).acts("resolve", "origin", agency="H31.104")

    assert journey.transfer.originator == "H31.104"
    assert not journey.hop("origin").is_bereft


def test_a_refusal_is_acknowledged_by_whoever_took_over_from_the_sender() -> None:
    journey = received()
    sender = journey.hop("commune-intake").agency or ""
    close(journey, sender, "H31.102")
    reorganise(journey)
    journey.later(minutes=5).refuses(STEP, "incomplete")
    assert ("H31.102", "hop.changed") in journey.told()

    journey.later(minutes=5).says(Kind.REFUSAL_ACKNOWLEDGED, STEP, round=1, by="H31.102")

    assert journey.hop(STEP, 1).refusal is not None
    assert not journey.hop(STEP, 1).awaits_acknowledgement


def test_a_return_goes_to_whoever_took_over_from_the_step_before() -> None:
    journey = received()
    close(journey, COMMUNE, "H31.102")
    reorganise(journey)

    journey.later(minutes=5).returns(STEP, "origin")

    assert journey.hop("origin").agency == "H31.102"


# What is not the reform's


def test_nothing_closed_nothing_done() -> None:
    journey = received()

    assert reorganise(journey).repeated


def test_a_transfer_that_has_ended_only_changes_whom_its_news_go_to() -> None:
    journey = received()
    journey.acts("stop")
    ended = journey.transfer
    close(journey, COMMUNE, "H31.102")

    reorganise(journey)

    assert journey.transfer.state is ended.state
    assert journey.transfer.originator == "H31.102"
    assert {hop.key: hop.state for hop in journey.transfer.hops.values()} == {
        hop.key: hop.state for hop in ended.hops.values()
    }


def test_without_a_plan_it_is_declined() -> None:
    journey = received()

    assert isinstance(journey.tries_to("reorganise"), Declined)
    assert not isinstance(tries_to_reorganise(journey), Declined)


def test_silence_counts_on_and_nobody_consents_before_being_asked() -> None:
    facts: dict[str, Any] = {"works": "other", "act": "new", "opinion_environment": True}
    journey = submit("9.000008", "2026-03-02 08:30", **facts)
    lapsing = walk_to_a_lapsing_hop(journey)
    journey.later(seconds=5).delivered(lapsing)
    before = journey.hop(lapsing)
    successor = successor_of(journey, before)
    close(journey, before.agency or "", successor)
    journey.later(hours=2)
    reorganise(journey)
    assert journey.hop(lapsing).clock == before.clock

    journey.later(seconds=5).delivered(lapsing)

    assert journey.hop(lapsing).clock.deadline_at == before.clock.deadline_at


def walk_to_a_lapsing_hop(journey: Journey) -> str:
    for _ in range(6):
        running = [hop for hop in journey.transfer.hops.values() if hop.is_running]
        for hop in running:
            if hop.lapses:
                return hop.step
        journey.walks(running[0].step)
    pytest.skip("this procedure has no step that lapses")


def successor_of(journey: Journey, hop: Hop) -> str:
    rows = [row.code for row in journey.context.directory.in_force(journey.now)]
    return next(code for code in rows if code != hop.agency and code.startswith("H31.1"))


def test_two_reforms_in_turn_leave_one_turn_and_one_clock() -> None:
    journey = moved(received())
    before = journey.hop(STEP, 1)
    close(journey, HEIR, OTHER_HEIR)

    journey.later(days=1)
    reorganise(journey)

    after = journey.hop(STEP)
    assert (after.agency, after.round) == (OTHER_HEIR, 3)
    assert after.clock.arrived_at == before.clock.arrived_at
    journey.later(minutes=1).completes(STEP, round=1, by=before.agency)
    assert journey.state(STEP) == "completed"


def test_a_turn_that_a_person_had_addressed_goes_to_the_successor_when_it_comes() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    journey.acts("redirect", STEP, agency=OTHER_HEIR)
    close(journey, OTHER_HEIR, HEIR)
    reorganise(journey)

    journey.walks("commune-intake")

    assert journey.hop(STEP).agency == HEIR


def test_the_instant_is_the_reforms_and_the_closed_agency_answers_for_what_was_before() -> None:
    journey = received()
    moved(journey)

    old = journey.hop(STEP, 1)

    assert old.ended_at == journey.now
    assert old.heirs == ((HEIR, journey.now),)
    assert journey.hop(STEP).offered_at == journey.now
    assert journey.now - vn("2026-03-02 08:30") < timedelta(hours=2)
    assert replace(old, heirs=()).agency == old.agency
