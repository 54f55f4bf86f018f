"""The stored form of a transfer: ready for a JSON writer that knows instants, and back again.

Instants are in UTC (ISO 8601 once written), ids are text. Fields at their default are left out, so
that rows stay small and an old row still reads when a field is added. The gateway keeps the state,
each hop and the itinerary in rows of their own: `state_to_document` and `transfer_from_parts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from routing import itinerary as itineraries
from routing.legaltime import DEFAULT_THRESHOLDS, FIRST_CALENDAR
from routing.lifecycle.model import (
    NO_CLOCK,
    ClosedPause,
    Hold,
    Hop,
    HopClock,
    HopState,
    LimitName,
    Refusal,
    Transfer,
    TransferState,
)


def _read_instant(stored: str | datetime) -> datetime:
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)


def clock_to_document(clock: HopClock) -> dict[str, Any]:
    """Write a clock."""
    document: dict[str, Any] = {}
    for name in _CLOCK_INSTANTS:
        instant = getattr(clock, name)
        if instant is not None:
            document[name] = _written(instant)
    for name in ("budget", "cutoff", "pause_reason", "pause_basis", "pause_document"):
        text = getattr(clock, name)
        if text is not None:
            document[name] = text
    if clock.pauses:
        document["pauses"] = [_pause_to_document(pause) for pause in clock.pauses]
    if clock.held:
        document["held"] = [
            [_written(hold.start), str(hold.outage), hold.legal_basis] for hold in clock.held
        ]
    if clock.thresholds != DEFAULT_THRESHOLDS:
        document["thresholds"] = list(clock.thresholds)
    if clock.warned:
        document["warned"] = list(clock.warned)
    if clock.breached:
        document["breached"] = [limit.value for limit in clock.breached]
    if clock.warn_at:
        document["warn_at"] = [[name, _written(instant)] for name, instant in clock.warn_at]
    if clock.rule != "budget":
        document["rule"] = clock.rule
    if clock.restarted_from:
        document["restarted_from"] = [_written(instant) for instant in clock.restarted_from]
    if clock.waited:
        document["waited"] = [[_written(start), _written(end)] for start, end in clock.waited]
    if clock.calendar_missing:
        document["calendar_missing"] = True
    if clock.extensions:
        document["extensions"] = clock.extensions
    if clock.calendar != FIRST_CALENDAR:
        document["calendar"] = clock.calendar
    return document


def clock_from_document(document: Mapping[str, Any]) -> HopClock:
    """Read a clock."""
    if not document:
        return NO_CLOCK
    get = document.get
    return HopClock(
        arrived_at=_instant(get("arrived_at")),
        started_at=_instant(get("started_at")),
        budget=get("budget"),
        cutoff=get("cutoff"),
        deadline_at=_instant(get("deadline_at")),
        pauses=tuple([_pause_from_document(stored) for stored in get("pauses", ())]),
        paused_at=_instant(get("paused_at")),
        pause_reason=get("pause_reason"),
        pause_basis=get("pause_basis"),
        pause_document=get("pause_document"),
        held=tuple(
            [
                Hold(_read_instant(at), UUID(outage), *basis)
                for at, outage, *basis in get("held", ())
            ]
        ),
        extended_to=_instant(get("extended_to")),
        extended_at=_instant(get("extended_at")),
        thresholds=tuple(get("thresholds", DEFAULT_THRESHOLDS)),
        warned=tuple(get("warned", ())),
        breached=tuple([LimitName(name) for name in get("breached", ())]),
        warn_at=tuple([(name, _read_instant(at)) for name, at in get("warn_at", ())]),
        rule=get("rule", "budget"),
        restarted_from=tuple([_read_instant(at) for at in get("restarted_from", ())]),
        waited=tuple([(_read_instant(a), _read_instant(s)) for a, s in get("waited", ())]),
        calendar_missing=get("calendar_missing", False),
        extensions=get("extensions", 0),
        calendar=get("calendar", FIRST_CALENDAR),
    )


_CLOCK_INSTANTS = (
    "arrived_at",
    "started_at",
    "deadline_at",
    "paused_at",
    "extended_to",
    "extended_at",
)


def _pause_to_document(pause: ClosedPause) -> list[Any]:
    """Write a pause as a row that ends with what is known of it."""
    row: list[Any] = [_written(pause.start), _written(pause.end), pause.reason]
    row += [str(pause.outage) if pause.outage else None, pause.legal_basis, pause.document]
    while row[-1] is None:
        row.pop()
    return row


def _pause_from_document(stored: list[Any]) -> ClosedPause:
    start, end, reason, *rest = stored
    outage, legal_basis, document = (*rest, None, None, None)[:3]
    return ClosedPause(
        _read_instant(start),
        _read_instant(end),
        reason,
        UUID(outage) if outage else None,
        legal_basis,
        document,
    )


def hop_to_document(hop: Hop) -> dict[str, Any]:
    """Write a hop."""
    document: dict[str, Any] = {"step": hop.step, "round": hop.round, "state": hop.state.value}
    for name in _HOP_INSTANTS:
        instant = getattr(hop, name)
        if instant is not None:
            document[name] = _written(instant)
    for name in ("agency", "sender_step", "outcome", "superseded_by"):
        value = getattr(hop, name)
        if value is not None:
            document[name] = value
    if hop.sender_round != 1:
        document["sender_round"] = hop.sender_round
    if hop.clock is not NO_CLOCK and (clock := clock_to_document(hop.clock)):
        document["clock"] = clock
    if hop.refusal is not None:
        document["refusal"] = _refusal_to_document(hop.refusal)
    if hop.results_ref is not None:
        document["results_ref"] = str(hop.results_ref)
    if hop.failure is not None:
        document["failure"] = dict(hop.failure)
    if hop.excluded:
        document["excluded"] = list(hop.excluded)
    if hop.opened_by is not None:
        document["opened_by"] = list(hop.opened_by)
    for name in ("stale", "lapses", "chosen", "stuck"):
        if getattr(hop, name):
            document[name] = True
    if hop.heirs:
        document["heirs"] = [[agency, _written(since)] for agency, since in hop.heirs]
    return document


_HOP_INSTANTS = (
    "deliver_by",
    "receive_by",
    "supplement_by",
    "offered_at",
    "available_at",
    "delivered_at",
    "received_at",
    "ended_at",
    "last_event_at",
)


def hop_from_document(document: Mapping[str, Any]) -> Hop:
    """Read a hop."""
    get = document.get
    refusal, results_ref, opened_by = get("refusal"), get("results_ref"), get("opened_by")
    return Hop(
        step=document["step"],
        round=document["round"],
        agency=get("agency"),
        state=HopState(document["state"]),
        sender_step=get("sender_step"),
        sender_round=get("sender_round", 1),
        deliver_by=_instant(get("deliver_by")),
        receive_by=_instant(get("receive_by")),
        supplement_by=_instant(get("supplement_by")),
        offered_at=_instant(get("offered_at")),
        available_at=_instant(get("available_at")),
        delivered_at=_instant(get("delivered_at")),
        received_at=_instant(get("received_at")),
        ended_at=_instant(get("ended_at")),
        clock=clock_from_document(get("clock", {})),
        refusal=None if refusal is None else _refusal_from_document(refusal),
        outcome=get("outcome"),
        results_ref=None if results_ref is None else UUID(results_ref),
        failure=get("failure"),
        stale=get("stale", False),
        superseded_by=get("superseded_by"),
        opened_by=None if opened_by is None else (opened_by[0], opened_by[1]),
        excluded=tuple(get("excluded", ())),
        last_event_at=_instant(get("last_event_at")),
        lapses=get("lapses", False),
        chosen=get("chosen", False),
        stuck=get("stuck", False),
        heirs=tuple([(agency, _read_instant(since)) for agency, since in get("heirs", ())]),
    )


def state_to_document(transfer: Transfer) -> dict[str, Any]:
    """Write a transfer without its hops and its itinerary, which are stored beside it."""
    document: dict[str, Any] = {
        "id": str(transfer.id),
        "issuer": transfer.issuer,
        "code": transfer.code,
        "originator": transfer.originator,
        "state": transfer.state.value,
        "procedure": transfer.procedure,
        "procedure_version": transfer.procedure_version,
        "facts": dict(transfer.facts),
        "places": dict(transfer.places),
        "submitted_at": _written(transfer.submitted_at),
        "received_at": _written(transfer.received_at),
        "clock": clock_to_document(transfer.clock),
        "submission_ref": str(transfer.submission_ref),
        "last_event_at": _written(transfer.last_event_at),
        "grace": int(transfer.grace.total_seconds()),
    }
    for name in ("promised_at", "ended_at"):
        instant = getattr(transfer, name)
        if instant is not None:
            document[name] = _written(instant)
    if transfer.ended_by is not None:
        document["ended_by"] = list(transfer.ended_by)
    for name in ("outcome", "archived"):
        value = getattr(transfer, name)
        if value is not None:
            document[name] = value
    if transfer.corrections:
        document["corrections"] = [str(ref) for ref in transfer.corrections]
    if transfer.supplements:
        document["supplements"] = [[s, r, str(ref)] for s, r, ref in transfer.supplements]
    return document


def transfer_from_parts(
    document: Mapping[str, Any],
    itinerary: Mapping[str, Any] | itineraries.Itinerary,
    hops: Iterable[Hop],
) -> Transfer:
    """Read a transfer from its state, its itinerary's document, and its hops."""
    if not isinstance(itinerary, itineraries.Itinerary):
        itinerary = itineraries.from_document(itinerary)
    get = document.get
    ended_by = get("ended_by")
    return Transfer(
        id=UUID(document["id"]),
        issuer=document["issuer"],
        code=document["code"],
        originator=document["originator"],
        state=TransferState(document["state"]),
        procedure=document["procedure"],
        procedure_version=document["procedure_version"],
        itinerary=itinerary,
        facts=document["facts"],
        places=document["places"],
        hops={(hop.step, hop.round): hop for hop in hops},
        submitted_at=_read_instant(document["submitted_at"]),
        received_at=_read_instant(document["received_at"]),
        promised_at=_instant(get("promised_at")),
        clock=clock_from_document(document["clock"]),
        submission_ref=UUID(document["submission_ref"]),
        last_event_at=_read_instant(document["last_event_at"]),
        grace=timedelta(seconds=document["grace"]),
        ended_at=_instant(get("ended_at")),
        outcome=get("outcome"),
        corrections=tuple([UUID(ref) for ref in get("corrections", ())]),
        supplements=tuple([(s, r, UUID(ref)) for s, r, ref in get("supplements", ())]),
        archived=get("archived"),
        ended_by=None if ended_by is None else (ended_by[0], ended_by[1]),
    )


