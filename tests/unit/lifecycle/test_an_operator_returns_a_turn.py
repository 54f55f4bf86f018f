"""An operator gives a turn back for its agency, of whom nothing is implied."""

from typing import Any

import pytest

from routing.lifecycle.model import LimitName
from routing.lifecycle.replay import compare, lines_of, replay
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import (
    ALLOCATION,
    COMMUNE,
    DEATH,
    Journey,
    declined,
    submit,
    vn,
)

WHY: dict[str, Any] = {"return_reason": "incomplete", "legal_basis": "NĐ 61/2018 Điều 17"}


def at_decision() -> Journey:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake", "land-extract")
    journey.later(seconds=5).delivered("commune-decision")
    return journey.later(minutes=5)


def test_it_goes_back_to_whoever_fed_it_with_the_operator_as_actor() -> None:
    journey = at_decision()

    journey.acts("return", "commune-decision", **WHY)

    opened = journey.hop("land-extract")
    assert journey.hop("commune-decision", 1).state == "returned"
    assert (opened.round, str(opened.state)) == (2, "dispatching")
    assert opened.agency == journey.hop("land-extract", 1).agency
    assert journey.state("commune-decision") == "planned"
    [entry] = [one for one in journey.last.entries if one.act == "hop.returned"]
    assert (entry.actor, entry.reason, entry.legal_basis) == (
        "operator:an",
        "incomplete",
        "NĐ 61/2018 Điều 17",
    )
    assert entry.facts == {"to_step": "land-extract"}


def test_its_agency_is_told_that_its_turn_is_over_and_the_originator_why() -> None:
    journey = at_decision()
    agency = journey.hop("commune-decision").agency

    journey.acts("return", "commune-decision", to_step="origin", **WHY)

    assert (agency, "handover.cancelled") in journey.told()
    [notice] = [one for one in journey.sent(Kind.HOP_CHANGED) if one.data["state"] == "returned"]
    assert (notice.to, notice.data["reason"], notice.splice) == (COMMUNE, "incomplete", ())
    assert journey.sent(Kind.HANDOVER_CANCELLED)[0].data["reason"] == "returned"
    assert journey.hop("origin").round == 2


def test_what_the_agency_never_got_is_not_sent_any_more_and_no_receipt_is_implied() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake")
    assert journey.state("land-extract") == "dispatching"

    journey.acts("return", "land-extract", **WHY)

    assert [one.reason for one in journey.last.withdraws] == ["returned"]
    assert not journey.sent(Kind.HANDOVER_CANCELLED)
    assert journey.hop("land-extract", 1).received_at is None
    assert journey.hop("commune-intake").round == 2


def test_a_paused_turn_goes_back_and_its_clock_adds_up() -> None:
    journey = at_decision()
    journey.receives("commune-decision")
    journey.later(hours=1).acts(
        "pause", "commune-decision", pause_reason="outage", legal_basis="NĐ 99/2022"
    )

    journey.later(hours=2).acts("return", "commune-decision", **WHY)

    hop = journey.hop("commune-decision", 1)
    assert (str(hop.state), hop.clock.paused_at) == ("returned", None)
    assert (
        compare(journey.transfer, replay(lines_of(journey.entries), journey.context.calendars))
        == []
    )


def test_it_is_not_too_late_but_entered_as_late() -> None:
    journey = at_decision()
    journey.receives("commune-decision")
    deadline = journey.hop("commune-decision").clock.deadline_at
    assert deadline is not None
    journey.now = deadline
    journey.later(minutes=1)

    journey.acts("return", "commune-decision", **WHY)

    assert journey.hop("commune-decision", 1).clock.breached == (LimitName.DEADLINE,)


@pytest.mark.parametrize(
    ("changed", "slug"),
    [
        ({"legal_basis": None}, "missing-field"),
        ({"return_reason": "lunch"}, "invalid-value"),
        ({"return_reason": None}, "invalid-value"),
        ({"to_step": "commune-decision"}, "invalid-value"),
        ({"to_step": "no-such-step"}, "invalid-value"),
    ],
)
def test_it_needs_a_reason_a_basis_and_a_step_before_it(changed: dict[str, Any], slug: str) -> None:
    journey = at_decision()

    assert (
        declined(journey.tries_to("return", "commune-decision", **{**WHY, **changed})).slug == slug
    )


def test_neither_what_was_not_sent_nor_what_is_over_nor_the_originators_turn_goes_back() -> None:
    journey = at_decision()

    over = journey.tries_to("return", "commune-intake", **WHY)
    origin = journey.acts("return", "commune-decision", to_step="origin", **WHY)
    twice = journey.tries_to("return", "origin", **WHY)
    planned = journey.tries_to("return", "commune-decision", **WHY)

    assert origin.entries
    assert {declined(one).slug for one in (over, twice, planned)} == {"illegal-transition"}


def test_other_branches_go_on_as_with_an_agencys_return() -> None:
    by_agency = submit(DEATH, benefit="social_insurance").walks("civil-status")
    by_operator = submit(DEATH, benefit="social_insurance").walks("civil-status")
    for journey in (by_agency, by_operator):
        journey.later(seconds=5).delivered("residence-removal")
        journey.later(minutes=5).receives("social-insurance")

    by_agency.returns("social-insurance", "civil-status")
    by_operator.acts(
        "return",
        "social-insurance",
        to_step="civil-status",
        legal_basis="NĐ 61",
        return_reason="upstream_error",
    )

    states = [
        {key: (hop.state, hop.superseded_by) for key, hop in journey.transfer.hops.items()}
        for journey in (by_agency, by_operator)
    ]
    assert states[0] == states[1]


def test_who_was_silent_long_enough_has_consented_and_is_not_overruled() -> None:
    journey = submit(
        "9.000008", "2026-03-02 08:30", works="separate_house", act="new", opinion_fire=True
    ).walks("appraise-local")
    journey.later(seconds=5).delivered("opinion-fire")
    deadline = journey.hop("opinion-fire").clock.deadline_at
    assert deadline is not None
    assert deadline > vn("2026-03-02 08:30")
    journey.now = deadline
    journey.later(seconds=30)

    assert declined(journey.tries_to("return", "opinion-fire", **WHY)).slug == "illegal-transition"
