"""Breaches and warnings: what the ledger keeps, and what later proof takes back.

A breach is decided by the timekeeper, or by the event that comes after the instant, whichever is
first; it counts from the instant itself, so the order of the two makes no difference.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from routing.legaltime import Budget
from routing.lifecycle.clocks import limit_from
from routing.lifecycle.counted import total_facts
from routing.lifecycle.draft import GATEWAY, Draft
from routing.lifecycle.events import JsonObject
from routing.lifecycle.instants import written
from routing.lifecycle.model import Hop, HopClock, LimitName
from routing.lifecycle.notices import tell, told_of
from schemas.kinds import Kind


def exceed(
    draft: Draft, hop: Hop, limit: LimitName, limit_at: datetime, legal_basis: str | None = None
) -> Hop:
    """Record that a hop's limit has passed, and tell whom the policies name."""
    clock = replace(hop.clock, breached=(*hop.clock.breached, limit))
    hop = draft.put(replace(hop, clock=clock))
    _announce(draft, hop, limit, limit_at, legal_basis)
    return hop


def hold_from_receipt(
    draft: Draft, hop: Hop, limit: LimitName, within: Budget, legal_basis: str | None
) -> Hop:
    """Enter what the agency does now as exceeded, if it comes later than so long after its receipt.

    By the agency's own calendar, without cutoff; once for each hop.
    """
    if hop.received_at is None or limit in hop.clock.breached:
        return hop
    calendar = draft.context.calendars.of(hop.agency, hop.received_at)
    limit_at = limit_from(calendar, hop.received_at, within)
    if limit_at is None or draft.legal_at <= limit_at:
        return hop
    return exceed(draft, hop, limit, limit_at, legal_basis)


def exceed_overall(draft: Draft, limit_at: datetime) -> None:
    """Record that the statutory total has passed, and tell whom the policies name."""
    draft.clock = replace(draft.clock, breached=(*draft.clock.breached, LimitName.OVERALL))
    _announce(draft, None, LimitName.OVERALL, limit_at)


def settle(draft: Draft, hop: Hop, limit: LimitName, limit_at: datetime | None) -> Hop:
    """Judge a limit by the event that meets it: late is a breach, in time takes a breach back."""
    if limit_at is None:
        return hop
    known = limit in hop.clock.breached
    if draft.legal_at > limit_at and not known:
        return exceed(draft, hop, limit, limit_at)
    if draft.legal_at <= limit_at and known:
        hop = draft.put(replace(hop, clock=forget(hop.clock, limit)))
        _correct(draft, hop, limit, limit_at)
    return hop


def settle_overall(draft: Draft) -> None:
    """Judge the total by the event that ends or holds its clock, as `settle` does a hop's."""
    deadline_at = draft.clock.deadline_at
    if deadline_at is None:
        return
    known = LimitName.OVERALL in draft.clock.breached
    if draft.legal_at > deadline_at and not known:
        exceed_overall(draft, deadline_at)
    elif draft.legal_at <= deadline_at and known:
        draft.clock = forget(draft.clock, LimitName.OVERALL)
        _correct(draft, None, LimitName.OVERALL, deadline_at)


def take_back(
    draft: Draft, hop: Hop | None, clock: HopClock, limit: LimitName, limit_at: datetime | None
) -> HopClock:
    """Return a clock without a breach that turned out to be none, and enter that."""
    _correct(draft, hop, limit, limit_at)
    return forget(clock, limit)


def forget(clock: HopClock, limit: LimitName) -> HopClock:
    """Return the clock without a breach: taken back, or of a limit that begins anew."""
    if limit not in clock.breached:
        return clock
    return replace(clock, breached=tuple([one for one in clock.breached if one != limit]))


def warn(draft: Draft, hop: Hop | None, clock: HopClock, until: datetime) -> HopClock:
    """Fire the thresholds reached by `until`: one message for all, none if the end has passed."""
    fired = [name for name, at in clock.warn_at if at <= until]
    left = clock.warn_at[len(fired) :]
    last, last_at = fired[-1], clock.warn_at[len(fired) - 1][1]
    warned = replace(clock, warned=(*clock.warned, *fired), warn_at=left)
    deadline_at = clock.deadline_at
    assert deadline_at is not None
    facts: JsonObject = {"threshold": last, "deadline_at": written(deadline_at)}
    if len(fired) > 1:
        facts["with"] = fired[:-1]
    if deadline_at > until:
        event = f"warning.{last}" if hop is not None else f"overall.warning.{last}"
        told = told_of(draft, hop, event)
        facts |= told.facts()
        tell(
            draft,
            told,
            Kind.CLOCK_WARNED,
            {
                "step": hop.step if hop is not None else None,
                "round": hop.round if hop is not None else None,
                "agency": hop.agency if hop is not None else draft.transfer.originator,
                "threshold": last,
                "deadline_at": written(deadline_at),
            },
            hop,
        )
    draft.enter("clock.warned", hop, reason=None, facts=facts, legal_at=last_at, actor=GATEWAY)
    return warned


def _announce(
    draft: Draft,
    hop: Hop | None,
    limit: LimitName,
    limit_at: datetime,
    legal_basis: str | None = None,
) -> None:
    told = told_of(draft, hop, limit.value)
    draft.enter(
        "clock.breached",
        hop,
        reason=limit.value,
        legal_basis=legal_basis,
        facts={**_judged(draft, hop, limit_at), **told.facts()},
        legal_at=limit_at,
        actor=GATEWAY,
    )
    data = breach_notice(limit, limit_at, draft.begins_at, hop)
    tell(draft, told, Kind.CLOCK_BREACHED, data, hop)


def _correct(draft: Draft, hop: Hop | None, limit: LimitName, limit_at: datetime | None) -> None:
    facts = _judged(draft, hop, limit_at)
    draft.enter("clock.corrected", hop, reason=limit.value, facts=facts, actor=GATEWAY)


def _judged(draft: Draft, hop: Hop | None, limit_at: datetime | None) -> JsonObject:
    facts: JsonObject = {"limit_at": written(limit_at)} if limit_at is not None else {}
    return facts if hop is not None else facts | total_facts(draft)


def breach_notice(
    limit: LimitName, limit_at: datetime, decided_at: datetime, hop: Hop | None
) -> JsonObject:
    """Return what an agency is told of a breach."""
    return {
        "step": hop.step if hop is not None else None,
        "round": hop.round if hop is not None else None,
        "agency": hop.agency if hop is not None else None,
        "limit": limit.value,
        "deadline_at": written(limit_at),
        "breached_at": written(decided_at),
    }
