"""Why a dossier is late: the one turn that has cost most, whose time it was, and the proof.

Only what the ledger proves counts: each cause names its entries by number and hash. What was lost
is working time, since that is what the deadlines are counted in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from routing.legaltime import Budget, Unit, WorkCalendar, between
from routing.lifecycle.draft import sender_of
from routing.lifecycle.model import ORIGIN, Hop, HopKey, HopState, Transfer

Party = Literal["sender", "gateway", "network", "receiver", "citizen", "law"]


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
_PAUSED_BY: dict[str, Party] = {"outage": "network", "publication": "law"}
_TOTAL_BEGAN = frozenset({"transfer.submitted", "transfer.extended"})


def find_delay(
    transfer: Transfer, record: Iterable[Recorded], calendar: WorkCalendar, now: datetime
) -> Delay:
    """Return the greatest delay there is; the plan itself where nobody is late."""
    entries = list(record)
    found = [
        (between(calendar, since, until, Unit.WORKING_DAY), kind, party, hop, agency, since)
        for hop in transfer.hops.values()
        for kind, party, agency, since, until in _delays(transfer, hop, now)
        if until > since
    ]
    if not found:
        proof = [Proof(one.seq, one.act, one.hash) for one in entries if one.act in _TOTAL_BEGAN]
        return Delay(
            CauseKind.PLAN, "law", None, None, transfer.originator, None, _NOTHING, tuple(proof)
        )
    lasted, kind, party, hop, agency, since = max(found, key=lambda one: (one[0].amount, one[5]))
    reason = hop.clock.pause_reason if kind is CauseKind.PAUSED else None
    return Delay(
        kind, party, hop.step, hop.round, agency, since, lasted, _proof(entries, hop.key), reason
    )


_Found = tuple[CauseKind, Party, str | None, datetime, datetime]


def _delays(transfer: Transfer, hop: Hop, now: datetime) -> Iterator[_Found]:
    """What a turn has cost: each as cause, party, agency, since when, until when."""
    deadline_at = hop.clock.deadline_at
    # What came back to the originator is what the sender has still to mend.
    own: Party = "sender" if hop.step == ORIGIN else "receiver"
    if deadline_at is not None and hop.offered_at is not None:
        if hop.is_running:
            yield CauseKind.OVERDUE, own, hop.agency, deadline_at, now
        elif hop.ended_at is not None:
            yield CauseKind.WAS_LATE, own, hop.agency, deadline_at, hop.ended_at
    if hop.superseded_by is not None:
        return
    match hop.state:
        case HopState.DISPATCHING if hop.available_at is None and hop.deliver_by is not None:
            yield CauseKind.UNDELIVERED, "network", hop.agency, hop.deliver_by, now
        case HopState.DISPATCHING | HopState.DELIVERED if hop.receive_by is not None:
            yield CauseKind.NO_RECEIPT, "receiver", hop.agency, hop.receive_by, now
        case HopState.PLANNED if hop.stuck and hop.last_event_at is not None:
            yield CauseKind.NO_AGENCY, "gateway", None, hop.last_event_at, now
        case HopState.REFUSED if hop.refusal is not None and hop.awaits_acknowledgement:
            sender = sender_of(hop, transfer.hops, transfer.originator)
            yield CauseKind.UNACKNOWLEDGED, "sender", sender, hop.refusal.at, now
        case HopState.PAUSED if hop.clock.paused_at is not None:
            reason = hop.clock.pause_reason or "outage"
            if reason not in transfer.itinerary.total_excludes:
                party = _PAUSED_BY.get(reason, "citizen")
                yield CauseKind.PAUSED, party, hop.agency, hop.clock.paused_at, now
        case _:
            pass


def _proof(entries: list[Recorded], key: HopKey) -> tuple[Proof, ...]:
    return tuple(
        Proof(one.seq, one.act, one.hash)
        for one in entries
        if (one.step, one.round) == key and one.act in _PROVES
    )
