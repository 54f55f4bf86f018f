"""Whose time it was: every instant between submission and end, charged to exactly one party.

`charges` walks back from the end. What came last waited for one hop; that hop's own span is cut
into what the road, the law, the citizen and its agency took; before it stands the hop that fed or
caused it, and so on to the submission. What no hop explains is ours: the gateway waited for a
person, or decided late. The result has no gap and no overlap, by construction.

While several branches are open, nobody knows for which of them the join will last have waited.
What they share is settled; the rest is shown for the branch that is due last, and is provisional.
So is what passes after the receipt limit of a hop that has not confirmed its receipt: its first
word may imply that it had it by then. Once the transfer has ended nothing is provisional.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final, TypeVar
from uuid import UUID

from routing.lifecycle.model import (
    ORIGIN,
    Hop,
    HopKey,
    HopState,
    Transfer,
    TransferState,
)

K = TypeVar("K")


class Party(StrEnum):
    """Who can be charged (design §6)."""

    SENDER = "sender"
    GATEWAY = "gateway"
    NETWORK = "network"
    RECEIVER = "receiver"
    CITIZEN = "citizen"
    LAW = "law"


@dataclass(frozen=True, slots=True)
class Charge:
    """[start, end) belongs to one party, at one hop, for one reason (a code).

    `agency` is whose turn it was, the sender where the sender is charged, and None where the
    gateway is.
    """

    start: datetime
    end: datetime
    party: Party
    agency: str | None
    step: str | None
    round: int | None
    reason: str
    provisional: bool = False

    @property
    def lasted(self) -> timedelta:
        return self.end - self.start


PAUSED_FOR: Final[dict[str, Party]] = {
    "supplement": Party.CITIZEN,
    "payment": Party.CITIZEN,
    "confirmation": Party.CITIZEN,
    "publication": Party.LAW,
    "outage": Party.NETWORK,
}
"""Reason of a pause → who is charged for it; an outage of our own system is the gateway's."""

_TAKEN_BACK = (HopState.CANCELLED, HopState.WITHDRAWN, HopState.STOPPED)


def charges(transfer: Transfer, now: datetime, ours: Collection[UUID] = ()) -> tuple[Charge, ...]:
    """Return who is charged for each part of [submitted, ended or `now`), in order.

    `ours` are the outages of our own system: the gateway's time; any other is the network's.

    With nothing overdue to be decided at `now`, what is not provisional stays as it is whatever
    happens later, except the last minutes that a claim may still reach back into (the claim
    window, or an outage of our own), and where an outage is declared afterwards.
    """
    end = transfer.ended_at or now
    if end <= transfer.submitted_at:
        return ()
    tips = _tips(transfer, end)
    walks = [_walk(transfer, tip, end, ours) for tip in tips]
    parted = [_parted_at(walks[0], other) for other in walks[1:]]
    settled_until = min([_known_until(transfer, tips[0], end), *parted])
    return tuple(_marked(walks[0], settled_until))


def waited_for(transfer: Transfer, now: datetime) -> Hop:
    """Return the hop that the end waits for; of several open branches the one that is due last."""
    return _tips(transfer, transfer.ended_at or now)[0]


def by_party(charged: Iterable[Charge]) -> dict[Party, timedelta]:
    """Sum what each party is charged; every party is named."""
    return dict.fromkeys(Party, timedelta()) | _sums(charged, lambda one: one.party)


def by_agency(charged: Iterable[Charge]) -> dict[tuple[str, Party], timedelta]:
    """Sum what each agency answers for itself, as sender or as receiver."""
    own = [one for one in charged if one.party in (Party.SENDER, Party.RECEIVER)]
    return _sums(own, lambda one: (one.agency or "", one.party))


def by_hop(charged: Iterable[Charge]) -> dict[HopKey, dict[Party, timedelta]]:
    """Sum what each party is charged at each hop; what belongs to no hop is not here."""
    hops: dict[HopKey, list[Charge]] = {}
    for one in charged:
        if one.step is not None and one.round is not None:
            hops.setdefault((one.step, one.round), []).append(one)
    return {key: _sums(charges_of, lambda one: one.party) for key, charges_of in hops.items()}


def _sums(charged: Iterable[Charge], key: Callable[[Charge], K]) -> dict[K, timedelta]:
    sums: dict[K, timedelta] = {}
    for one in charged:
        sums[key(one)] = sums.get(key(one), timedelta()) + one.lasted
    return sums


# Where a walk begins


def _tips(transfer: Transfer, end: datetime) -> list[Hop]:
    """Return the hops that what comes next waits for, the one it may wait for longest first."""
    hops = list(transfer.hops.values())
    if transfer.state is TransferState.OPEN:
        tips = [
            hop
            for hop in hops
            if hop.superseded_by is None
            and (hop.is_running or hop.stuck or hop.awaits_acknowledgement)
        ]
        return sorted(tips, key=_due_last, reverse=True)
    waited = [one for one in hops if _was_offered(one) or one.stuck or one.key == transfer.ended_by]
    in_time = [hop for hop in waited if hop.ended_at is not None and hop.ended_at <= end]
    last = max(
        in_time,
        key=lambda hop: (
            hop.key == transfer.ended_by,
            min(_released_at(transfer, hop, end), end),
            _led_to(transfer.state, hop),
            *_due_last(hop),
        ),
    )
    return [last]


