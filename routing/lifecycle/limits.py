"""Limits: what the passing of time decides, oldest instant first.

A breach or a lapse counts from its own instant, however late the timekeeper comes; what it sets
going is offered when it is decided. Messages sent before an instant have the grace to be read.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from routing.lifecycle.breaches import exceed, exceed_overall, warn
from routing.lifecycle.clocks import clock_facts, learn_clock, start_clock
from routing.lifecycle.draft import GATEWAY, Draft
from routing.lifecycle.hand_over import go_on
from routing.lifecycle.model import Hop, HopState, LimitName
from routing.lifecycle.outages import let_go
from routing.lifecycle.overall import hold_overall
from routing.lifecycle.refuse import release_by_time
from routing.lifecycle.supplements import miss

_WARNING = "warning"


def reach(draft: Draft, at: datetime) -> None:
    """Decide everything that is due by `at`."""
    draft.touched = False
    draft.begins_at = at
    _learn_calendar(draft)
    while draft.is_open:
        due = _next_due(draft)
        if due is None or due[0] > at:
            break
        instant, name, hop = due
        draft.legal_at = instant
        if hop is None:
            _overall(draft, name, at)
        else:
            _decide(draft, hop, name, at)
        hold_overall(draft)
    draft.legal_at = at


def lapse_if_due(draft: Draft, hop: Hop) -> Hop:
    """Let a hop lapse whose deadline a message comes after, before the message is judged."""
    deadline_at = hop.clock.deadline_at
    if not may_lapse(hop) or deadline_at is None or draft.legal_at <= deadline_at:
        return hop
    said_at = draft.legal_at
    draft.legal_at = deadline_at
    hop = lapse(draft, hop)
    draft.legal_at = said_at
    return hop


def may_lapse(hop: Hop) -> bool:
    """Say whether silence can count here: the agency was asked, and its time runs."""
    return hop.lapses and hop.state in (HopState.DELIVERED, HopState.RECEIVED)


def lapse(draft: Draft, hop: Hop) -> Hop:
    """Silence is consent: the hop is over at its deadline, and the transfer goes on."""
    deadline_at = hop.clock.deadline_at
    assert deadline_at is not None
    hop = let_go(draft, hop, deadline_at)
    hop = draft.put(replace(hop, state=HopState.LAPSED, ended_at=deadline_at))
    draft.enter(
        "hop.lapsed",
        hop,
        reason="silence",
        legal_basis=draft.step_of(hop).legal_basis,
        actor=GATEWAY,
    )
    go_on(draft)
    return hop


def _next_due(draft: Draft) -> tuple[datetime, str, Hop | None] | None:
    grace = draft.transfer.grace
    found: list[tuple[datetime, str, Hop | None]] = [
        (instant, name, None) for name, instant in draft.clock.instants(LimitName.OVERALL, grace)
    ]
    for hop in draft.hops.values():
        if hop.superseded_by is None:
            found.extend((instant, name, hop) for name, instant in hop.instants(grace))
    return min(found, key=lambda one: one[0], default=None)


def _overall(draft: Draft, name: str, at: datetime) -> None:
    clock = draft.clock
    if name == _WARNING:
        draft.clock = warn(draft, None, clock, at)
        return
    assert clock.deadline_at is not None
    draft.legal_at = clock.deadline_at
    exceed_overall(draft, clock.deadline_at)


def _decide(draft: Draft, hop: Hop, name: str, at: datetime) -> None:
    match name:
        case "warning":
            draft.put(replace(hop, clock=warn(draft, hop, hop.clock, at)))
        case LimitName.HANDOVER:
            assert hop.deliver_by is not None
            exceed(draft, hop, LimitName.HANDOVER, hop.deliver_by)
        case LimitName.RECEIPT:
            _exceed_receipt(draft, hop)
        case LimitName.DEADLINE:
            assert hop.clock.deadline_at is not None
            draft.legal_at = hop.clock.deadline_at
            if may_lapse(hop):
                lapse(draft, hop)
            else:
                exceed(draft, hop, LimitName.DEADLINE, hop.clock.deadline_at)
        case LimitName.SUPPLEMENT:
            miss(draft, hop)
        case LimitName.REFUSAL:
            release_by_time(draft, hop)


def _exceed_receipt(draft: Draft, hop: Hop) -> None:
    """No receipt by its limit: a breach, and a clock that waits for the receipt starts there."""
    receive_by = hop.receive_by
    assert receive_by is not None
    draft.legal_at = receive_by
    hop = exceed(draft, hop, LimitName.RECEIPT, receive_by)
    if draft.step_of(hop).start == "received" and hop.clock.arrived_at is None:
        calendar = draft.context.calendars.of(hop.agency, receive_by)
        clock = start_clock(calendar, hop.clock, receive_by)
        hop = draft.put(replace(hop, clock=clock))
        draft.enter("clock.started", hop, reason="receipt-limit", facts=clock_facts(clock))


def _learn_calendar(draft: Draft) -> None:
    """Compute what no calendar knew before, by the newest, now that it may."""
    calendars = draft.context.calendars
    if draft.clock.calendar_missing:
        clock = learn_clock(draft.clock, calendars)
        if not clock.calendar_missing:
            draft.clock = clock
            draft.enter("clock.known", facts=clock_facts(clock))
    for hop in list(draft.hops.values()):
        if hop.is_running and hop.clock.calendar_missing:
            clock = learn_clock(hop.clock, calendars)
            if not clock.calendar_missing:
                hop = draft.put(replace(hop, clock=clock))
                draft.enter("clock.known", hop, facts=clock_facts(clock))
