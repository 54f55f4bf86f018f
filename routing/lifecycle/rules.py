"""What a rule is: the meaning of one event in one state, and how rows of rules become a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from routing.lifecycle.model import HopState as H
from routing.lifecycle.model import TransferState as T

State = H | T


class Effect(StrEnum):
    """What a rule does."""

    ACTS = "acts"
    """It changes something, and the ledger says so."""
    REPEATS = "repeats"
    """It says what is known: accepted, no entry, nothing changes."""
    NOTED = "noted"
    """Accepted and entered in the ledger as evidence; no state and no clock changes."""
    DECLINED = "declined"
    """Refused as an illegal transition: the sender is told, the ledger is not touched."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one event means in one state."""

    event: str
    state: State
    name: str
    effect: Effect
    to: tuple[State, ...]
    """States it can lead to, the ordinary one first."""
    says: str
    slug: str = "illegal-transition"
    """The problem that a declined event meets."""


STAYS: Final = None
"""In a row: the state stays as it is."""

TAKEN_BACK: Final = (H.WITHDRAWN, H.STOPPED, H.CANCELLED)
NEVER_SENT: Final = (H.PLANNED, H.SKIPPED)
UNRECEIVED: Final = (H.DISPATCHING, H.DELIVERED)
RUNNING: Final = (*UNRECEIVED, H.RECEIVED)
UNDER_WAY: Final = (*RUNNING, H.PAUSED)
ANSWERED: Final = (H.COMPLETED, H.REFUSED, H.RETURNED)
TERMINAL: Final = (*ANSWERED, *TAKEN_BACK, H.SKIPPED, H.LAPSED)
ENDED_TRANSFER: Final = (T.COMPLETED, T.REFUSED, T.WITHDRAWN, T.STOPPED)

Row = tuple[Rule, ...]


def acts(
    event: str,
    states: State | Iterable[State],
    name: str,
    to: State | Iterable[State | None] | None,
    says: str,
) -> Row:
    """A row of rules that change something."""
    targets = (to,) if to is None or isinstance(to, H | T) else tuple(to)
    return tuple(
        Rule(event, state, name, Effect.ACTS, tuple(one or state for one in targets), says)
        for state in _each(states)
    )


def repeats(event: str, states: State | Iterable[State], name: str, says: str) -> Row:
    """A row of rules for what is known already."""
    return _plain(event, states, name, Effect.REPEATS, says)


def notes(event: str, states: State | Iterable[State], name: str, says: str) -> Row:
    """A row of rules for what is kept as evidence only."""
    return _plain(event, states, name, Effect.NOTED, says)


def declines(
    event: str,
    states: State | Iterable[State],
    name: str,
    says: str,
    slug: str = "illegal-transition",
) -> Row:
    """A row of rules for what cannot be."""
    return tuple(
        Rule(event, state, name, Effect.DECLINED, (state,), says, slug) for state in _each(states)
    )


def table_of(rows: Iterable[Row]) -> Mapping[tuple[str, str], Rule]:
    """Index rows by (event, state); ValueError if two rules claim one pair."""
    table: dict[tuple[str, str], Rule] = {}
    for row in rows:
        for rule in row:
            if (rule.event, rule.state) in table:
                raise ValueError(f"two rules for {rule.event} in {rule.state}")
            table[rule.event, rule.state] = rule
    return MappingProxyType(table)


def _plain(
    event: str, states: State | Iterable[State], name: str, effect: Effect, says: str
) -> Row:
    return tuple(Rule(event, state, name, effect, (state,), says) for state in _each(states))


def _each(states: State | Iterable[State]) -> tuple[State, ...]:
    return (states,) if isinstance(states, H | T) else tuple(states)
