"""Publishes messages in batches, and says of each what the broker answered.

A batch is written to the socket as one piece and confirmed message by message. Nothing is
published twice and nothing waits longer than its timeout: when the answer is missing, the
outcome says so (`unknown`), and the caller's stored delivery decides about another attempt.

The connection is opened when first needed and again after it was lost. The publisher works on
the AMQP library's channel below its own publish call, which makes a task, three futures and
four frames per message (docs/decisions/0060 has the measurements); it relies on the channel's
`lock`, `delivery_tag`, `confirmations`, `message_id_delivery_tag` and `write_queue`, and the
contract tests fail when one of them changes its meaning.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, cast

import aiormq
from aiormq.abc import ChannelFrame
from aiormq.exceptions import AMQPChannelError, AMQPError, PublishError

from connectors.amqp_frames import Letter, publish_frames
from connectors.amqp_link import AmqpLink
from connectors.broker import broker_url
from connectors.protocol import Delivered, Outcome, Refused, Unreachable

BATCH_MESSAGES: Final = 250
BATCH_BYTES: Final = 4 * 1024 * 1024
LARGEST_MESSAGE: Final = 1024 * 1024
"""The broker's own `max_message_size`: one byte more would close the channel for everybody."""

_CONFIRMED: Final = Delivered("broker confirm")


class ConfirmedPublisher:
    """One connection and one channel, shared by everybody who publishes under one user."""

    def __init__(self, url: str, *, name: str) -> None:
        self._url = broker_url(url, name)
        self._opening = asyncio.Lock()
        self._link: AmqpLink | None = None
        self._channel: aiormq.Channel | None = None
        self._confirmed_at = 0.0

    @property
    def is_connected(self) -> bool:
        """Whether a channel is open now; false before the first publish."""
        return self._channel is not None and not self._channel.is_closed

    async def publish(self, letters: Sequence[Letter], *, within: float) -> list[Outcome]:
        """Return one outcome per letter, in order, after little more than `within` seconds.

        Letters of one call reach the broker in their order.
        """
        began_at = asyncio.get_running_loop().time()
        slips = [_Slip(letter) for letter in letters]
        try:
            async with asyncio.timeout(within):
                channel = await self._open_channel()
                why = await self._write_and_wait(channel, slips)
        except TimeoutError:
            why = await self._judge_silence(began_at)
        except (AMQPError, OSError, RuntimeError) as error:
            why = _explain(error)
        except asyncio.CancelledError as error:
            if _is_cancelled_by_caller():
                raise
            why = _explain(error)
        return [slip.outcome or why.of(slip) for slip in slips]

    async def aclose(self) -> None:
        """Say goodbye to the broker, for a second at most; safe to call twice."""
        link, self._link, self._channel = self._link, None, None
        if link is not None:
            await link.close()

    async def _open_channel(self) -> aiormq.Channel:
        async with self._opening:
            if self._link is None or not self._link.is_open:
                self._channel = None
                self._link = AmqpLink(self._url)
                await self._link.open()
            if self._channel is None or self._channel.is_closed:
                opened = await self._link.connection.channel(
                    publisher_confirms=True, on_return_raises=True
                )
                self._channel = cast(aiormq.Channel, opened)
            link, channel = self._link, self._channel
        await link.connection.ready()
        return channel

    async def _write_and_wait(self, channel: aiormq.Channel, slips: list["_Slip"]) -> "_Silence":
        """Settle every slip, or return why the rest stays open."""
        batches = list(_batches(slips, channel))
        # All are counted before any is written: a quick broker must not end the count early.
        tally = _Tally(channel, sum(map(len, batches)), self._note_confirm)
        try:
            for batch in batches:
                await _write(channel, batch, tally)
            ending = await tally.wait()
        finally:
            tally.close()
        return _explain(ending)

    def _note_confirm(self) -> None:
        self._confirmed_at = asyncio.get_running_loop().time()

    async def _judge_silence(self, began_at: float) -> "_Silence":
        """Tell a blocked broker from a dead connection, and leave a dead one.

        A connection on which nothing at all was confirmed during the whole call is dead, though
        the heartbeat may need half a minute to notice. A blocked one is kept: the broker would
        read what lies in the socket of an abandoned one as well, once it is unblocked.
        """
        link = self._link
        if link is None or self._channel is None:
            return _Silence("broker-unreachable", "no connection within the time allowed")
        if await link.is_blocked():
            return _Silence("broker-blocked", "the broker takes no messages at present")
        if self._confirmed_at < began_at:
            self._link = self._channel = None
            await link.abandon()
        return _Silence("no-confirm", "no confirm within the time allowed")


