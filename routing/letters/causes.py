"""Why a dossier is late: the one turn that has cost most, whose time it was, and the proof.

Each turn is asked what it took beyond its own limits; what the charges (routing.lifecycle.charges)
lay on it weighs, so that a letter never blames whom the account of the time does not: a turn on a
branch that nothing waited for cost nothing, and what a turn lost on the road is the network's.
What was lost is working time, since that is what the deadlines are counted in. Only what the
ledger proves counts: each cause names its entries by number and hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from routing.legaltime import Budget, Unit, WorkCalendar, between
from routing.lifecycle.charges import PAUSED_FOR, Charge, Party, charges
from routing.lifecycle.draft import sender_of
from routing.lifecycle.model import ORIGIN, Hop, HopKey, HopState, Transfer


class CauseKind(StrEnum):
    """What has held a dossier up."""

    OVERDUE = "overdue"
    """An agency has the dossier, past its deadline."""
    WAS_LATE = "was-late"
    """An agency ended its turn after its deadline."""
    NO_RECEIPT = "no-receipt"
    UNDELIVERED = "undelivered"
    NO_AGENCY = "no-agency"
    UNACKNOWLEDGED = "unacknowledged"
    PAUSED = "paused"
    """A turn stands still while the total runs on."""
    PLAN = "plan"
    """Nobody is late: what is left of the plan takes longer than what is left of the time."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A ledger entry, as far as a cause is read from it."""

    seq: int
    act: str
    legal_at: datetime
    step: str | None
    round: int | None
    hash: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A ledger entry that proves a cause."""

    seq: int
    act: str
    hash: str


@dataclass(frozen=True, slots=True)
class Delay:
    """What has cost the dossier most: since when, how much working time, whose it was."""

    kind: CauseKind
    party: Party
    step: str | None
    round: int | None
    agency: str | None
    since: datetime | None
    lasted: Budget
    proof: tuple[Proof, ...]
    reason: str | None = None
    """For a pause: its reason."""


_NOTHING = Budget.parse("0 wd")
_PROVES = frozenset(
    {
        "hop.dispatched",
        "hop.received",
        "hop.undeliverable",
        "hop.unresolved",
        "hop.refused",
        "hop.returned",
        "hop.paused",
        "hop.completed",
        "hop.extended",
        "clock.started",
        "clock.breached",
    }
)
_TOTAL_BEGAN = frozenset({"transfer.submitted", "transfer.extended"})


def find_delay(
    transfer: Transfer, record: Iterable[Recorded], calendar: WorkCalendar, now: datetime
) -> Delay:
    """Return the greatest delay there is; the plan itself where nobody is late."""
    entries = list(record)
    charged = charges(transfer, now)
    found = [
        _weighed(_Late(hop, *told), charged, calendar)
        for hop in transfer.hops.values()
        for told in _delays(transfer, hop, now)
    ]
    costly = [one for one in found if one.weight > 0]
    greatest = max(costly, key=lambda one: (one.weight, one.late.since), default=None)
    if greatest is None:
        proof = [Proof(one.seq, one.act, one.hash) for one in entries if one.act in _TOTAL_BEGAN]
        return Delay(
            CauseKind.PLAN,
            Party.LAW,
            None,
            None,
            transfer.originator,
            None,
            _NOTHING,
            tuple(proof),
        )
    late = greatest.late
    return Delay(
        late.kind,
        greatest.party,
        late.hop.step,
        late.hop.round,
        late.agency,
        late.since,
        between(calendar, late.since, late.until, Unit.WORKING_DAY),
        _proof(entries, late.hop.key),
        late.hop.clock.pause_reason if late.kind is CauseKind.PAUSED else None,
    )


@dataclass(frozen=True, slots=True)
class _Late:
    """A turn beyond one of its limits: [since, until)."""

    hop: Hop
    kind: CauseKind
    party: Party
    agency: str | None
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class _Weighed:
    """With the working time that the charges lay on it, and on whom most of that."""

    late: _Late
    weight: Fraction
    party: Party


def _weighed(late: _Late, charged: Sequence[Charge], calendar: WorkCalendar) -> _Weighed:
    shares: dict[Party, Fraction] = {}
    for one in charged:
        begins, ends = max(one.start, late.since), min(one.end, late.until)
        if (one.step, one.round) == late.hop.key and begins < ends:
            cost = between(calendar, begins, ends, Unit.WORKING_DAY).amount
            shares[one.party] = shares.get(one.party, Fraction()) + cost
    party = max(shares, key=lambda one: shares[one], default=late.party)
    return _Weighed(late, sum(shares.values(), Fraction()), party)


_Told = tuple[CauseKind, Party, str | None, datetime, datetime]


def _delays(transfer: Transfer, hop: Hop, now: datetime) -> Iterator[_Told]:
    """What a turn took beyond its limits: cause, party, agency, since when, until when."""
    return (told for told in _limits_passed(transfer, hop, now) if told[3] < told[4])


def _limits_passed(transfer: Transfer, hop: Hop, now: datetime) -> Iterator[_Told]:
    deadline_at = hop.clock.deadline_at
    # What came back to the originator is what the sender has still to mend.
    own = Party.SENDER if hop.step == ORIGIN else Party.RECEIVER
    if deadline_at is not None and hop.offered_at is not None:
        if hop.is_running:
            yield CauseKind.OVERDUE, own, hop.agency, deadline_at, now
        elif hop.ended_at is not None:
            yield CauseKind.WAS_LATE, own, hop.agency, deadline_at, hop.ended_at
    if hop.superseded_by is not None:
        return
    match hop.state:
        case HopState.DISPATCHING if hop.available_at is None and hop.deliver_by is not None:
            yield CauseKind.UNDELIVERED, Party.NETWORK, hop.agency, hop.deliver_by, now
        case HopState.DISPATCHING | HopState.DELIVERED if hop.receive_by is not None:
            yield CauseKind.NO_RECEIPT, Party.RECEIVER, hop.agency, hop.receive_by, now
        case HopState.PLANNED if hop.stuck and hop.last_event_at is not None:
            yield CauseKind.NO_AGENCY, Party.GATEWAY, None, hop.last_event_at, now
        case HopState.REFUSED if hop.refusal is not None and hop.awaits_acknowledgement:
            sender = sender_of(hop, transfer.hops, transfer.originator)
            yield CauseKind.UNACKNOWLEDGED, Party.SENDER, sender, hop.refusal.at, now
        case HopState.PAUSED if hop.clock.paused_at is not None:
            reason = hop.clock.pause_reason or "outage"
            if reason not in transfer.itinerary.total_excludes:
                yield CauseKind.PAUSED, PAUSED_FOR[reason], hop.agency, hop.clock.paused_at, now
        case _:
            pass


def _proof(entries: list[Recorded], key: HopKey) -> tuple[Proof, ...]:
    return tuple(
        Proof(one.seq, one.act, one.hash)
        for one in entries
        if (one.step, one.round) == key and one.act in _PROVES
    )
