"""Turns one hand-over and its script into the answers, each with the instant to send it at.

Pure: nothing is sent and no clock is read here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from connectors.simulators.behaviour import Ending, Script
from schemas.kinds import (
    HandoverOffered,
    HopCompleted,
    HopPaused,
    HopReceived,
    HopRefused,
    HopResumed,
    HopReturned,
    Kind,
    RawStatus,
    StrictModel,
    TransferCorrected,
)

ORIGIN: Final = "origin"
SIMULATED_BASIS: Final = "Mô phỏng, không viện dẫn văn bản (simulated)"

_VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_SESSIONS: Final = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 30)))


@dataclass(frozen=True, slots=True)
class Answer:
    """One message that an agency owes, not before `at`."""

    at: datetime
    kind: Kind
    data: dict[str, Any]
    copies: int = 1


def answers_to(
    handover: HandoverOffered, script: Script, arrived_at: datetime, *, office_hours: bool = False
) -> tuple[Answer, ...]:
    """Return the answers in the order in which they are sent."""
    answers = list(_answers(handover, script, arrived_at))
    if office_hours:
        answers = [Answer(next_office_instant(a.at), a.kind, a.data, a.copies) for a in answers]
    if script.out_of_order and len(answers) > 1 and answers[0].kind is Kind.HOP_RECEIVED:
        received, *rest = answers
        overtaken = Answer(rest[-1].at, received.kind, received.data, received.copies)
        answers = [*rest, overtaken]
    return tuple(answers)


def next_office_instant(instant: datetime) -> datetime:
    """Return the instant itself within office hours, or else the next opening.

    Mon-Fri without a calendar of holidays: this is how people behave, not what the law says.
    """
    local = instant.astimezone(_VIETNAM)
    while True:
        if local.weekday() < 5:
            for opens, closes in _SESSIONS:
                if local.time() < opens:
                    return local.replace(
                        hour=opens.hour, minute=opens.minute, second=0, microsecond=0
                    )
                if local.time() < closes:
                    return local
        local = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def _answers(handover: HandoverOffered, script: Script, arrived_at: datetime) -> Iterator[Answer]:
    if script.ending is Ending.SILENT:
        return
    received_at = arrived_at + (script.received_after or timedelta())
    if script.received_after is not None:
        yield _answer(received_at, Kind.HOP_RECEIVED, _received(handover), script)
    if script.ending is Ending.STALL:
        return
    decided_at = received_at + script.decided_after
    if script.pause_after is not None:
        paused_at = received_at + script.pause_after
        resumed_at = paused_at + script.pause_lasts
        yield _answer(paused_at, Kind.HOP_PAUSED, _paused(handover), script)
        yield _answer(resumed_at, Kind.HOP_RESUMED, _resumed(handover), script)
        decided_at = max(decided_at + script.pause_lasts, resumed_at)
    match script.ending:
        case Ending.REFUSE:
            yield _answer(decided_at, Kind.HOP_REFUSED, _refused(handover, script), script)
        case Ending.RETURN:
            yield _answer(decided_at, Kind.HOP_RETURNED, _returned(handover, script), script)
        case _:
            if handover.step == ORIGIN:
                corrected = TransferCorrected(
                    transfer=handover.transfer,
                    reason="Đã bổ sung theo yêu cầu (mô phỏng)",
                    note="Hồ sơ đã được hoàn thiện (mô phỏng).",
                )
                yield _answer(decided_at, Kind.TRANSFER_CORRECTED, corrected, script)
            yield _answer(decided_at, Kind.HOP_COMPLETED, _completed(handover, script), script)


def _answer(at: datetime, kind: Kind, message: StrictModel, script: Script) -> Answer:
    data = message.model_dump(mode="json", exclude_none=True)
    return Answer(at, kind, data, script.copies)


def _hop(handover: HandoverOffered) -> dict[str, Any]:
    return {"transfer": handover.transfer, "step": handover.step, "round": handover.round}


def _local_code(handover: HandoverOffered) -> str:
    return f"SIM-{handover.dossier.code}-{handover.round}"[:64]


def _received(handover: HandoverOffered) -> HopReceived:
    return HopReceived(
        **_hop(handover),
        local_code=_local_code(handover),
        raw_status=RawStatus(code="2", text="Đã tiếp nhận"),
    )


def _paused(handover: HandoverOffered) -> HopPaused:
    return HopPaused(
        **_hop(handover),
        reason="supplement",
        legal_basis=SIMULATED_BASIS,
        document="Phiếu yêu cầu bổ sung (mô phỏng)",
        explanation="Thiếu giấy tờ kèm theo (mô phỏng).",
    )


def _resumed(handover: HandoverOffered) -> HopResumed:
    return HopResumed(**_hop(handover), reason="supplement")


def _refused(handover: HandoverOffered, script: Script) -> HopRefused:
    return HopRefused(
        **_hop(handover),
        reason=script.refusal,
        explanation="Từ chối tiếp nhận (mô phỏng).",
        legal_basis=SIMULATED_BASIS,
    )


def _returned(handover: HandoverOffered, script: Script) -> HopReturned:
    latest = handover.results[-1].step if handover.results else ORIGIN
    return HopReturned(
        **_hop(handover),
        to_step=script.return_to or latest,
        reason="wrong_data",
        explanation="Chuyển trả để sửa dữ liệu (mô phỏng).",
    )


def _completed(handover: HandoverOffered, script: Script) -> HopCompleted:
    return HopCompleted(
        **_hop(handover),
        outcome=script.outcome,
        facts=dict(script.facts),
        local_code=_local_code(handover),
        raw_status=RawStatus(code="9", text="Đã giải quyết"),
    )
