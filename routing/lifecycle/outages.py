"""Outages: whose clocks stand still while a system is away, and how far that moves their limits.

What holds a clock follows from what is declared now and from the turn of its hop, and from nothing
else: told late, twice or in another order it comes out the same. The agency's turn stays what it
is. What time had decided wrongly meanwhile is taken back by an entry of its own (`amends.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from routing.legaltime import Budget, Pause
from routing.lifecycle.amends import amend_hop, amend_overall
from routing.lifecycle.clocks import clock_facts, limit_from, release_clock, stand_clock
from routing.lifecycle.draft import GATEWAY, Draft
from routing.lifecycle.events import JsonObject
from routing.lifecycle.instants import written
from routing.lifecycle.model import ClosedPause, Hold, Hop, HopClock, LimitName
from routing.outages import Outage

OUTAGE = "outage"

Span = tuple[UUID, datetime, datetime | None]
"""An outage, from when it holds, and until when; None while it lasts."""


def stand_still(draft: Draft) -> None:
    """Bring every turn under way in line with what is declared, before anything is decided."""
    if not draft.context.outages:
        return
    with draft.aside():
        for hop in list(draft.hops.values()):
            if hop.is_running:
                stand(draft, hop)
        stand_overall(draft)


def stand(draft: Draft, hop: Hop) -> Hop:
    """Hold one hop's clock and its limits for the outages of its agency, and for ours."""
    if not draft.context.outages or not _concerns(draft, hop):
        return hop
    before = hop
    pauses, held = _stands(draft, hop)
    clock = stand_clock(draft.context.calendars, hop.clock, pauses, held)
    deliver_by, receive_by = _limits(draft, hop)
    hop = replace(hop, clock=clock, deliver_by=deliver_by, receive_by=receive_by)
    if hop == before:
        return before
    draft.put(hop)
    draft.stood = True
    _enter(draft, hop, before.clock, clock, _moved(before, hop))
    return amend_hop(draft, before, hop)


def stand_overall(draft: Draft) -> None:
    """Let the total stand while any hop stands for an outage, if the procedure excludes that."""
    before = draft.clock
    if not draft.stood or not draft.is_open or OUTAGE not in draft.itinerary.total_excludes:
        return
    clocks = [hop.clock for hop in draft.hops.values()]
    joined = [span for clock in clocks for span in _spans(clock)]
    stood, held = _apart(_union(joined), _bases(clocks))
    pauses = _sorted([*(one for one in before.pauses if one.outage is None), *stood])
    draft.clock = stand_clock(draft.context.calendars, before, pauses, held)
    if draft.clock is before:
        return
    _enter(draft, None, before, draft.clock, {})
    amend_overall(draft, before)


def let_go(draft: Draft, hop: Hop, at: datetime) -> Hop:
    """End what outages hold of a hop whose turn is over as of an instant."""
    clock = release_clock(draft.context.calendars, hop.clock, at)
    if clock is hop.clock:
        return hop
    draft.stood = True
    return draft.put(replace(hop, clock=clock))


def limit_after(
    draft: Draft, agency: str | None, limit: LimitName, within: Budget, since: datetime
) -> datetime | None:
    """Return when a limit between systems ends, moved by outages; None while one holds it."""
    calendar = draft.context.calendars.of(agency, since)
    if not draft.context.outages:
        return limit_from(calendar, since, within)
    spans = list(_stopping(draft, agency, limit, since))
    closed = [Pause(start, end) for _, start, end in spans if end is not None]
    limit_at = limit_from(calendar, since, within, closed)
    held_from = min([start for _, start, end in spans if end is None], default=None)
    if held_from is not None and limit_at is not None and held_from < limit_at:
        return None
    return limit_at


# What stands, and from when to when


def _concerns(draft: Draft, hop: Hop) -> bool:
    """Whether any outage can have to do with this hop: mostly none has, and that is quick."""
    assert hop.offered_at is not None
    if hop.clock.held or any(one.outage is not None for one in hop.clock.pauses):
        return True
    return any(
        one.end is None or one.end > hop.offered_at
        for one in draft.context.outages.concerning(hop.agency)
    )


def _stands(draft: Draft, hop: Hop) -> tuple[tuple[ClosedPause, ...], tuple[Hold, ...]]:
    assert hop.offered_at is not None
    known = draft.context.outages.by_id
    pauses: list[ClosedPause] = []
    for pause in hop.clock.pauses:
        outage = known.get(pause.outage) if pause.outage is not None else None
        if outage is None:
            pauses.append(pause)  # said of this hop; or so long ago that nobody asks any more
        elif pause.end <= hop.offered_at and not outage.withdrawn:
            # Of an earlier turn of this clock: another agency had it then.
            end = pause.end if outage.end is None else min(pause.end, outage.end)
            pauses.append(replace(pause, end=end))
    now_standing, held = _apart(
        _stopping(draft, hop.agency, LimitName.DEADLINE, hop.offered_at, hop.clock),
        {id_: one.legal_basis for id_, one in known.items()},
    )
    pauses = [one for one in pauses if one.outage is None or one.start < one.end]
    return _sorted([*pauses, *now_standing]), held


def _stopping(
    draft: Draft,
    agency: str | None,
    limit: LimitName,
    since: datetime,
    clock: HopClock | None = None,
) -> Iterator[Span]:
    """Yield the spans that stop a limit which runs since an instant.

    Machines differ by moments: what the clock has as begun or ended already, has.
    """
    now, rules = draft.context.now, draft.context.policies.outages
    begun = {hold.outage for hold in clock.held} if clock else set()
    over = {(one.outage, one.end) for one in clock.pauses} if clock else set()
    for one in draft.context.outages.concerning(agency):
        if one.withdrawn or limit not in rules[one.kind].stops:
            continue
        start = max(one.start, since)
        if one.end is not None and (one.end <= now or (one.id, one.end) in over):
            if start < one.end:
                yield one.id, start, one.end
        elif one.start <= now or one.id in begun:
            yield one.id, start, None


