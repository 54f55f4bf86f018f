"""The intake consumer: takes messages from the broker, acknowledges only what is committed.

The broker has checked who may publish with which routing key; we trust the key and check the
event's `source` against it. Back-pressure is the prefetch: what is not acknowledged is bounded,
and when the database lags the queue grows, not our memory.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Any

import aio_pika
import aiormq.abc
import structlog
from aio_pika.abc import AbstractChannel
from pamqp.common import FieldTable

from connectors.broker import CONNECT_TIMEOUT, broker_url
from gateway.broker.topology import DEAD, INTAKE, declare_roads
from gateway.clock import LegalClock
from gateway.commit.group import GroupCommitter
from gateway.commit.items import Incoming, Judged, Road
from gateway.crash_points import Crash, CrashPoint, unarmed
from gateway.ids import new_id
from gateway.intake.reading import read_message, usable_traceparent
from routing.procedures import Catalogue
from schemas.problems import ProblemType, problem

log = structlog.get_logger()

STRUCTURED = "application/cloudevents+json"
_SETUP_TIMEOUT = 15.0
_CRASHED_ALONE = 2  # redeliveries of a message that was judged by itself

_Pending = tuple[int, asyncio.Future[Any]]


class _NotStored(Exception):
    """The committer could not store a message in any form."""


class IntakeConsumer:
    """Consumes one queue for as long as `run` runs; comes back by itself after any loss.

    It reconnects on its own instead of through the library's robust connection: delivery tags
    belong to one channel, and what was taken over an old one must not be acknowledged on a new.

    With `alone` (the dead-letter queue) messages are judged one at a time, and one that keeps
    crashing whoever judges it is stored as poison without being judged again.
    """

    def __init__(
        self,
        url: str,
        committer: GroupCommitter,
        clock: LegalClock,
        resolve: Callable[[str], str | None],
        *,
        catalogue: Catalogue,
        prefetch: int,
        alone: bool = False,
        declaring: asyncio.Lock,
        crash: Crash = unarmed,
    ) -> None:
        self._url = url
        self._committer = committer
        self._clock = clock
        self._resolve = resolve
        self._catalogue = catalogue
        self._prefetch = 1 if alone else prefetch
        self._alone = alone
        self._declaring = declaring
        self._crash = crash
        self._pending: deque[_Pending] = deque()
        self._grown = asyncio.Event()
        self._restart = asyncio.Event()
        self._closing = False
        self.connected_since: float | None = None
        self.consumed = 0

    @property
    def is_consuming(self) -> bool:
        return self.connected_since is not None

    @property
    def unacknowledged(self) -> int:
        return len(self._pending)

    def restart(self) -> None:
        """Drop the connection and begin anew; what was not acknowledged comes again."""
        self._restart.set()

    def close(self) -> None:
        """Stop taking messages; what was taken is still committed and acknowledged."""
        self._closing = True
        self._restart.set()

    async def run(self) -> None:
        while not self._closing:
            self._restart.clear()
            try:
                await self._consume_until_lost()
            except asyncio.CancelledError:
                # The library says so, too, of a connection whose heartbeat failed meanwhile.
                if _is_cancelled_by_caller():
                    raise
                log.warning("intake.lost", error="CancelledError")
            except Exception as error:
                log.warning("intake.lost", error=type(error).__name__, detail=str(error))
            finally:
                self.connected_since = None
            if not self._closing:
                with suppress(TimeoutError):
                    async with asyncio.timeout(1.0):
                        await self._restart.wait()

    async def _consume_until_lost(self) -> None:
        name = "lienthong dead" if self._alone else "lienthong intake"
        connection = await aio_pika.connect(broker_url(self._url, name), timeout=CONNECT_TIMEOUT)
        try:
            async with asyncio.timeout(_SETUP_TIMEOUT):
                channel = await connection.channel(publisher_confirms=False)
                async with self._declaring:  # two at once make the broker fail one of them
                    await declare_roads(channel)
                await channel.set_qos(prefetch_count=self._prefetch)
            lost = asyncio.Event()
            connection.close_callbacks.add(lambda *_: lost.set())
            channel.close_callbacks.add(lambda *_: lost.set())
            raw = await _raw_channel(channel)
            # The broker ends a consumer whose queue was deleted or lost its leader.
            raw.on_consumer_cancel_callbacks.add(lambda *_: lost.set())
            self._pending = deque()
            consumed = await raw.basic_consume(
                DEAD if self._alone else INTAKE, self._take, timeout=10
            )
            self.connected_since = time.monotonic()
            log.info("intake.consuming", queue=DEAD if self._alone else INTAKE)
            acker = asyncio.create_task(self._acknowledge(raw))
            try:
                await _first_of(lost.wait(), self._restart.wait(), acker)
                if acker.done():
                    acker.result()
                if self._closing and not lost.is_set():
                    await raw.basic_cancel(str(consumed.consumer_tag), timeout=5)
                    await self._drain(acker)
            finally:
                acker.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await acker
        finally:
            self.connected_since = None
            with suppress(Exception):
                async with asyncio.timeout(5):
                    await connection.close()

    async def _take(self, message: Any) -> None:
        """Judge one message and put it in line; called by the library, in order.

        Every message gets its place: one left out would be acknowledged with those after it.
        """
        delivery = message.delivery
        incoming = self._incoming(message)
        try:
            judged = self._judge(incoming, message.header.properties.headers)
        except Exception as error:
            log.exception("message.poison", inbox=str(incoming.id), error=type(error).__name__)
            judged = _poison(incoming)
        self._crash(CrashPoint.INTAKE_TAKEN)
        future = self._committer.enqueue(judged, bounded=False)
        self.consumed += 1
        self._pending.append((delivery.delivery_tag, future))
        self._grown.set()

    def _judge(self, incoming: Incoming, headers: FieldTable | None) -> Judged:
        if self._alone:
            # On a first delivery the header is whatever the sender put there.
            count = (headers or {}).get("x-delivery-count", 0)
            if isinstance(count, int) and count >= _CRASHED_ALONE:
                return _poison(incoming)
        return read_message(incoming, self._resolve, self._catalogue)

    def _incoming(self, message: Any) -> Incoming:
        properties = message.header.properties
        headers = properties.headers or {}
        agency = _agency_of(message.delivery.routing_key)
        media = _line(properties.content_type or STRUCTURED) or "application/octet-stream"
        return Incoming(
            id=new_id(),
            road=Road.DEAD if self._alone else Road.AMQP,
            agency=self._resolve(agency) or _line(agency) or "",
            media=media,
            body=bytes(message.body),
            headers={} if media.startswith(STRUCTURED) else _texts(headers, media),
            message_id=_line(properties.message_id),
            recorded_at=self._clock.now(),
            traceparent=usable_traceparent(_text(headers.get("traceparent"))),
        )

    async def _acknowledge(self, raw: Any) -> None:
        """Acknowledge in order, many at once: the committer answers in the order of arrival."""
        while True:
            if not self._pending:
                self._grown.clear()
                await self._grown.wait()
                continue
            tag, future = self._pending[0]
            await asyncio.wait((future,))
            if future.result() is None:
                # Not even its refusal could be stored: the broker keeps it, and gives it again.
                raise _NotStored
            while self._pending and _is_stored(self._pending[0][1]):
                tag, _ = self._pending.popleft()
            self._crash(CrashPoint.INTAKE_ACKNOWLEDGING)
            await raw.basic_ack(tag, multiple=True, wait=False)

    async def _drain(self, acker: asyncio.Task[None]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(15):
                while self._pending and not acker.done():
                    await asyncio.wait((self._pending[-1][1],))
                    await asyncio.sleep(0)


async def _raw_channel(channel: AbstractChannel) -> aiormq.abc.AbstractChannel:
    # Below aio-pika's message objects: one consumer takes every message of the nation.
    return await channel.get_underlay_channel()


async def _first_of(*waits: Any) -> None:
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            if not isinstance(waits[tasks.index(task)], asyncio.Task):
                task.cancel()


def _agency_of(routing_key: str | None) -> str:
    """Take the agency's code off a routing key `<agency>.<kind>`; a kind has two words."""
    parts = (routing_key or "").split(".")
    return ".".join(parts[:-2]) if len(parts) > 2 else ""


def _is_stored(future: asyncio.Future[Any]) -> bool:
    return future.done() and future.result() is not None


def _poison(incoming: Incoming) -> Judged:
    found = problem(ProblemType.INTERNAL, "the gateway could not judge this message")
    return Judged(incoming, sha256(incoming.body).digest(), problem=found, poison=True)


def _line(text: str | None) -> str | None:
    """Return a text that can be stored; None if it has what no line of text has (NUL, say)."""
    return text if text is not None and text.isprintable() else None


def _is_cancelled_by_caller() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _texts(headers: Mapping[str, Any], media: str) -> dict[str, str]:
    texts = {name: text for name, value in headers.items() if (text := _text(value)) is not None}
    texts["content-type"] = media
    return texts


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else None