def transfer_to_document(transfer: Transfer) -> dict[str, Any]:
    """Write a transfer whole, with its itinerary and all its hops."""
    document = state_to_document(transfer)
    document["itinerary"] = itineraries.to_document(transfer.itinerary)
    document["hops"] = [hop_to_document(hop) for hop in transfer.hops.values()]
    return document


def transfer_from_document(document: Mapping[str, Any]) -> Transfer:
    """Read a transfer that `transfer_to_document` wrote."""
    return transfer_from_parts(
        document, document["itinerary"], [hop_from_document(hop) for hop in document["hops"]]
    )


def _refusal_to_document(refusal: Refusal) -> dict[str, Any]:
    document = {"reason": refusal.reason, "at": _written(refusal.at)}
    if refusal.acknowledged_at is not None:
        document["acknowledged_at"] = _written(refusal.acknowledged_at)
    if refusal.release_by is not None:
        document["release_by"] = _written(refusal.release_by)
    return document


def _refusal_from_document(document: Mapping[str, Any]) -> Refusal:
    return Refusal(
        reason=document["reason"],
        at=_read_instant(document["at"]),
        acknowledged_at=_instant(document.get("acknowledged_at")),
        release_by=_instant(document.get("release_by")),
    )


def _written(instant: datetime) -> datetime:
    """An instant as it is stored; the JSON writer turns it into text far faster than we could."""
    return instant if instant.tzinfo is UTC else instant.astimezone(UTC)


def _instant(stored: str | datetime | None) -> datetime | None:
    return None if stored is None else _read_instant(stored)