class _Silence:
    """Why some letters have no answer."""

    __slots__ = ("_sent", "_unsent")

    def __init__(self, code: str, detail: str) -> None:
        self._unsent = Unreachable(code, detail)
        self._sent = Unreachable(code, detail, unknown=True)

    def of(self, slip: "_Slip") -> Unreachable:
        return self._sent if slip.tag else self._unsent


class _Slip:
    """What is known of one letter; stands where the channel expects a confirm's future."""

    __slots__ = ("letter", "outcome", "tag", "tally", "wire")

    def __init__(self, letter: Letter) -> None:
        self.letter = letter
        self.outcome: Outcome | None = None
        self.tag = 0
        self.tally: _Tally | None = None
        self.wire: tuple[bytes, ...] = ()

    def done(self) -> bool:
        return self.outcome is not None

    def cancelled(self) -> bool:
        return False

    def set_result(self, _ack: object) -> None:
        self._settle(_CONFIRMED)

    def set_exception(self, error: BaseException) -> None:
        if isinstance(error, PublishError):
            detail = f"no queue is bound for {self.letter.routing_key}"
            self._settle(Refused("no-queue", detail))
        else:
            self._settle(Unreachable("nacked", "the broker could not keep the message"))

    def _settle(self, outcome: Outcome) -> None:
        self.outcome = outcome
        assert self.tally is not None
        self.tally.settled(self)


class _Tally:
    """Counts the open slips of one call; ends early if the channel does."""

    def __init__(
        self, channel: aiormq.Channel, letters: int, note_confirm: Callable[[], None]
    ) -> None:
        self._channel = channel
        self._note_confirm = note_confirm
        self._open = letters
        # Taken from the channel, so that losing the channel ends it too.
        self._ended = channel.create_future()

    def settled(self, slip: _Slip) -> None:
        self._open -= 1
        self.forget_message_id(slip)
        self._note_confirm()
        if not self._open and not self._ended.done():
            self._ended.set_result(None)

    async def wait(self) -> BaseException | None:
        """Return None once every slip is settled, or else what ended the channel."""
        if self._open:
            # Not awaited itself: a lost channel may reject it with CancelledError.
            await asyncio.wait((self._ended,))
            return self._ended.exception()
        return None

    def close(self) -> None:
        self._ended.cancel()

    def forget_message_id(self, slip: _Slip) -> None:
        tags = self._channel.message_id_delivery_tag
        if tags.get(slip.letter.message_id) == slip.tag:
            del tags[slip.letter.message_id]


def _batches(slips: Sequence[_Slip], channel: aiormq.Channel) -> Iterator[list[_Slip]]:
    """Encode the letters, refuse what AMQP cannot carry, and cut the rest into batches."""
    batch: list[_Slip] = []
    size = 0
    for slip in slips:
        letter = slip.letter
        if len(letter.body) > LARGEST_MESSAGE:
            slip.outcome = Refused("too-large", f"{len(letter.body)} bytes; the broker takes 1 MiB")
            continue
        try:
            slip.wire = tuple(publish_frames(letter, channel.number, channel.max_content_size))
        except ValueError as error:
            slip.outcome = Refused("unsendable", str(error))
            continue
        batch.append(slip)
        size += len(letter.body)
        if len(batch) == BATCH_MESSAGES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


async def _write(channel: aiormq.Channel, batch: list[_Slip], tally: _Tally) -> None:
    """Number the batch as the broker will count it, and write it in one piece."""
    async with channel.lock:
        drained = channel.create_future()
        for slip in batch:
            channel.delivery_tag += 1
            slip.tag = channel.delivery_tag
            channel.confirmations[slip.tag] = cast(Any, slip)
            channel.message_id_delivery_tag[slip.letter.message_id] = slip.tag
            slip.tally = tally
        payload = b"".join([piece for slip in batch for piece in slip.wire])
        try:
            await channel.write_queue.put(
                ChannelFrame(payload=payload, should_close=False, drain_future=drained)
            )
        except BaseException:
            # Not one byte was written, so the broker will not count these.
            for slip in batch:
                del channel.confirmations[slip.tag]
                tally.forget_message_id(slip)
                slip.tag = 0
            channel.delivery_tag -= len(batch)
            drained.cancel()
            raise
        try:
            await asyncio.wait((drained,))
        finally:
            drained.cancel()


def _explain(error: BaseException | None) -> _Silence:
    if isinstance(error, AMQPChannelError):
        return _Silence("broker-refused", str(error))
    return _Silence("connection-lost", type(error).__name__ if error else "")


def _is_cancelled_by_caller() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
