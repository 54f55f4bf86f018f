"""Which turn a partner means that names only its dossier; a pure choice, never a guess.

A partner with a dialect of its own knows the dossier's code and not our transfer, step and round.
Open turns come before closed ones; two open ones that both fit are one too many, and a person or
the partner's own mapping has to say which.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from routing.lifecycle.model import HopState, TransferState
from schemas.kinds import Kind
from schemas.problems import Problem, ProblemType, problem

_OPEN: Final = frozenset(
    {HopState.DISPATCHING, HopState.DELIVERED, HopState.RECEIVED, HopState.PAUSED, HopState.REFUSED}
)
_OF_TRANSFER: Final = frozenset({Kind.TRANSFER_CORRECTED, Kind.TRANSFER_WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Turn:
    """A hop as far as the choice needs it."""

    transfer: UUID
    code: str
    transfer_state: TransferState
    originator: str
    step: str
    round: int
    agency: str | None
    state: HopState
    fed_by: str | None = None
    """The step that fed it, where one did."""

    @property
    def is_open(self) -> bool:
        return self.transfer_state is TransferState.OPEN and self.state in _OPEN


def choose_turn(kind: Kind, agency: str, turns: Sequence[Turn], step: str | None) -> Turn | Problem:
    """Return the turn that a message of this kind is about; `turns` come newest first."""
    fitting = [turn for turn in turns if _may_mean(kind, agency, turn, step)]
    if not fitting:
        return problem(
            ProblemType.UNKNOWN_TRANSFER, "no dossier of yours here has this code", "/subject"
        )
    likely = (
        _one_per_transfer(fitting)
        if kind in _OF_TRANSFER
        else [turn for turn in fitting if turn.is_open]
    )
    if len(likely) > 1:
        return problem(
            ProblemType.UNKNOWN_HOP,
            f"{len(likely)} open turns of yours fit; which one is meant cannot be told",
            "/data/step",
        )
    return likely[0] if likely else fitting[0]


def _may_mean(kind: Kind, agency: str, turn: Turn, step: str | None) -> bool:
    if step is not None and turn.step != step:
        return False
    match kind:
        case Kind.TRANSFER_CORRECTED | Kind.TRANSFER_WITHDRAWN:
            return turn.originator == agency
        case Kind.SUPPLEMENT_PROVIDED:
            return turn.originator == agency and turn.state is HopState.PAUSED
        case Kind.REFUSAL_ACKNOWLEDGED:
            return turn.state is HopState.REFUSED
    return turn.agency == agency


def _one_per_transfer(turns: Sequence[Turn]) -> list[Turn]:
    """Return one turn of each open transfer."""
    by_transfer: dict[UUID, Turn] = {}
    for turn in turns:
        if turn.transfer_state is TransferState.OPEN:
            by_transfer.setdefault(turn.transfer, turn)
    return list(by_transfer.values())
