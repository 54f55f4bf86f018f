"""Supplements: how often the citizen may be asked, until when, and what follows in silence.

A limit counts from when the supplement is asked for, without cutoff, by the calendar of the
originator, who tells the citizen. Like a deadline it is decided after the grace, as of its own
instant: what was provided in time and read late still counts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from routing.lifecycle.breaches import exceed, hold_from_receipt, settle
from routing.lifecycle.clocks import limit_from
from routing.lifecycle.counted import supplements_asked
from routing.lifecycle.draft import GATEWAY, Draft
from routing.lifecycle.events import Declined
from routing.lifecycle.finish import stop_by_time
from routing.lifecycle.instants import written
from routing.lifecycle.model import Hop, HopState, LimitName
from routing.outages import Outage
from routing.policies import Missed

MISSED: Final = "supplement-missed"
_LOOK_AGAIN: Final = timedelta(hours=1)


def may_ask(draft: Draft, hop: Hop) -> Declined | None:
    """Decline a request that the law does not allow any more, and name the article."""
    rule = draft.context.policies.supplements.times.of(*draft.scope(hop))
    if rule is None or rule.times is None or supplements_asked(draft.hops.values()) < rule.times:
        return None
    return Declined(
        "illegal-transition",
        f"a supplement may be asked for {rule.times} time(s), and has been ({rule.legal_basis})",
        "/data/reason",
    )


def supplement_limit(draft: Draft, hop: Hop, until: datetime | None) -> datetime | None:
    """Return when the time to provide it ends: the agency's own date, inside the law's limit."""
    rule = draft.context.policies.supplements.limit.of(*draft.scope(hop))
    if rule is None or rule.within is None:
        return None
    calendar = draft.context.calendars.of(draft.transfer.originator, draft.legal_at)
    limit = limit_from(calendar, draft.legal_at, rule.within)
    if until is not None and until > draft.legal_at and (limit is None or until < limit):
        return until
    return limit


def hold_to_request_limit(draft: Draft, hop: Hop) -> Hop:
    """Enter a request as exceeded that comes later, after the receipt, than the law allows."""
    rule = draft.context.policies.supplements.request.of(*draft.scope(hop))
    if rule is None or rule.within is None:
        return hop
    return hold_from_receipt(draft, hop, LimitName.REQUEST, rule.within, rule.legal_basis)


def end_of_request(draft: Draft, hop: Hop) -> Hop:
    """Settle the limit by what ends the pause, and forget it."""
    if hop.supplement_by is None:
        return hop
    hop = settle(draft, hop, LimitName.SUPPLEMENT, hop.supplement_by)
    return draft.put(replace(hop, supplement_by=None))


def too_late(draft: Draft, hop: Hop) -> Declined | None:
    """Decline what comes after processing has stopped for want of it."""
    if hop.supplement_by is None or draft.legal_at <= hop.supplement_by or not _stops(draft, hop):
        return None
    if _moved_by_outage(draft, hop) is not None:
        return None
    return Declined(
        "already-finished",
        f"the time to provide it ended at {written(hop.supplement_by)}; processing stops",
        "/data/step",
    )


def miss(draft: Draft, hop: Hop) -> None:
    """The time to provide it has passed: enter and tell it, and stop where the law stops.

    Unless an outage lay over its end, and nobody could have provided it: then it ends later.
    """
    assert hop.supplement_by is not None
    later = _moved_by_outage(draft, hop)
    if later is not None:
        _give_longer(draft, hop, *later)
        return
    draft.legal_at = hop.supplement_by
    hop = exceed(draft, hop, LimitName.SUPPLEMENT, hop.supplement_by)
    rule = draft.context.policies.supplements.missed.of(*draft.scope(hop))
    if rule.missed is Missed.STOP_TRANSFER:
        stop_by_time(draft, MISSED, rule.legal_basis)


def stop_if_missed(draft: Draft) -> None:
    """Stop what the timekeeper would have stopped by now, before anything later is judged."""
    said_at = draft.legal_at
    for hop in list(draft.hops.values()):
        by = hop.supplement_by
        if by is None or said_at <= by + draft.transfer.grace or not draft.is_open:
            continue
        if hop.state is HopState.PAUSED and _stops(draft, hop):
            actor = draft.actor
            miss(draft, hop)
            draft.actor = actor
    draft.legal_at = said_at


def _moved_by_outage(draft: Draft, hop: Hop) -> tuple[datetime, Outage] | None:
    """Return when the time ends, if an outage of ours or of the originator lay over its end.

    What was left when the outage began is left when it ends; while it lasts, an hour at a time.
    """
    by, asked_at = hop.supplement_by, hop.clock.paused_at
    assert by is not None
    assert asked_at is not None
    found = None
    for outage in draft.context.outages.concerning(draft.transfer.originator):
        if outage.withdrawn or outage.start > by or (outage.end is not None and outage.end <= by):
            continue
        if outage.end is None:
            until = max(draft.context.now, by) + _LOOK_AGAIN
        else:
            until = outage.end + (by - max(outage.start, asked_at))
        if found is None or until > found[0]:
            found = until, outage
    return found


def _give_longer(draft: Draft, hop: Hop, until: datetime, outage: Outage) -> None:
    assert hop.supplement_by is not None
    moved = {"from": written(hop.supplement_by), "until": written(until)}
    hop = draft.put(replace(hop, supplement_by=until))
    draft.enter(
        "supplement.extended",
        hop,
        reason="outage",
        legal_basis=outage.legal_basis,
        facts={"outage": str(outage.id), **moved},
        actor=GATEWAY,
    )
    draft.tell_change(draft.transfer.originator, hop, "outage")


def _stops(draft: Draft, hop: Hop) -> bool:
    missed = draft.context.policies.supplements.missed.of(*draft.scope(hop)).missed
    return missed is Missed.STOP_TRANSFER
