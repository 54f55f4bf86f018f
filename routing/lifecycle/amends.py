"""Amends: what time decided too early, because nobody knew of an outage yet, is taken back.

A breach that was decided for an instant that an outage has moved is judged anew at the new one; a
warning that would come later now is given again then. The ledger keeps both (`clock.corrected`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from routing.lifecycle.breaches import exceed, exceed_overall, take_back
from routing.lifecycle.clocks import clock_facts, recompute_clock, restart_clock, stop_clock
from routing.lifecycle.draft import GATEWAY, Draft
from routing.lifecycle.model import ClosedPause, Hop, HopClock, LimitName


def amend_hop(draft: Draft, before: Hop, hop: Hop) -> Hop:
    """Judge a hop's limits and warnings anew, after outages moved them."""
    clock = hop.clock
    if LimitName.HANDOVER in clock.breached:
        met_at = hop.available_at or hop.delivered_at
        if _was_early(before.deliver_by, hop.deliver_by, met_at):
            clock = take_back(draft, hop, clock, LimitName.HANDOVER, before.deliver_by)
    if LimitName.RECEIPT in clock.breached:
        clock = _amend_receipt(draft, before, hop, clock)
    clock = _amend_deadline(draft, hop, before.clock, clock, LimitName.DEADLINE)
    clock = _warn_again(draft, hop, clock)
    if clock is not hop.clock:
        hop = draft.put(replace(hop, clock=clock))
    passed_at = _passed_before_pause(draft, clock, LimitName.DEADLINE)
    return hop if passed_at is None else exceed(draft, hop, LimitName.DEADLINE, passed_at)


def amend_overall(draft: Draft, before: HopClock) -> None:
    """Judge the total and its warnings anew, after outages moved it."""
    clock = _amend_deadline(draft, None, before, draft.clock, LimitName.OVERALL)
    draft.clock = _warn_again(draft, None, clock)
    passed_at = _passed_before_pause(draft, draft.clock, LimitName.OVERALL)
    if passed_at is not None:
        exceed_overall(draft, passed_at)


def _was_early(old_at: datetime | None, new_at: datetime | None, met_at: datetime | None) -> bool:
    """Whether a breach as of `old_at` is none, or none yet, as of `new_at` (None: held)."""
    if new_at is None:
        return True
    if met_at is not None:
        return met_at <= new_at
    return old_at is None or old_at < new_at


def _amend_receipt(draft: Draft, before: Hop, hop: Hop, clock: HopClock) -> HopClock:
    """The breach may have started a clock that waits for the receipt: it starts anew with it."""
    old_at, new_at = before.receive_by, hop.receive_by
    if _was_early(old_at, new_at, hop.received_at):
        clock = take_back(draft, hop, clock, LimitName.RECEIPT, old_at)
        new_at = None
    if old_at == new_at or clock.arrived_at != old_at or draft.step_of(hop).start != "received":
        return clock
    arrived_at = min([at for at in (hop.received_at, new_at) if at is not None], default=None)
    if arrived_at is None:
        clock = stop_clock(clock)
    else:
        clock = restart_clock(draft.context.calendars, clock, arrived_at)
    facts = {} if arrived_at is None else clock_facts(clock)
    draft.enter("clock.corrected", hop, reason="start", facts=facts, actor=GATEWAY)
    return clock


def _amend_deadline(
    draft: Draft, hop: Hop | None, before: HopClock, clock: HopClock, limit: LimitName
) -> HopClock:
    if limit not in clock.breached:
        return clock
    old_at, new_at = _deadline_of(draft, before), _deadline_of(draft, clock)
    if not _was_early(old_at, new_at, clock.paused_at):
        return clock
    return take_back(draft, hop, clock, limit, old_at)


def _passed_before_pause(draft: Draft, clock: HopClock, limit: LimitName) -> datetime | None:
    """Return a deadline that had passed unnoticed when the pause that lasts began.

    An outage that was withdrawn, or ended earlier than it had seemed, had moved it away; while the
    clock stands no timer would decide that.
    """
    if clock.paused_at is None or limit in clock.breached:
        return None
    deadline_at = _deadline_of(draft, clock)
    return deadline_at if deadline_at is not None and deadline_at < clock.paused_at else None


def _deadline_of(draft: Draft, clock: HopClock) -> datetime | None:
    """Return the deadline as it is, or was when the pause that lasts began."""
    if clock.paused_at is not None:
        running = replace(clock, paused_at=None, pause_reason=None)
        clock = recompute_clock(running, draft.context.calendars)
    return clock.deadline_at


def _warn_again(draft: Draft, hop: Hop | None, clock: HopClock) -> HopClock:
    if not clock.warned:
        return clock
    now, calendars = draft.context.now, draft.context.calendars
    stands = [hold.start for hold in clock.held]
    if clock.paused_at is not None:
        stands.append(clock.paused_at)
    so_far = tuple([ClosedPause(at, now, "so far") for at in stands if at < now])
    trial = replace(
        clock,
        pauses=(*clock.pauses, *so_far),
        paused_at=None,
        pause_reason=None,
        held=(),
        warned=(),
    )
    later = {name for name, at in recompute_clock(trial, calendars).warn_at if at > now}
    early = [name for name in clock.warned if name in later]
    if not early:
        return clock
    draft.enter(
        "clock.corrected", hop, reason="warning", facts={"thresholds": early}, actor=GATEWAY
    )
    warned = tuple([name for name in clock.warned if name not in later])
    return recompute_clock(replace(clock, warned=warned), calendars)