def _limits(draft: Draft, hop: Hop) -> tuple[datetime | None, datetime | None]:
    """Return by when it is to be handed over and received, as far as that is still open."""
    assert hop.offered_at is not None
    policies = draft.context.policies
    limits = policies.limits_of(*draft.scope(hop))
    deliver_by, receive_by = hop.deliver_by, hop.receive_by
    if hop.available_at is None and (
        hop.is_undelivered or LimitName.HANDOVER in hop.clock.breached
    ):
        deliver_by = limit_after(
            draft, hop.agency, LimitName.HANDOVER, limits.handover, hop.offered_at
        )
    if hop.received_at is None or LimitName.RECEIPT in hop.clock.breached:
        receive_by = limit_after(
            draft, hop.agency, LimitName.RECEIPT, limits.receipt, _shown_at(hop)
        )
    return deliver_by, receive_by


def _shown_at(hop: Hop) -> datetime:
    """Return when the agency got it, so that its receipt was due; a receipt that came before our
    own confirmation was due since the offer."""
    assert hop.offered_at is not None
    if hop.available_at is not None:
        return hop.available_at
    if hop.delivered_at is None or hop.delivered_at == hop.received_at:
        return hop.offered_at
    return hop.delivered_at


# Spans


def _spans(clock: HopClock) -> Iterator[Span]:
    for pause in clock.pauses:
        if pause.outage is not None:
            yield pause.outage, pause.start, pause.end
    for hold in clock.held:
        yield hold.outage, hold.start, None


def _union(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield each outage's spans with those that overlap or touch as one."""
    joined: Span | None = None
    for outage, start, end in sorted(spans, key=lambda one: one[:2]):
        if joined is not None and joined[0] == outage:
            _, begins, ends = joined
            if ends is None or start <= ends:
                last = None if ends is None or end is None else max(ends, end)
                joined = (outage, begins, last)
                continue
        if joined is not None:
            yield joined
        joined = (outage, start, end)
    if joined is not None:
        yield joined


def _bases(clocks: Iterable[HopClock]) -> dict[UUID, str | None]:
    """Return by which article each outage held these clocks: they know it for longer than we."""
    bases: dict[UUID, str | None] = {}
    for clock in clocks:
        bases |= {one.outage: one.legal_basis for one in clock.pauses if one.outage is not None}
        bases |= {hold.outage: hold.legal_basis for hold in clock.held}
    return bases


def _apart(
    spans: Iterable[Span], bases: Mapping[UUID, str | None]
) -> tuple[list[ClosedPause], tuple[Hold, ...]]:
    pauses: list[ClosedPause] = []
    held: list[Hold] = []
    for outage, start, end in spans:
        if end is None:
            held.append(Hold(start, outage, bases.get(outage)))
        else:
            pauses.append(ClosedPause(start, end, OUTAGE, outage, bases.get(outage)))
    return pauses, tuple(sorted(held, key=lambda one: (one.start, one.outage)))


def _sorted(pauses: Iterable[ClosedPause]) -> tuple[ClosedPause, ...]:
    return tuple(sorted(pauses, key=lambda one: (one.start, one.end)))


# What the ledger keeps


def _moved(before: Hop, after: Hop) -> JsonObject:
    moved: JsonObject = {}
    for name in ("deliver_by", "receive_by"):
        limit_at = getattr(after, name)
        if limit_at != getattr(before, name):
            moved[name] = written(limit_at) if limit_at is not None else None
    return moved


def _enter(
    draft: Draft, hop: Hop | None, before: HopClock, after: HopClock, moved: JsonObject
) -> None:
    """Enter which outage holds the clock from when, which let it go, which never held it."""
    was = {(outage, start): end for outage, start, end in _spans(before)}
    now = {(outage, start): end for outage, start, end in _spans(after)}
    facts = clock_facts(after) | moved
    for (outage, start), end in sorted(now.items(), key=lambda one: (one[0][1], one[0][0])):
        span: JsonObject = {"outage": str(outage), "from": written(start)}
        if (outage, start) not in was:
            _enter_span(draft, hop, "clock.paused", outage, span, start)
        if end is not None and was.get((outage, start)) != end:
            span["until"] = written(end)
            _enter_span(draft, hop, "clock.resumed", outage, span | facts, end)
        elif end is None and was.get((outage, start)) is not None:
            _enter_span(draft, hop, "clock.corrected", outage, span | facts, draft.legal_at)
    for outage, start in was.keys() - now.keys():
        span = {"outage": str(outage), "from": written(start), "held": False}
        _enter_span(draft, hop, "clock.corrected", outage, span | facts, draft.legal_at)
    if was == now:
        draft.enter("clock.corrected", hop, reason=OUTAGE, facts=facts, actor=GATEWAY)


def _enter_span(
    draft: Draft, hop: Hop | None, act: str, outage: UUID, facts: JsonObject, at: datetime
) -> None:
    declared: Outage | None = draft.context.outages.by_id.get(outage)
    draft.enter(
        act,
        hop,
        reason=OUTAGE,
        legal_basis=declared.legal_basis if declared is not None else None,
        facts=facts,
        legal_at=at,
        actor=GATEWAY,
    )
