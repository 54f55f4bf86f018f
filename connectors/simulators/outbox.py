"""Sends an agency's messages until each has its receipt: at least once, always the same bytes.

Messages of one dossier leave in their order, and a message that cannot leave holds up only its
own dossier. Between tries the outbox waits in machine time; it gives up only when it is stopped.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from connectors.simulators.bustle import Bustle
from connectors.simulators.messages import Message
from connectors.simulators.record import Record, Sent
from connectors.simulators.wake import Wake

LONGEST_PAUSE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Receipted:
    """The gateway's answer came with the call itself."""

    receipt: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """The broker has it; the receipt will come by the agency's own connector."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """It did not get through, or nobody knows."""

    detail: str
    retry_after: float | None = None


Carried = Receipted | OnItsWay | NotSent


class Road(Protocol):
    """One way to the gateway."""

    async def carry(self, message: Message) -> Carried:
        """Try once, within a bounded time; raise nothing for the gateway's fault."""
        ...

    async def aclose(self) -> None: ...


class Outbox:
    """One agency's messages on their way. Runs as a duty of its agency."""

    def __init__(
        self, road: Road, *, record: Record, bustle: Bustle, wake: Wake, resend_after: float = 5.0
    ) -> None:
        self._road = road
        self._record = record
        self._bustle = bustle
        self._wake = wake
        self._resend_after = resend_after
        self._tasks: asyncio.TaskGroup | None = None
        self._waiting: dict[str, deque[tuple[Message, int]]] = {}
        self._open: dict[str, _Open] = {}

    async def run(self) -> None:
        """Send what is posted, until cancelled."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                for subject in self._waiting:
                    self._tasks.create_task(self._empty(subject))
                for left in [waiting for waiting in self._open.values() if waiting.on_its_way]:
                    self._tasks.create_task(self._resend(left))
                await asyncio.Event().wait()
        finally:
            self._tasks = None

    def post(self, message: Message, *, copies: int = 1) -> None:
        """Take a message; it is in flight from now until its receipt."""
        if message.id not in self._record.sent:
            self._record.sent[message.id] = Sent(
                message.kind.value, message.subject, self._wake.now()
            )
        if message.id not in self._open and not self._record.sent[message.id].is_receipted:
            self._open[message.id] = _Open(message)
            self._bustle.begin()
        queue = self._waiting.get(message.subject)
        if queue is not None:
            queue.append((message, copies))
            return
        self._waiting[message.subject] = deque([(message, copies)])
        if self._tasks is not None:
            self._tasks.create_task(self._empty(message.subject))

    def settle(self, message_id: str, receipt: Mapping[str, Any]) -> None:
        """Note a receipt, by whichever way it came; a second one is only counted."""
        sent = self._record.sent.get(message_id)
        if sent is None:
            self._record.unreadable.append(f"receipt for unknown message {message_id}")
            return
        sent.verdicts.append(str(receipt.get("verdict", "unreadable")))
        sent.transfer = receipt.get("transfer") or sent.transfer
        problem = receipt.get("problem")
        if isinstance(problem, Mapping):
            sent.problem = str(problem.get("type"))
        waiting = self._open.pop(message_id, None)
        if waiting is not None:
            waiting.receipted.set()
            self._bustle.end()

    async def wait_for_receipt(self, message_id: str) -> Sent:
        """Return how the message fared, once its first receipt is here."""
        waiting = self._open.get(message_id)
        if waiting is not None:
            await waiting.receipted.wait()
        return self._record.sent[message_id]

    async def _empty(self, subject: str) -> None:
        """Send one dossier's messages in turn."""
        queue = self._waiting[subject]
        while queue:
            message, copies = queue[0]
            for _ in range(copies):
                await self._carry(message)
            queue.popleft()
        del self._waiting[subject]

    async def _carry(self, message: Message) -> None:
        """Try until the message is on its way, and see to its receipt."""
        pause = 0.1
        while True:
            match await self._try(message):
                case Receipted(receipt):
                    self.settle(message.id, receipt)
                    return
                case OnItsWay():
                    waiting = self._open.get(message.id)
                    if waiting is not None and not waiting.on_its_way and self._tasks is not None:
                        waiting.on_its_way = True
                        self._tasks.create_task(self._resend(waiting))
                    return
                case NotSent(_, retry_after):
                    await asyncio.sleep(min(retry_after or pause, LONGEST_PAUSE))
                    pause = min(pause * 2, LONGEST_PAUSE)

    async def _resend(self, waiting: "_Open") -> None:
        """Send again and again while no receipt comes, ever more rarely."""
        pause = self._resend_after
        while not waiting.receipted.is_set():
            try:
                async with asyncio.timeout(pause):
                    await waiting.receipted.wait()
            except TimeoutError:
                await self._try(waiting.message)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _try(self, message: Message) -> Carried:
        self._record.sent[message.id].tries += 1
        return await self._road.carry(message)


class _Open:
    """A message without a receipt so far."""

    __slots__ = ("message", "on_its_way", "receipted")

    def __init__(self, message: Message) -> None:
        self.message = message
        self.receipted = asyncio.Event()
        self.on_its_way = False
