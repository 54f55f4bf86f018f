"""What a picture tells of a transfer: lanes, spans and marks, taken from its hops and its ledger.

Only what is stored is told: spans come from the hops' own instants and clocks, warnings and
breaches from the ledger's entries, and whose time it was from `routing.lifecycle.charges`. The
ledger comes as the views that `gateway.operations.transfer_view` gives of it: act, legal_at, step,
round, reason, facts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Literal
from uuid import UUID

from routing.lifecycle.charges import Charge, charges
from routing.lifecycle.model import ORIGIN, Hop, HopClock, HopKey, HopState, Transfer

Entry = Mapping[str, Any]

_WORTH_DRAWING: Final = 0.8
"""How far beyond the end a deadline may lie to be drawn in place, as a share of the story."""


class Span(StrEnum):
    """What a stretch of a lane shows."""

    HANDOVER = "handover"
    SILENT = "silent"
    WAITING = "waiting"
    WORK = "work"
    OVERDUE = "overdue"
    PAUSED = "paused"


class Mark(StrEnum):
    """What happened at one instant of a lane."""

    OFFERED = "offered"
    DELIVERED = "delivered"
    RECEIVED = "received"
    WARNED = "warned"
    BREACHED = "breached"
    DEADLINE = "deadline"
    MOVED = "moved"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Stretch:
    """[start, end) of a lane; `reason` is a pause's."""

    start: datetime
    end: datetime
    kind: Span
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One instant of a lane; `detail` is the threshold, the limit, or the state it ended in."""

    at: datetime
    kind: Mark
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """One agency's turn at a step, or (without a step) the dossier's own clock."""

    step: str | None
    round: int
    title: str
    agency: str | None
    clock: HopClock
    from_receipt: bool
    outside: bool
    silence: bool
    stretches: tuple[Stretch, ...]
    points: tuple[Point, ...]
    fed_by: HopKey | None
    joins: tuple[HopKey, ...] = ()
    """Every turn whose end let this one begin: several where branches come together."""

    @property
    def key(self) -> HopKey | None:
        return None if self.step is None else (self.step, self.round)

    @property
    def look(self) -> Literal["whole", "inside", "outside"]:
        """How its bar is drawn: the dossier's own, inside the total, or outside it."""
        if self.step is None:
            return "whole"
        return "outside" if self.outside else "inside"


@dataclass(frozen=True, slots=True)
class Story:
    """All that is drawn of one transfer, as of `until`."""

    title: str
    procedure: str
    originator: str
    state: str
    whole: Lane
    lanes: tuple[Lane, ...]
    charges: tuple[Charge, ...]
    skipped: tuple[str, ...]
    waiting: tuple[str, ...]
    since: datetime
    until: datetime


def tell(
    transfer: Transfer,
    ledger: Sequence[Entry],
    *,
    title: str,
    names: Mapping[str, str],
    now: datetime,
    ours: Collection[UUID] = (),
    english: bool = False,
) -> Story:
    """Tell a stored transfer. `names` are agencies' by code; what has none is told by its code.

    `ours` are the outages that were this gateway's own.
    """
    until = transfer.ended_at or now
    begun = [hop for hop in transfer.hops.values() if hop.offered_at is not None]
    lanes = [_lane(transfer, hop, ledger, names, until, english) for hop in _in_order(begun)]
    idle = [hop for hop in transfer.hops.values() if hop.offered_at is None and hop.step != ORIGIN]
    ended = [lane.stretches[-1].end for lane in lanes if lane.stretches]
    dues = [one.at for lane in lanes for one in lane.points if one.kind is Mark.DEADLINE]
    whole = _whole(transfer, ledger, names, title, until)
    dues += [one.at for one in whole.points if one.kind is Mark.DEADLINE]
    last = max([until, *ended])
    # A deadline shortly after the end is worth its space, one much later is told by its label.
    near = [due for due in dues if due - last <= _WORTH_DRAWING * (last - transfer.received_at)]
    return Story(
        title=title,
        procedure=transfer.procedure,
        originator=names.get(transfer.originator, transfer.originator),
        state=str(transfer.state),
        whole=whole,
        lanes=tuple(lanes),
        charges=charges(transfer, now, ours),
        skipped=_titles(transfer, idle, HopState.SKIPPED, english),
        waiting=_titles(transfer, idle, HopState.PLANNED, english),
        since=min(transfer.received_at, transfer.submitted_at),
        until=max([last, *near]),
    )


def _titles(
    transfer: Transfer, hops: Iterable[Hop], state: HopState, english: bool
) -> tuple[str, ...]:
    told = [_title(transfer, hop, english) for hop in hops if hop.state is state]
    return tuple(dict.fromkeys(told))


def _in_order(hops: Iterable[Hop]) -> list[Hop]:
    """By when their turn came; what begins together stays in the order of the plan."""
    return sorted(hops, key=lambda hop: hop.offered_at or hop.last_event_at)  # type: ignore[arg-type,return-value]


def _whole(
    transfer: Transfer,
    ledger: Sequence[Entry],
    names: Mapping[str, str],
    title: str,
    until: datetime,
) -> Lane:
    clock = transfer.clock
    stretches = list(_worked(clock, transfer.received_at, until))
    points = [Point(transfer.received_at, Mark.RECEIVED), *_told(ledger, None, 1, clock)]
    if transfer.submitted_at != transfer.received_at:
        points.append(Point(transfer.submitted_at, Mark.OFFERED))
    if transfer.ended_at is not None:
        points.append(Point(transfer.ended_at, Mark.ENDED, str(transfer.state)))
    return Lane(
        step=None,
        round=1,
        title=title,
        agency=names.get(transfer.originator, transfer.originator),
        clock=clock,
        from_receipt=False,
        outside=False,
        silence=False,
        stretches=tuple(stretches),
        points=tuple(points),
        fed_by=None,
    )


