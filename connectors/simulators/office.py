"""The people and programs of one simulated agency: takes what arrives, answers by the script.

Knows nothing of roads: a door (queue, webhook, mailbox) hands deliveries in, the outbox carries
messages out. What arrives twice takes effect once, by the delivery's id.
"""

import asyncio
import hashlib
from collections.abc import Coroutine, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

import orjson
from pydantic import ValidationError

from connectors.simulators.answers import answers_to
from connectors.simulators.behaviour import Behaviour, Script
from connectors.simulators.bustle import Bustle
from connectors.simulators.messages import derived_id, write_message
from connectors.simulators.outbox import Outbox
from connectors.simulators.record import HopKey, Record
from connectors.simulators.wake import Wake
from schemas.envelope import Envelope, EnvelopeError, read_structured
from schemas.kinds import (
    HandoverCancelled,
    HandoverOffered,
    HopChanged,
    Kind,
    RefusalAcknowledged,
    StrictModel,
    SupplementProvided,
    SupplementRequested,
    TransferFinished,
    UnknownType,
)


class Taken(StrEnum):
    """What became of a delivery."""

    ACTED = "acted"
    REPEATED = "repeated"
    UNREADABLE = "unreadable"


class Office:
    """Runs as a duty of its agency; `take` works only while it runs."""

    def __init__(
        self,
        code: str,
        *,
        behaviour: Behaviour,
        wake: Wake,
        outbox: Outbox,
        record: Record,
        bustle: Bustle,
    ) -> None:
        self._code = code
        self._behaviour = behaviour
        self._wake = wake
        self._outbox = outbox
        self._record = record
        self._bustle = bustle
        self._tasks: asyncio.TaskGroup | None = None
        self._working: dict[HopKey, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Work on what was taken, until cancelled; what is unfinished then stays so."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                await asyncio.Event().wait()
        finally:
            self._tasks = None

    @property
    def is_open(self) -> bool:
        return self._tasks is not None

    def script_of(self, event: Mapping[str, Any]) -> Script:
        """Return the script that a door must obey for this delivery (faults, hand-backs)."""
        try:
            if event.get("type") == Kind.HANDOVER_OFFERED.type:
                return self._behaviour.script_for(_read(HandoverOffered, event["data"]))
        except (KeyError, ValidationError):
            pass
        return Script()

    def take(self, delivery: str, body: bytes) -> Taken:
        """Take one delivery: note it, and act on it if it is new."""
        record = self._record
        record.received[delivery] += 1
        digest = hashlib.sha256(body).digest()
        if record.bodies.setdefault(delivery, digest) != digest:
            record.altered.append(delivery)
        if record.acted[delivery]:
            return Taken.REPEATED
        try:
            envelope = read_structured(orjson.loads(body))
            kind = Kind.of_type(envelope.type)
            self._act(delivery, kind, envelope)
        except (orjson.JSONDecodeError, EnvelopeError, UnknownType, ValidationError) as error:
            record.unreadable.append(f"{delivery}: {type(error).__name__}")
            return Taken.UNREADABLE
        record.acted[delivery] += 1
        record.notices[kind.value] += 1
        if envelope.subject is not None:
            record.order.setdefault(envelope.subject, []).append(kind.value)
        return Taken.ACTED

    def _act(self, delivery: str, kind: Kind, envelope: Envelope) -> None:
        data = envelope.data
        match kind:
            case Kind.RECEIPT_ISSUED:
                self._outbox.settle(str(data.get("message")), data)
            case Kind.HANDOVER_OFFERED:
                self._accept(delivery, envelope, _read(HandoverOffered, data))
            case Kind.HANDOVER_CANCELLED:
                self._drop(_read(HandoverCancelled, data))
            case Kind.HOP_CHANGED:
                self._notice(delivery, envelope, _read(HopChanged, data))
            case Kind.SUPPLEMENT_REQUESTED:
                self._supply(delivery, envelope, _read(SupplementRequested, data))
            case Kind.TRANSFER_FINISHED:
                finished = _read(TransferFinished, data)
                self._record.finished[str(finished.transfer)] = finished.state
            case _:
                """Told, and noted."""

    def _accept(self, delivery: str, envelope: Envelope, handover: HandoverOffered) -> None:
        hop = (str(handover.transfer), handover.step, handover.round)
        self._record.acted_hops[hop] += 1
        task = self._start(self._work(delivery, envelope, handover))
        self._working[hop] = task
        task.add_done_callback(lambda _: self._working.pop(hop, None))

    def _drop(self, cancelled: HandoverCancelled) -> None:
        hop = (str(cancelled.transfer), cancelled.step, cancelled.round)
        self._record.cancelled_hops.add(hop)
        work = self._working.get(hop)
        if work is not None:
            work.cancel()

    def _notice(self, delivery: str, envelope: Envelope, changed: HopChanged) -> None:
        wait = self._behaviour.acknowledge_after
        if changed.state != "refused" or changed.agency == self._code or wait is None:
            return
        answer = RefusalAcknowledged(
            transfer=changed.transfer, step=changed.step, round=changed.round
        )
        self._start(self._answer_later(delivery, envelope, Kind.REFUSAL_ACKNOWLEDGED, answer, wait))

    def _supply(self, delivery: str, envelope: Envelope, asked: SupplementRequested) -> None:
        wait = self._behaviour.supplement_after
        if wait is None:
            return
        answer = SupplementProvided(
            transfer=asked.transfer,
            step=asked.step,
            round=asked.round,
            note="Bổ sung theo yêu cầu (mô phỏng).",
        )
        self._start(self._answer_later(delivery, envelope, Kind.SUPPLEMENT_PROVIDED, answer, wait))

    async def _work(self, delivery: str, envelope: Envelope, handover: HandoverOffered) -> None:
        script = self._behaviour.script_for(handover)
        answers = answers_to(
            handover,
            script,
            self._wake.now(),
            office_hours=self._behaviour.office_hours,
        )
        for answer in answers:
            await self._bustle.wait_until(answer.at)
            self._say(delivery, envelope, answer.kind, answer.data, answer.copies)

    async def _answer_later(
        self,
        delivery: str,
        envelope: Envelope,
        kind: Kind,
        answer: RefusalAcknowledged | SupplementProvided,
        wait: timedelta,
    ) -> None:
        await self._bustle.wait_until(self._wake.now() + wait)
        self._say(delivery, envelope, kind, answer.model_dump(mode="json", exclude_none=True), 1)

    def _say(
        self, delivery: str, about: Envelope, kind: Kind, data: dict[str, Any], copies: int
    ) -> None:
        message = write_message(
            agency=self._code,
            id=derived_id(self._code, delivery, kind.value),
            kind=kind,
            subject=about.subject or "",
            time=self._wake.now(),
            data=data,
            traceparent=about.traceparent,
        )
        self._outbox.post(message, copies=copies)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start work that is in flight from this moment, not only from its first step."""
        assert self._tasks is not None, "take() needs the office to run"
        self._bustle.begin()
        task = self._tasks.create_task(work)
        task.add_done_callback(lambda _: self._bustle.end())
        return task


_Model = TypeVar("_Model", bound=StrictModel)


def _read(model: type[_Model], data: Any) -> _Model:
    """Read as strictly as a wary agency would: from JSON, by the published model."""
    return model.model_validate_json(orjson.dumps(data))