def _led_to(ended: TransferState, hop: Hop) -> bool:
    """Say whether a hop's state is one that leads to this end, where several ended with it."""
    match ended:
        case TransferState.REFUSED:
            return hop.refusal is not None
        case TransferState.COMPLETED:
            return not (hop.state in _TAKEN_BACK or hop.awaits_acknowledgement)
    # Taken back by this very end: what was cancelled at the same instant for a return was not.
    return hop.state.value == ended.value or hop.stuck or hop.awaits_acknowledgement


def _due_last(hop: Hop) -> tuple[bool, float]:
    deadline_at = hop.clock.deadline_at
    return deadline_at is None, deadline_at.timestamp() if deadline_at is not None else 0.0


def _released_at(transfer: Transfer, hop: Hop, end: datetime) -> datetime:
    """Return when what comes after a hop could begin: its end, or when its refusal was noted."""
    refusal = hop.refusal
    if refusal is None:
        return hop.ended_at or end
    if hop.awaits_acknowledgement:
        return end
    following = transfer.hops.get((hop.step, hop.superseded_by or 0))
    if following is not None and following.opened_by == hop.key:
        return refusal.at  # nobody had to take note of it
    return refusal.acknowledged_at or refusal.at


# The walk


def _walk(transfer: Transfer, tip: Hop, end: datetime, ours: Collection[UUID]) -> list[Charge]:
    """Charge [submitted, end) along the one way that led to `tip`."""
    found: list[Charge] = []
    seen: set[HopKey] = set()
    cursor, hop, waiting = end, tip, None
    if not _was_offered(tip):
        waiting = tip
        hop = _before(transfer, tip, end, seen)
    while True:
        seen.add(hop.key)
        released = _between(transfer.submitted_at, _released_at(transfer, hop, end), cursor)
        found.extend(_waited(released, cursor, hop, waiting))
        begins = transfer.submitted_at
        if hop.key != (ORIGIN, 1):
            begins = _between(transfer.submitted_at, hop.offered_at or released, released)
        found.extend(reversed(list(_own(transfer, hop, begins, released, ours))))
        cursor = begins
        if cursor <= transfer.submitted_at:
            break
        waiting, hop = hop, _before(transfer, hop, hop.offered_at or cursor, seen)
    return _joined(reversed(found))


def _was_offered(hop: Hop) -> bool:
    return hop.offered_at is not None or hop.key == (ORIGIN, 1)


def _before(transfer: Transfer, hop: Hop, offered_at: datetime, seen: set[HopKey]) -> Hop:
    """Return the hop that this one came after: what opened its round, or the last that fed it."""
    hops = transfer.hops
    if hop.opened_by is not None and hop.opened_by in hops and hop.opened_by not in seen:
        return hops[hop.opened_by]
    ancestors = _ancestors(transfer, hop.step)
    fed = [
        one
        for one in hops.values()
        if one.step in ancestors
        and one.key not in seen
        and one.is_done
        and one.state is not HopState.SKIPPED
        and one.ended_at is not None
        and one.ended_at <= offered_at
    ]
    return max(fed, key=lambda one: one.ended_at or offered_at, default=hops[ORIGIN, 1])


def _ancestors(transfer: Transfer, step: str) -> set[str]:
    found = {ORIGIN}
    behind = [step] if step != ORIGIN else []
    while behind:
        for before in transfer.itinerary.by_id[behind.pop()].after:
            if before not in found:
                found.add(before)
                behind.append(before)
    return found


def _waited(start: datetime, end: datetime, after: Hop, hop: Hop | None) -> Iterator[Charge]:
    """What lies between a hop and the next: a decision that came late, or a person's."""
    if start >= end:
        return
    by_time = after.state is HopState.LAPSED or after.refusal is not None
    person = hop is None or hop.stuck or hop.chosen
    reason = "decision" if by_time and not person else "unresolved"
    step, round_ = (None, None) if hop is None else hop.key
    yield Charge(start, end, Party.GATEWAY, None, step, round_, reason)


def _own(
    transfer: Transfer, hop: Hop, start: datetime, end: datetime, ours: Collection[UUID]
) -> Iterator[Charge]:
    """Cut a hop's own span, [offered, released)."""
    if start >= end:
        return
    handed = [at for at in (hop.available_at, hop.delivered_at, hop.received_at) if at is not None]
    handed_at = start if hop.offered_at is None else _between(start, min(handed, default=end), end)
    ended_at = _between(handed_at, hop.ended_at or end, end)
    if hop.refusal is None:
        ended_at = end
    cuts = sorted({start, handed_at, ended_at, *_cuts(hop, start, ended_at)})
    for begins, ends in pairwise(cuts):
        if _our_outage(hop, begins, ours):
            party, reason = Party.GATEWAY, "outage"
        elif begins < handed_at and not _stands(hop, begins):
            party, reason = Party.NETWORK, "delivery"
        else:
            party, reason = _charged(transfer, hop, begins)
        agency = None if party is Party.GATEWAY else hop.agency
        yield Charge(begins, ends, party, agency, hop.step, hop.round, reason)
    if ended_at < end:
        yield from _senders(transfer, hop, ended_at, end)


