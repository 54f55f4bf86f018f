"""How a simulated agency behaves: shares and spans, from which each hand-over gets its script.

The same seed, dossier, step and round always get the same script, whatever else happened before:
each trait is drawn by itself from a digest, so adding one changes no other.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Literal

from schemas.kinds import FactValue, HandoverOffered

RefusalReason = Literal["not_competent", "incomplete", "wrong_data", "rejected"]
HopOutcome = Literal["approved", "issued", "opinion", "forwarded", "not_applicable"]


class Ending(StrEnum):
    """How an agency's turn ends."""

    COMPLETE = "complete"
    REFUSE = "refuse"
    RETURN = "return"
    STALL = "stall"
    """It says that it received the dossier, and then nothing more."""
    SILENT = "silent"
    """It never says anything."""


class Fault(StrEnum):
    """How an HTTP system fails one call."""

    STATUS = "status"
    HANG = "hang"
    CUT = "cut"
    DRIP = "drip"
    GIANT = "giant"
    REDIRECT = "redirect"


@dataclass(frozen=True, slots=True)
class HttpFault:
    """The first `times` calls with a delivery fail this way; the next one goes well."""

    fault: Fault
    times: int = 1
    status: int = 500
    retry_after: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A duration of legal time between two bounds."""

    shortest: timedelta
    longest: timedelta

    def at(self, draw: float) -> timedelta:
        return self.shortest + draw * (self.longest - self.shortest)


def exactly(duration: timedelta) -> Span:
    return Span(duration, duration)


@dataclass(frozen=True, slots=True)
class Script:
    """What an agency does with one hand-over. Durations are legal time."""

    ending: Ending = Ending.COMPLETE
    received_after: timedelta | None = timedelta(minutes=5)
    """From the hand-over; None: no `hop.received` is sent."""
    decided_after: timedelta = timedelta(hours=1)
    """From receipt to the decision, pauses not counted."""
    refusal: RefusalReason = "incomplete"
    return_to: str | None = None
    """The step; None: the latest finished one, or the originator's."""
    outcome: HopOutcome = "approved"
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    pause_after: timedelta | None = None
    """From receipt until a supplement is asked for; None: no pause."""
    pause_lasts: timedelta = timedelta(hours=4)
    copies: int = 1
    """How often each answer is sent, with the same id."""
    out_of_order: bool = False
    """The decision is sent before the `hop.received`."""
    nacks: int = 0
    """How often a mailbox item is handed back before it is taken."""
    fault: HttpFault | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """Shares are between 0 and 1; `scripts` by dossier code come before all of them."""

    seed: str = "1"
    received_after: Span = field(default_factory=lambda: exactly(timedelta(minutes=5)))
    decided_after: Span = field(default_factory=lambda: exactly(timedelta(hours=1)))
    refuse: float = 0.0
    refusals: tuple[RefusalReason, ...] = ("incomplete",)
    give_back: float = 0.0
    stall: float = 0.0
    silent: float = 0.0
    pause: float = 0.0
    pause_after: Span = field(default_factory=lambda: exactly(timedelta(hours=1)))
    pause_lasts: Span = field(default_factory=lambda: exactly(timedelta(hours=4)))
    duplicate: float = 0.0
    out_of_order: float = 0.0
    nack: float = 0.0
    faulty: float = 0.0
    fault: HttpFault | None = None
    outcomes: Mapping[str, HopOutcome] = field(default_factory=dict)
    """By step."""
    facts: Mapping[str, Mapping[str, FactValue]] = field(default_factory=dict)
    """By step: what completing it adds to the facts."""
    acknowledge_after: timedelta | None = timedelta(minutes=30)
    """How long until it takes note of a refusal of what it sent; None: never."""
    supplement_after: timedelta | None = timedelta(hours=2)
    """How long until it provides what was asked for; None: never."""
    office_hours: bool = False
    """Whether it acts only Mon-Fri 07:30-11:30 and 13:30-17:30, in Vietnam."""
    scripts: Mapping[str, Script] = field(default_factory=dict)

    def script_for(self, handover: HandoverOffered) -> Script:
        """Return what this agency will do; in a later round it always completes."""
        dossier = handover.dossier.code
        draws = _Draws(f"{self.seed}/{dossier}/{handover.step}/{handover.round}")
        script = self.scripts.get(dossier) or self._draw_script(handover.step, draws)
        if handover.round > 1 and script.ending in (Ending.REFUSE, Ending.RETURN):
            return replace(script, ending=Ending.COMPLETE)
        return script

    def _draw_script(self, step: str, draws: "_Draws") -> Script:
        return Script(
            ending=self._draw_ending(draws["ending"]),
            received_after=self.received_after.at(draws["received"]),
            decided_after=self.decided_after.at(draws["decided"]),
            refusal=self.refusals[int(draws["refusal"] * len(self.refusals))],
            outcome=self.outcomes.get(step, "approved"),
            facts=self.facts.get(step, {}),
            pause_after=(
                self.pause_after.at(draws["pause-after"]) if draws["pause"] < self.pause else None
            ),
            pause_lasts=self.pause_lasts.at(draws["pause-lasts"]),
            copies=2 if draws["duplicate"] < self.duplicate else 1,
            out_of_order=draws["order"] < self.out_of_order,
            nacks=1 if draws["nack"] < self.nack else 0,
            fault=self.fault if draws["fault"] < self.faulty else None,
        )

    def _draw_ending(self, draw: float) -> Ending:
        edge = 0.0
        for ending, share in (
            (Ending.REFUSE, self.refuse),
            (Ending.RETURN, self.give_back),
            (Ending.STALL, self.stall),
            (Ending.SILENT, self.silent),
        ):
            edge += share
            if draw < edge:
                return ending
        return Ending.COMPLETE


class _Draws:
    """Numbers in [0, 1), one per trait, that depend on the key and the trait alone."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __getitem__(self, trait: str) -> float:
        digest = hashlib.sha256(f"{self._key}/{trait}".encode()).digest()
        return int.from_bytes(digest[:6], "big") / 2**48
