"""A return has two limits of its own, for who returns and for who answers, by policy."""

from routing.lifecycle.instants import written
from routing.lifecycle.model import LimitName
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import ALLOCATION, LAND, Journey, submit, vn


def at_tax() -> Journey:
    """A land dossier that the tax office has received on Monday at nine."""
    journey = submit(LAND, "2026-03-02 08:30", obligation="transfer_taxes").walks("land-check")
    journey.at("2026-03-02 08:59").delivered("tax")
    journey.at("2026-03-02 09:00").receives("tax")
    return journey


def test_the_sender_answers_the_tax_office_within_the_laws_own_time() -> None:
    journey = at_tax()

    journey.at("2026-03-03 10:00").returns("tax", "land-check", "incomplete")

    clock = journey.hop("land-check").clock
    assert clock.budget == "5 wd"
    assert clock.deadline_at == vn("2026-03-10 10:00")


def test_what_it_refuses_for_the_same_reason_is_answered_in_the_same_time() -> None:
    journey = at_tax()
    journey.at("2026-03-03 10:00").refuses("tax", "incomplete")

    journey.says(Kind.REFUSAL_ACKNOWLEDGED, "tax", by=journey.hop("land-check").agency)

    assert journey.hop("land-check").round == 2
    assert journey.hop("land-check").clock.budget == "5 wd"


def test_another_reason_or_another_chain_has_its_ordinary_limit() -> None:
    other_reason = at_tax()
    other_reason.at("2026-03-03 10:00").returns("tax", "land-check", "upstream_error")
    step = other_reason.transfer.itinerary.by_id["land-check"]
    assert other_reason.hop("land-check").clock.budget == step.budget

    other_chain = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake", "land-extract")
    other_chain.later(minutes=5).returns("commune-decision", "land-extract", "wrong_data")
    assert other_chain.hop("land-extract").clock.rule == "notice-day"


def test_a_return_to_the_originator_has_the_laws_own_time_too() -> None:
    journey = at_tax()

    journey.at("2026-03-03 10:00").returns("tax", "origin", "incomplete")

    assert journey.hop("origin").clock.deadline_at == vn("2026-03-10 10:00")


def test_a_return_at_its_limit_is_in_time_and_later_it_holds_and_is_exceeded() -> None:
    in_time, late = at_tax(), at_tax()

    in_time.at("2026-03-09 09:00").returns("tax", "land-check", "incomplete")
    late.at("2026-03-09 09:01").returns("tax", "land-check", "incomplete")

    assert LimitName.RETURN not in in_time.hop("tax", 1).clock.breached
    assert late.hop("tax", 1).clock.breached[-1] is LimitName.RETURN
    assert late.state("land-check") == "dispatching"
    [exceeded] = [entry for entry in late.last.entries if entry.reason == "return"]
    assert exceeded.act == "clock.breached"
    assert exceeded.legal_basis == "NĐ 252/2026/NĐ-CP"
    assert exceeded.facts["limit_at"] == written(vn("2026-03-09 09:00"))


def test_neither_the_return_nor_the_answer_restarts_the_statutory_clock() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake", "land-extract")
    journey.later(seconds=5).delivered("commune-decision")
    journey.later(minutes=5).receives("commune-decision")
    before = journey.transfer.clock

    journey.later(hours=1).returns("commune-decision", "land-extract", "wrong_data")
    journey.later(seconds=5).delivered("land-extract")
    journey.later(hours=2).completes("land-extract")

    after = journey.transfer.clock
    assert (after.arrived_at, after.started_at, after.deadline_at, after.pauses) == (
        before.arrived_at,
        before.started_at,
        before.deadline_at,
        before.pauses,
    )
    assert after.restarted_from == ()


def test_while_it_is_answered_the_total_of_a_tax_chain_runs_and_never_begins_anew() -> None:
    journey = at_tax()
    started = journey.transfer.clock.started_at

    journey.at("2026-03-03 10:00").returns("tax", "land-check", "incomplete")

    clock = journey.transfer.clock
    assert clock.paused_at is None
    assert (clock.started_at, clock.restarted_from) == (started, ())


def test_the_ledger_says_by_which_row() -> None:
    journey = at_tax()

    journey.at("2026-03-03 10:00").refuses("tax", "incomplete")
    [refused] = [entry for entry in journey.last.entries if entry.act == "hop.refused"]
    journey.says(Kind.REFUSAL_ACKNOWLEDGED, "tax", by=journey.hop("land-check").agency)
    [opened] = [
        entry
        for entry in journey.last.entries
        if entry.act == "hop.opened" and entry.step == "land-check"
    ]

    assert refused.facts["policy"] == "refusals.incomplete"
    assert journey.last.entries[0].facts["policy"] == "refusals.incomplete"
    assert opened.facts["policy"] == "returns.incomplete.step.1.012783/tax"