def _lane(
    transfer: Transfer,
    hop: Hop,
    ledger: Sequence[Entry],
    names: Mapping[str, str],
    until: datetime,
    english: bool,
) -> Lane:
    step = transfer.itinerary.by_id.get(hop.step)
    end = hop.ended_at or until
    assert hop.offered_at is not None
    points = [Point(hop.offered_at, Mark.OFFERED)]
    if hop.delivered_at is not None and hop.delivered_at != hop.offered_at:
        points.append(Point(hop.delivered_at, Mark.DELIVERED))
    if hop.received_at is not None:
        points.append(Point(hop.received_at, Mark.RECEIVED))
    points += _told(ledger, hop.step, hop.round, hop.clock)
    if hop.ended_at is not None:
        points.append(Point(hop.ended_at, Mark.ENDED, str(hop.state)))
    return Lane(
        step=hop.step,
        round=hop.round,
        title=_title(transfer, hop, english),
        agency=names.get(hop.agency, hop.agency) if hop.agency else None,
        clock=hop.clock,
        from_receipt=step is not None and step.start == "received",
        outside=step is not None and (step.outside_total or step.publication),
        silence=hop.lapses,
        stretches=tuple(_spans(hop, end)),
        points=tuple(points),
        fed_by=(hop.sender_step, hop.sender_round) if hop.sender_step else None,
        joins=tuple(_joined(transfer, hop)),
    )


def _joined(transfer: Transfer, hop: Hop) -> Iterator[HopKey]:
    """Return the newest done round of each step that this one comes after; else who fed it."""
    step = transfer.itinerary.by_id.get(hop.step)
    found = False
    for before in step.after if step is not None else ():
        done = [
            one
            for one in transfer.hops.values()
            if one.step == before
            and one.offered_at is not None
            and one.is_done
            and one.ended_at is not None
            and hop.offered_at is not None
            and one.ended_at <= hop.offered_at
        ]
        if done:
            found = True
            yield max(done, key=lambda one: one.round).key
    if not found and hop.sender_step:
        yield hop.sender_step, hop.sender_round


def _spans(hop: Hop, end: datetime) -> Iterator[Stretch]:
    assert hop.offered_at is not None
    if hop.received_at is None:
        delivered = hop.delivered_at or hop.available_at
        if delivered is None:
            yield Stretch(hop.offered_at, end, Span.HANDOVER)
            return
        if delivered > hop.offered_at:
            yield Stretch(hop.offered_at, delivered, Span.HANDOVER)
        yield Stretch(delivered, end, Span.SILENT)
        return
    if hop.received_at > hop.offered_at:
        yield Stretch(hop.offered_at, hop.received_at, Span.HANDOVER)
    yield from _worked(hop.clock, hop.received_at, end)


def _worked(clock: HopClock, begin: datetime, end: datetime) -> Iterator[Stretch]:
    """Cut the time an agency had it: before its clock started, at work, paused, overdue."""
    started = min(clock.started_at, end) if clock.started_at is not None else begin
    if begin < started:
        yield Stretch(begin, started, Span.WAITING)
    at = max(begin, started)
    pauses = [(one.start, one.end, one.reason) for one in clock.pauses]
    if clock.paused_at is not None:
        pauses.append((clock.paused_at, end, clock.pause_reason or ""))
    for start, finish, reason in sorted(pauses):
        start, finish = max(at, start), min(end, finish)
        if start >= finish:
            continue
        yield from _until_due(clock.deadline_at, at, start)
        yield Stretch(start, finish, Span.PAUSED, reason)
        at = finish
    yield from _until_due(clock.deadline_at, at, end)


def _until_due(due: datetime | None, start: datetime, end: datetime) -> Iterator[Stretch]:
    if start >= end:
        return
    if due is None or end <= due:
        yield Stretch(start, end, Span.WORK)
    elif due <= start:
        yield Stretch(start, end, Span.OVERDUE)
    else:
        yield Stretch(start, due, Span.WORK)
        yield Stretch(due, end, Span.OVERDUE)


def _told(
    ledger: Sequence[Entry], step: str | None, round: int, clock: HopClock
) -> Iterator[Point]:
    """What the ledger says of a clock: warnings, breaches, moved deadlines; and its deadline."""
    corrected = {
        one["reason"] for one in _about(ledger, step, round) if one["act"] == "clock.corrected"
    }
    for one in _about(ledger, step, round):
        match one["act"]:
            case "clock.warned":
                yield Point(one["legal_at"], Mark.WARNED, one["facts"].get("threshold"))
            case "clock.breached" if one["reason"] not in corrected:
                yield Point(one["legal_at"], Mark.BREACHED, one["reason"])
            case "hop.extended" | "transfer.extended":
                yield Point(datetime.fromisoformat(one["facts"]["from"]), Mark.MOVED)
    if clock.deadline_at is not None:
        yield Point(clock.deadline_at, Mark.DEADLINE)


def _about(ledger: Sequence[Entry], step: str | None, round: int) -> Iterator[Entry]:
    for one in ledger:
        if one["step"] == step and (step is None or one["round"] == round):
            yield one


def _title(transfer: Transfer, hop: Hop, english: bool) -> str:
    step = transfer.itinerary.by_id.get(hop.step)
    if step is None:
        return "Correction by the originator" if english else "Nơi nộp sửa hồ sơ"
    return step.title_en if english else step.title_vi
