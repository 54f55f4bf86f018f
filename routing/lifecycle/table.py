"""The transition table: what every event means in every state of a hop, and of a transfer.

The one place that says what is legal. `fold.py` looks events up here, the diagram and the table of
late, early and repeated messages in docs/lifecycle.md are drawn from here, and the tests hold
every observed change against `LEGAL`. A pair that is not listed cannot come about.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from routing.lifecycle.act_rules import (
    ACT_ROWS,
    CONSEQUENCES,
    DELIVERIES,
    HOP_ACTS,
    LIMITS,
    TRANSFER_EVENTS,
    TRANSFER_ROWS,
)
from routing.lifecycle.message_rules import MESSAGE_ROWS, MESSAGES, RECEIVED_BY_FORMER
from routing.lifecycle.model import TransferState
from routing.lifecycle.rules import Effect, Rule, table_of

HOP_TABLE: Final[Mapping[tuple[str, str], Rule]] = table_of((*ACT_ROWS, *MESSAGE_ROWS))
"""(event, hop state) → rule."""

TRANSFER_TABLE: Final[Mapping[tuple[str, str], Rule]] = table_of(TRANSFER_ROWS)
"""(event, transfer state) → rule."""

HOP_EVENTS: Final = (
    *CONSEQUENCES,
    *DELIVERIES,
    *MESSAGES,
    RECEIVED_BY_FORMER,
    *LIMITS,
    *HOP_ACTS,
)

LEGAL: Final = frozenset(
    (rule.state, to) for rule in HOP_TABLE.values() for to in rule.to if to != rule.state
)
"""Every legal change of a hop's state."""

LEGAL_TRANSFER: Final = frozenset(
    (rule.state, to) for rule in TRANSFER_TABLE.values() for to in rule.to if to != rule.state
) | {
    # These follow from the hops: the last one done, a refusal that was acknowledged.
    (TransferState.OPEN, TransferState.COMPLETED),
    (TransferState.OPEN, TransferState.REFUSED),
}
"""Every legal change of a transfer's state."""

__all__ = [
    "CONSEQUENCES",
    "DELIVERIES",
    "HOP_ACTS",
    "HOP_EVENTS",
    "HOP_TABLE",
    "LEGAL",
    "LEGAL_TRANSFER",
    "LIMITS",
    "MESSAGES",
    "RECEIVED_BY_FORMER",
    "TRANSFER_EVENTS",
    "TRANSFER_TABLE",
    "Effect",
    "Rule",
]
