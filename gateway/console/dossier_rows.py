"""A transfer in rows for its page: turns, evidence, whose time it was; in the reader's words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from gateway.operations.step_titles import CORRECTION
from gateway.pictures.plain_words import reason_words, sentence
from gateway.pictures.plain_words import who as who_acted
from gateway.pictures.words import Language, say
from gateway.rulebook import Rulebook
from routing.lifecycle.charges import Charge, Party, by_hop, by_party
from routing.lifecycle.model import ORIGIN, Hop, HopKey, HopState, Transfer

TURN_COLUMNS: Final = ("step", "agency", "state", "offered", "received", "due", "done", "whose")
WHY_COLUMNS: Final = ("step", "agency", "grounds", "when", "law")
ATTEMPT_COLUMNS: Final = ("no", "at", "outcome", "code", "took")
SENDINGS: Final = ("pending", "parked", "delivered", "failed", "withdrawn")
"""States of a delivery; parked is one that waits in a mailbox."""
ATTEMPTED: Final = ("delivered", "refused", "unreachable", "asked", "held", "late")
TABLES: Final = ("procedure", "directory", "units", "calendar", "policies")
"""Whose versions the ledger names."""
TONES: Final[Mapping[str, str]] = {
    "completed": "good",
    "lapsed": "good",
    "received": "info",
    "delivered": "info",
    "dispatching": "info",
    "open": "info",
    "paused": "pause",
    "refused": "bad",
    "returned": "warn",
    "stopped": "warn",
    "withdrawn": "warn",
}
"""By the state of a turn or transfer; all else is quiet."""

_LOUD: Final[Mapping[str, str]] = {
    "clock.breached": "bad",
    "hop.undeliverable": "bad",
    "hop.refused": "bad",
    "transfer.refused": "bad",
    "hop.unresolved": "bad",
    "clock.warned": "warn",
    "hop.returned": "warn",
    "hop.paused": "warn",
    "clock.paused": "warn",
    "hop.completed": "good",
    "transfer.completed": "good",
    "hop.received": "info",
    "hop.dispatched": "info",
    "hop.delivered": "info",
    "transfer.submitted": "info",
}
"""The tone of an entry by its act; all else is quiet."""


@dataclass(frozen=True, slots=True)
class Pause:
    """When a clock stood, and why; `end` is None while it does."""

    reason: str
    start: datetime
    end: datetime | None
    legal_basis: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """One agency's turn, as a row."""

    hop: Hop
    anchor: str
    title: str
    tone: str
    is_late: bool
    pauses: tuple[Pause, ...]
    charged: tuple[tuple[Party, timedelta], ...]

    @property
    def deadline_at(self) -> datetime | None:
        return self.hop.clock.deadline_at


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the ledger, told."""

    entry: Mapping[str, Any]
    tone: str
    said: str
    who: str
    account: str | None
    """The sign-in name, where a person acted."""
    step: str | None
    reason: str
    claimed_at: datetime | None
    """What its sender said, where that differs from when it was recorded."""
    claim_counts: bool


class Teller:
    """Tells one transfer in one language."""

    def __init__(self, transfer: Transfer, rulebook: Rulebook, language: Language) -> None:
        self._transfer = transfer
        self._language = language
        self._zone = rulebook.calendar.zone
        self._rulebook = rulebook
        self.names = _names(transfer, rulebook)

    def agency(self, code: str) -> str:
        """Return what an agency was called when the transfer began, else as it is known."""
        if code not in self.names:
            history = self._rulebook.directory.history(code)
            self.names[code] = history[-1].name if history else code
        return self.names[code]

    def step(self, step: str) -> str:
        """Return what a step is called in the plan."""
        planned = self._transfer.itinerary.by_id.get(step)
        if planned is None:
            return CORRECTION.of(self._language) if step == ORIGIN else step
        return planned.title_vi if self._language == "vi" else planned.title_en

    def pause(self, reason: str) -> str:
        return say(self._language, reason)

    def party(self, party: str) -> str:
        return say(self._language, party)

    def turns(self, charged: Sequence[Charge], now: datetime) -> list[Turn]:
        """Return every turn in the order in which they came; what is still to come is last."""
        sums = by_hop(charged)
        hops = [one for one in self._transfer.hops.values() if one.step != ORIGIN or one.round > 1]
        begun = sorted((one for one in hops if one.offered_at), key=_offered)
        ahead = [one for one in hops if one.offered_at is None]
        return [self._turn(one, sums, now) for one in (*begun, *ahead)]

    def _turn(
        self, hop: Hop, sums: Mapping[HopKey, Mapping[Party, timedelta]], now: datetime
    ) -> Turn:
        due, upto = hop.clock.deadline_at, hop.ended_at or now
        charged = sums.get(hop.key, {})
        return Turn(
            hop,
            anchor_of(hop.key),
            self.step(hop.step),
            TONES.get(hop.state, "quiet"),
            due is not None and hop.offered_at is not None and upto > due,
            tuple(self._pauses(hop)),
            tuple((party, span) for party, span in charged.items() if span),
        )

    def _pauses(self, hop: Hop) -> Iterable[Pause]:
        clock = hop.clock
        for one in clock.pauses:
            yield Pause(self.pause(one.reason), one.start, one.end, one.legal_basis)
        if clock.paused_at is not None and hop.state is HopState.PAUSED:
            reason = self.pause(clock.pause_reason or "outage")
            yield Pause(reason, clock.paused_at, None, clock.pause_basis)

    def line(self, entry: Mapping[str, Any]) -> Line:
        """Tell an entry of the ledger."""
        kind, _, rest = str(entry["actor"]).partition(":")
        step = entry["step"]
        return Line(
            entry,
            _LOUD.get(entry["act"], "quiet"),
            sentence(entry, self.names, self._zone, self._language),
            who_acted(entry["actor"], self.names, self._language),
            rest.rpartition(":")[2] if kind == "operator" else None,
            None if step is None else self.step(step),
            reason_words(entry["reason"], self._language),
            _instant(entry["facts"].get("claimed_at")),
            entry["facts"].get("counts") == "claimed",
        )


def anchor_of(key: HopKey) -> str:
    """Return the id of a turn's row on its page."""
    return f"turn-{key[0]}-{key[1]}"


def sums_of(charged: Sequence[Charge]) -> list[tuple[Party, timedelta, float]]:
    """Return what each party is charged, largest first, and its share of the whole."""
    sums = by_party(charged)
    whole = sum(sums.values(), timedelta()) or timedelta(seconds=1)
    found = [(party, span, span / whole) for party, span in sums.items() if span]
    return sorted(found, key=lambda one: -one[1])


def _names(transfer: Transfer, rulebook: Rulebook) -> dict[str, str]:
    codes = {hop.agency for hop in transfer.hops.values() if hop.agency is not None}
    found = {}
    for code in codes | {transfer.originator, transfer.issuer}:
        agency = rulebook.directory.agency(code, transfer.submitted_at)
        if agency is not None:
            found[code] = agency.name
    return found


def _offered(hop: Hop) -> Any:
    return hop.offered_at


def _instant(written: Any) -> datetime | None:
    return datetime.fromisoformat(written) if isinstance(written, str) else None
