"""A transfer while one event is decided: what changed so far, and what follows from it.

The only mutable thing here, alive for one fold. Rules change hops through it, so that every
change of state passes one place that checks it against the table and enters it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from routing.itinerary import Itinerary, PlannedStep
from routing.lifecycle.events import (
    Context,
    Entry,
    Folded,
    HandOn,
    JsonObject,
    Send,
    Withdraw,
)
from routing.lifecycle.instants import written
from routing.lifecycle.model import (
    ORIGIN,
    Hop,
    HopKey,
    HopState,
    Transfer,
    TransferState,
)
from routing.lifecycle.table import LEGAL, LEGAL_TRANSFER
from schemas.kinds import Kind

GATEWAY: Final = "gateway"

ORIGIN_STEP: Final = PlannedStep(
    id=ORIGIN,
    title_vi="Chỉnh sửa, hoàn thiện hồ sơ",
    title_en="Correct and complete the dossier",
    after=(),
    budget=None,
    cutoff=None,
    start="sent",
    when=None,
    silence=None,
    publication=False,
    outside_total=False,
    legal_basis="NĐ 301/2026",
    role=None,
    place=None,
    agency=None,
    failure=None,
    rule="originator",
    candidates=(),
)
"""What a returned dossier asks of the originator."""


ScopeOfRows = tuple[str, str | None, str | None, str]


class Draft:
    """The changes of one fold. `legal_at` is the instant the event counts from."""

    __slots__ = (
        "_base",
        "_hands_on",
        "_itinerary",
        "_transfer",
        "_withdraws",
        "actor",
        "archived",
        "begins_at",
        "cause",
        "claim",
        "clock",
        "context",
        "corrections",
        "done_last",
        "ended_at",
        "ended_by",
        "entries",
        "facts",
        "former",
        "hops",
        "implied",
        "legal_at",
        "outcome",
        "places",
        "repeated",
        "sends",
        "state",
        "stood",
        "supplements",
        "touched",
    )

    def __init__(
        self,
        transfer: Transfer,
        context: Context,
        *,
        actor: str,
        legal_at: datetime,
        cause: UUID | None = None,
        claim: JsonObject | None = None,
    ) -> None:
        self._transfer = transfer
        self._itinerary = transfer.itinerary
        self.context = context
        self._base = context.calendars.base.pin
        self.actor = actor
        self.legal_at = legal_at
        self.begins_at = legal_at
        """From when what follows is offered; later than `legal_at` when time decided late."""
        self.cause = cause
        self.claim = claim
        self.state = transfer.state
        self.hops: dict[HopKey, Hop] = dict(transfer.hops)
        self.clock = transfer.clock
        self.facts = transfer.facts
        self.places = transfer.places
        self.corrections = transfer.corrections
        self.supplements = transfer.supplements
        self.outcome = transfer.outcome
        self.ended_at = transfer.ended_at
        self.archived = transfer.archived
        self.ended_by = transfer.ended_by
        self.done_last: HopKey | None = None
        """The hop that this event, or what followed from it, brought to its end."""
        self.entries: list[Entry] = []
        self.sends: list[Send] = []
        self._withdraws: list[Withdraw] = []
        self._hands_on: list[HandOn] = []
        self.former: str | None = None
        """Who really says it: an agency that has closed, whose word is its successor's."""
        self.implied: tuple[HopKey, JsonObject] | None = None
        """What an event did to a hop's clock besides: its own entry tells it too."""
        self.repeated = False
        self.stood = False
        """Whether what an outage held of some hop has changed."""
        self.touched = True
        """Whether the event is one that later claims have to follow."""

    # What is known

    @property
    def transfer(self) -> Transfer:
        """The transfer as it was before the event; for what no event changes."""
        return self._transfer

    def take_originator(self, agency: str) -> None:
        """Let another agency be who the transfer came from: what concerns the sender is its."""
        self._transfer = replace(self._transfer, originator=agency)

    @property
    def itinerary(self) -> Itinerary:
        return self._itinerary

    @property
    def is_open(self) -> bool:
        return self.state is TransferState.OPEN

    def step_of(self, hop: Hop) -> PlannedStep:
        """Return the planned step of a hop; the originator's own for step 0."""
        return ORIGIN_STEP if hop.step == ORIGIN else self._itinerary.by_id[hop.step]

    def current(self, step: str) -> Hop:
        """Return the one hop of a step that no later round has taken the place of."""
        for hop in self.hops.values():
            if hop.step == step and hop.superseded_by is None:
                return hop
        raise KeyError(step)

    def currents(self) -> list[Hop]:
        """Return the current hop of every step, the origin first."""
        return [hop for hop in self.hops.values() if hop.superseded_by is None]

    def sender_of(self, hop: Hop) -> str:
        """Return the agency that answers for what this hop was given."""
        return sender_of(hop, self.hops, self._transfer.originator)

    def came_after(self, branches: int) -> HopKey | None:
        """Return what was last waited for, where the state alone would not tell."""
        last = self.done_last
        if last is None or (branches < 2 and self.hops[last].state is not HopState.SKIPPED):
            return None
        return last

    def scope(self, hop: Hop | None = None, agency: str | None = None) -> ScopeOfRows:
        """Return what policies are asked for: procedure, step, agency, procedure version."""
        transfer = self._transfer
        if hop is None:
            return transfer.procedure, None, agency, transfer.procedure_version
        return transfer.procedure, hop.step, agency or hop.agency, transfer.procedure_version

    def next_round(self, step: str) -> int:
        return max(hop.round for hop in self.hops.values() if hop.step == step) + 1

    # What changes

    def put(self, hop: Hop) -> Hop:
        """Keep a hop's new value; AssertionError if its state could not become this one."""
        before = self.hops.get((hop.step, hop.round))
        assert before is None or before.state is hop.state or (before.state, hop.state) in LEGAL, (
            f"{hop.step}/{hop.round}: {before.state if before else None} → {hop.state}"
        )
        self.hops[hop.step, hop.round] = hop
        if before is not None and hop.is_done and (before.is_running or _kept_back(before)):
            self.done_last = hop.key
        return hop

    def move(self, hop: Hop, state: HopState | None = None, **changes: Any) -> Hop:
        """Change a hop by an event of its own at the legal instant."""
        if state is not None:
            changes["state"] = state
        changes.setdefault("last_event_at", self.legal_at)
        return self.put(replace(hop, **changes))

    def become(self, state: TransferState) -> None:
        """Change the transfer's state."""
        assert (self.state, state) in LEGAL_TRANSFER, f"{self.state} → {state}"
        self.state = state
        self.ended_at = self.legal_at

    # What follows

    def enter(
        self,
        act: str,
        hop: Hop | None = None,
        *,
        reason: str | None = None,
        legal_basis: str | None = None,
        facts: JsonObject | None = None,
        legal_at: datetime | None = None,
        actor: str | None = None,
    ) -> None:
        """Add a row for the ledger; the first one of an event carries what it claimed."""
        written = facts if facts is not None else {}
        if self.implied is not None and hop is not None and act.startswith("hop."):
            if hop.key == self.implied[0]:
                written = self.implied[1] | written
            self.implied = None
        if self.former is not None and actor is None:
            written = {**written, "said_for": self.former}
        if self.claim is not None:
            written, self.claim = {**written, **self.claim}, None
        self.entries.append(
            Entry(
                act,
                legal_at or self.legal_at,
                actor or self.actor,
                hop.step if hop is not None else None,
                hop.round if hop is not None else None,
                reason,
                legal_basis,
                self.cause,
                written,
                self._decided_by(hop),
            )
        )

    def _decided_by(self, hop: Hop | None) -> str | None:
        """Name the calendar of the clock that an entry is about, if it is not the newest base."""
        clock = self.clock if hop is None else hop.clock
        if clock.calendar == self._base or clock.arrived_at is None:
            return None
        return clock.calendar

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What is entered inside follows from no message: it has no cause, and claims nothing."""
        cause, claim = self.cause, self.claim
        self.cause = self.claim = None
        yield
        self.cause, self.claim = cause, claim

    def send(
        self,
        to: str | None,
        kind: Kind,
        data: JsonObject,
        hop: Hop | None = None,
        splice: Iterable[UUID] = (),
        *,
        optional: bool = False,
    ) -> None:
        """Owe a message to an agency; the transfer's id is added."""
        if to is None:
            return
        self.sends.append(
            Send(
                to,
                kind,
                {"transfer": str(self._transfer.id), **data},
                hop.step if hop is not None else None,
                hop.round if hop is not None else None,
                tuple(splice),
                self.cause,
                optional,
            )
        )

    def tell_change(
        self,
        to: str | None,
        hop: Hop,
        reason: str | None = None,
        splice: Iterable[UUID] = (),
    ) -> None:
        """Tell an agency that a hop that concerns it is in another state."""
        data: JsonObject = {
            "step": hop.step,
            "round": hop.round,
            "agency": hop.agency,
            "state": hop.state.value,
        }
        if reason is not None:
            data["reason"] = reason
        if hop.clock.deadline_at is not None and hop.is_running:
            data["deadline_at"] = written(hop.clock.deadline_at)
        self.send(to, Kind.HOP_CHANGED, data, hop, splice)

    def withdraw(self, hop: Hop, reason: str, *, at_once: bool = False) -> None:
        """Say that the hop's handover need not be sent any more."""
        self._withdraws.append(Withdraw(hop.step, hop.round, reason, at_once))

    def hand_on(self, agency: str, to: str, reason: str) -> None:
        """Say that what one agency is still owed is owed to another."""
        self._hands_on.append(HandOn(agency, to, reason))

    def folded(self) -> Folded:
        """Close the draft and give everything back."""
        before = self._transfer
        last = max(before.last_event_at, self.legal_at) if self.touched else before.last_event_at
        after = Transfer(
            before.id,
            before.issuer,
            before.code,
            before.originator,
            self.state,
            before.procedure,
            before.procedure_version,
            self._itinerary,
            self.facts,
            self.places,
            self.hops,
            before.submitted_at,
            before.received_at,
            before.promised_at,
            self.clock,
            before.submission_ref,
            last,
            before.grace,
            self.ended_at,
            self.outcome,
            self.corrections,
            self.supplements,
            self.archived,
            self.ended_by,
        )
        return Folded(
            after,
            tuple(self.entries),
            tuple(self.sends),
            tuple(self._withdraws),
            tuple(self._hands_on),
        )


def _kept_back(hop: Hop) -> bool:
    """Say whether a planned turn may have been waited for: no agency could be named."""
    return hop.state is HopState.PLANNED and (hop.failure is not None or hop.opened_by is not None)


def sender_of(hop: Hop, hops: Mapping[HopKey, Hop], originator: str) -> str:
    """Return the agency of the step that fed a hop; the originator's where none did.

    If that agency has closed, whoever took over from it answers.
    """
    if hop.sender_step is None:
        return originator
    fed_by = hops.get((hop.sender_step, hop.sender_round))
    return (fed_by.answers if fed_by is not None else None) or originator
