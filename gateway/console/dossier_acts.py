"""What an operator may do about a transfer as it stands, by the lifecycle's own table.

Offered is what the table lets happen in a state, so that nobody is sent into an act that can only
be declined; the act's own form and frozen list come after (screens/orders.py).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gateway.console.screens.orders import OFFERED
from gateway.operations.acts import DeskAct
from routing.lifecycle.model import Act, Hop, HopState, Transfer
from routing.lifecycle.rules import Effect, Rule
from routing.lifecycle.table import HOP_TABLE, TRANSFER_TABLE


@dataclass(frozen=True, slots=True)
class Deeds:
    """What may be done about one turn, or (without one) about the whole transfer.

    `item` is what the form of an act names it by.
    """

    hop: Hop | None
    item: str
    acts: Sequence[Act | DeskAct]


def deeds_on(transfer: Transfer, reach: Collection[str] | None) -> list[Deeds]:
    """Return what may be done within a reach (None is everywhere), the whole transfer last.

    An act touches the agency whose turn it is about; about the whole transfer, or a turn without
    an agency, its originator.
    """
    found = []
    for hop in transfer.hops.values():
        whose = hop.agency or transfer.originator
        if (reach is None or whose in reach) and (acts := _on_turn(hop)):
            found.append(Deeds(hop, f"{transfer.id}|{hop.step}|{hop.round}|||", acts))
    if reach is None or transfer.originator in reach:
        found.append(Deeds(None, f"{transfer.id}|||||", _on_whole(transfer)))
    return found


def noted_as(transfer: Transfer, reach: Collection[str] | None) -> str | None:
    """Return the item under which somebody writes notes of a transfer; None if they may not.

    The notes are the transfer's, whichever turn somebody answers for.
    """
    if reach is None or transfer.originator in reach:
        return f"{transfer.id}|||||"
    begun = (one for one in transfer.hops.values() if one.offered_at is not None)
    own = next((one for one in begun if one.agency in reach), None)
    return None if own is None else f"{transfer.id}|{own.step}|{own.round}|||"


def _on_turn(hop: Hop) -> list[Act | DeskAct]:
    waits = hop.stuck or hop.is_bereft
    if hop.state is HopState.PLANNED and not waits:
        return []
    if hop.state is HopState.REFUSED and not hop.awaits_acknowledgement:
        return []
    return [
        act
        for act in OFFERED
        if _takes_effect(HOP_TABLE.get((f"operator.{act}", hop.state)))
        and (waits or act is not Act.RESOLVE)
    ]


def _on_whole(transfer: Transfer) -> list[Act | DeskAct]:
    acts = [
        act
        for act in OFFERED
        if _takes_effect(TRANSFER_TABLE.get((f"operator.{act}", transfer.state)))
        and (transfer.clock.deadline_at is not None or act is not Act.EXTEND)
        and (transfer.archived is None or act is not Act.ARCHIVE)
    ]
    return [DeskAct.ASSIGN, *acts]


def _takes_effect(rule: Rule | None) -> bool:
    return rule is not None and rule.effect is Effect.ACTS
