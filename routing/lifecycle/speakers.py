"""Speakers: who may speak of a hop or of a transfer, and which turn is meant.

An agency that has closed is still understood: what it says of a turn that was moved is meant for
the round that its successor has, and counts as the successor's word. The successor may go on using
the closed agency's round, too: its new system knows the dossier by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from routing.lifecycle.draft import sender_of
from routing.lifecycle.events import Said
from routing.lifecycle.message_rules import RECEIVED_BY_FORMER
from routing.lifecycle.model import ORIGIN, Hop, Transfer
from schemas.kinds import Kind

__all__ = ["RECEIVED_BY_FORMER", "Meant", "meant_hop", "meant_transfer"]


@dataclass(frozen=True, slots=True)
class Meant:
    """The turn that is meant; `former` is for whom an agency that has closed speaks."""

    hop: Hop
    former: str | None = None


def meant_hop(transfer: Transfer, hop: Hop, said: Said) -> Meant | None:
    """Return the turn that a message is about; None if its sender may not speak of it."""
    match said.kind:
        case Kind.REFUSAL_ACKNOWLEDGED:
            fed_by = transfer.hops.get((hop.sender_step or ORIGIN, hop.sender_round))
            sender = sender_of(hop, transfer.hops, transfer.originator)
            return _spoken(hop, sender, said.sender, () if fed_by is None else (fed_by,))
        case Kind.SUPPLEMENT_PROVIDED:
            turn = _carried_on(transfer, hop)
            return _spoken(turn, transfer.originator, said.sender, _origins(transfer))
    turn = _carried_on(transfer, hop)
    return _spoken(turn, turn.agency, said.sender, () if turn is hop else (hop,))


def meant_transfer(transfer: Transfer, said: Said) -> Meant | None:
    """Return the originator's turn; None if the sender is not, and never was, the originator."""
    origins = _origins(transfer)
    return _spoken(origins[0], transfer.originator, said.sender, origins)


def _spoken(hop: Hop, speaker: str | None, sender: str, earlier: Iterable[Hop]) -> Meant | None:
    if sender == speaker:
        return Meant(hop)
    for one in earlier:
        held = (one.agency, *(agency for agency, _ in one.heirs))
        if one.heirs and sender in held:
            return Meant(hop, speaker)
    return None


def _carried_on(transfer: Transfer, hop: Hop) -> Hop:
    """Follow a turn that was moved to the round in which it went on."""
    while hop.was_moved and hop.superseded_by is not None:
        hop = transfer.hops[hop.step, hop.superseded_by]
    return hop


def _origins(transfer: Transfer) -> list[Hop]:
    return [hop for hop in transfer.hops.values() if hop.step == ORIGIN]
