"""Was every timer kept? Read from the ledger, replayed: what was to come, and whether it came.

Between two entries of a clock its warnings and its deadline stand fixed. Whatever of them lies
before the next entry was recorded (or before now) must have an entry of its own, whose legal
instant is that very instant.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from routing.legaltime import Calendars
from routing.lifecycle.model import Hop, HopClock, HopState, LimitName, Transfer
from routing.lifecycle.replay import ClockKey, Replayed, line_of

_ENDS = frozenset(
    {f"hop.{state}" for state in HopState}
    | {"transfer.completed", "transfer.refused"}
    | {"transfer.withdrawn", "transfer.stopped"}
) - {"hop.delivered", "hop.received", "hop.paused"}


@dataclass(frozen=True, slots=True)
class Kept:
    """How many timers fired, and which did not when they should have."""

    fired: int
    missed: tuple[str, ...]


def timers_kept(
    transfer: Transfer,
    bodies: Sequence[Mapping[str, Any]],
    calendars: Calendars,
    now: datetime,
) -> Kept:
    """Hold one transfer's ledger against every instant that its clocks had ahead of them."""
    replayed = Replayed(calendars)
    missed: list[str] = []
    fired = 0
    over: set[ClockKey] = set()
    for body in bodies:
        line = line_of(body)
        recorded_at = datetime.fromisoformat(body["recorded_at"])
        before = replayed.clocks.get(line.key)
        if before is not None and line.key not in over:
            ahead = dict(before.warn_at)
            if line.act == "clock.warned":
                fired += 1 + len(line.facts.get("with", ()))
                if ahead.get(line.facts["threshold"]) != line.legal_at:
                    missed.append(f"{line.seq}: warned at another instant than {ahead}")
            else:
                missed.extend(
                    f"{line.seq} {line.key}: {name} of {at} did not fire before {recorded_at}"
                    for name, at in before.warn_at
                    if at < min(line.legal_at, recorded_at)
                )
            if line.act == "clock.breached":
                fired += 1
                judged = line.reason in ("deadline", "overall") and before.paused_at is None
                if judged and line.legal_at != before.deadline_at:
                    missed.append(f"{line.seq}: breached at another instant than its deadline")
        if line.act in _ENDS:
            over.add(line.key)
        replayed.read(line)
    missed.extend(_still_ahead(transfer, replayed, over, now))
    missed.extend(_limits(transfer, now))
    return Kept(fired, tuple(missed))


def _still_ahead(
    transfer: Transfer, replayed: Replayed, over: set[ClockKey], now: datetime
) -> Iterator[str]:
    if transfer.ended_at is not None:
        return
    for key, clock in replayed.clocks.items():
        hop = transfer.hops[key] if key is not None else None
        if key in over or (hop is not None and not hop.is_running):
            continue
        yield from (f"{key}: {name} of {at} is overdue" for name, at in clock.warn_at if at < now)
        name = LimitName.OVERALL if hop is None else LimitName.DEADLINE
        if _undecided(clock, name, clock.deadline_at, now - transfer.grace, hop):
            yield f"{key}: the deadline {clock.deadline_at} was not judged"


def _limits(transfer: Transfer, now: datetime) -> Iterator[str]:
    """The limits between systems, by what became of each hop."""
    grace = transfer.grace
    for hop in transfer.hops.values():
        if hop.offered_at is None:
            continue
        until = hop.ended_at or now
        handed_at = hop.available_at or hop.delivered_at or until
        if _undecided(hop.clock, LimitName.HANDOVER, hop.deliver_by, handed_at, None):
            yield f"{hop.key}: the hand-over limit {hop.deliver_by} was not judged"
        had_it = hop.available_at or hop.delivered_at
        received_at = hop.received_at or until - grace
        if had_it and _undecided(hop.clock, LimitName.RECEIPT, hop.receive_by, received_at, None):
            yield f"{hop.key}: the receipt limit {hop.receive_by} was not judged"
        if hop.clock.deadline_at is not None and hop.ended_at is not None:
            judged = hop.state in (HopState.COMPLETED, HopState.REFUSED, HopState.RETURNED)
            late = hop.ended_at > hop.clock.deadline_at
            if judged and late != (LimitName.DEADLINE in hop.clock.breached):
                yield f"{hop.key}: ended {hop.ended_at}, due {hop.clock.deadline_at}, judged wrong"
        if (
            hop.awaits_acknowledgement
            and transfer.ended_at is None
            and hop.refusal is not None
            and hop.refusal.release_by is not None
            and hop.refusal.release_by < now
        ):
            yield f"{hop.key}: the refusal was not released by {hop.refusal.release_by}"


def _undecided(
    clock: HopClock,
    limit: LimitName,
    limit_at: datetime | None,
    reached: datetime,
    hop: Hop | None,
) -> bool:
    if limit_at is None or limit in clock.breached or reached <= limit_at:
        return False
    return hop is None or not (hop.lapses and hop.state is HopState.DISPATCHING)