def _senders(transfer: Transfer, hop: Hop, start: datetime, end: datetime) -> Iterator[Charge]:
    """Charge a refusal that waits to its sender; from when that closed, to who took over."""
    fed_by = transfer.hops.get((hop.sender_step or ORIGIN, hop.sender_round))
    fed_by = transfer.hops[ORIGIN, 1] if fed_by is None or fed_by.agency is None else fed_by
    heirs = [(agency, _between(start, since, end)) for agency, since in fed_by.heirs]
    turns = [(fed_by.agency, start), *heirs, (None, end)]
    for (agency, begins), (_, ends) in pairwise(turns):
        if begins < ends:
            yield Charge(begins, ends, Party.SENDER, agency, hop.step, hop.round, "refusal")


def _cuts(hop: Hop, start: datetime, end: datetime) -> Iterator[datetime]:
    """Instants inside the span at which another party may be charged."""
    clock = hop.clock
    instants = [
        clock.arrived_at,
        clock.started_at,
        clock.deadline_at,
        clock.paused_at,
        hop.received_at,
        *(hold.start for hold in clock.held),
        *(at for wait in clock.waited for at in wait),
        *(at for pause in clock.pauses for at in (pause.start, pause.end)),
    ]
    for at in instants:
        if at is not None and start < at < end:
            yield at


def _charged(transfer: Transfer, hop: Hop, at: datetime) -> tuple[Party, str]:
    """Say who is charged for the piece that begins at `at`, once the agency has the dossier."""
    clock = hop.clock
    if clock.paused_at is not None and clock.paused_at <= at and clock.pause_reason is not None:
        return PAUSED_FOR[clock.pause_reason], clock.pause_reason
    for pause in sorted(clock.pauses, key=lambda one: one.outage is not None):
        if pause.start <= at < pause.end:
            return PAUSED_FOR[pause.reason], pause.reason
    if any(hold.start <= at for hold in clock.held):
        return Party.NETWORK, "outage"
    waits = list(clock.waited)
    if clock.arrived_at is not None and clock.started_at is not None:
        waits.append((clock.arrived_at, clock.started_at))
    if any(arrived <= at < started for arrived, started in waits):
        return Party.LAW, "cutoff"
    if hop.step == ORIGIN:
        return Party.SENDER, "correction"
    if transfer.itinerary.by_id[hop.step].publication and (
        clock.deadline_at is None or at < clock.deadline_at
    ):
        return Party.LAW, "publication"
    return Party.RECEIVER, "work" if hop.received_at and hop.received_at <= at else "receipt"


def _stands(hop: Hop, at: datetime) -> bool:
    """Whether the turn was paused: one that was taken over paused stands on its way, too."""
    clock = hop.clock
    if clock.paused_at is not None and clock.paused_at <= at:
        return True
    return any(one.outage is None and one.start <= at < one.end for one in clock.pauses)


def _our_outage(hop: Hop, at: datetime, ours: Collection[UUID]) -> bool:
    clock = hop.clock
    return any(one.outage in ours and one.start <= at < one.end for one in clock.pauses) or any(
        hold.outage in ours and hold.start <= at for hold in clock.held
    )


def _between(low: datetime, at: datetime, high: datetime) -> datetime:
    return max(low, min(at, high))


# What is provisional


def _known_until(transfer: Transfer, tip: Hop, end: datetime) -> datetime:
    """Return until when it is known who has the dossier: a receipt may still be implied."""
    if transfer.state is not TransferState.OPEN or not tip.is_running:
        return end
    if tip.received_at is not None or tip.receive_by is None:
        return end
    return min(end, tip.receive_by)


def _joined(found: Iterable[Charge]) -> list[Charge]:
    joined: list[Charge] = []
    for one in found:
        last = joined[-1] if joined else None
        if last is not None and replace(last, start=one.start, end=one.end) == one:
            joined[-1] = replace(last, end=one.end)
        else:
            joined.append(one)
    return joined


def _parted_at(walk: Sequence[Charge], other: Sequence[Charge]) -> datetime:
    """Return the instant from which two ways charge differently."""
    for mine, theirs in zip(walk, other, strict=False):
        if mine != theirs:
            alike = replace(mine, end=theirs.end) == theirs
            return min(mine.end, theirs.end) if alike else mine.start
    return walk[-1].end


def _marked(walk: Iterable[Charge], settled_until: datetime) -> Iterator[Charge]:
    for one in walk:
        if one.end <= settled_until:
            yield one
        elif one.start >= settled_until:
            yield replace(one, provisional=True)
        else:
            yield replace(one, end=settled_until)
            yield replace(one, start=settled_until, provisional=True)
