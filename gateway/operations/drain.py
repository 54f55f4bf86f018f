"""Drain: nothing is left for an agency that has closed without a reason that can be read.

In the store: handovers of turns that went on elsewhere or are over, and what it cannot hear, are
closed with the code `reorganised`; news of ended transfers that nobody follows waits for a person,
as what cannot be delivered does (`successor-unknown`). At the broker: what lies unread in its queue
is taken out, each message beside its delivery: a notice goes to whoever answers for the agency's
part, once, and its delivery says `drained-moved`; a handover was given anew already (`drained`). A
message is acknowledged only when the store has it. What the agency's own software holds
unacknowledged is not ours to take: it comes back when its user is suspended, and draining again
takes it then.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue
from aiormq.exceptions import ChannelNotFoundEntity

from connectors.broker import broker_url
from gateway.broker.topology import agency_queue, events_queue
from gateway.commit.rows import encode
from gateway.ids import derived_id
from gateway.store.pool import Pool
from gateway.store.sql import statement

NOTHING_LEFT: Final = "nothing was left"
_MOST: Final = 200
WITHIN: Final = 10.0
"""Seconds for each call to the broker."""
_COPY: Final = 1


async def drain_agency(pool: Pool, agency: str, broker: str | None) -> str:
    """Close and move what one agency is still owed; say in codes and numbers what that was."""
    closed = await _close(pool, agency)
    told = {"closed": closed["withdrawn"], "unfollowed": closed["failed"]}
    if broker is not None and await _has_queue(pool, agency):
        connection = await aio_pika.connect(broker_url(broker, "drain"), timeout=WITHIN)
        async with connection:
            told |= await drain_queue(pool, agency, await connection.channel())
            told["events"] = await _drop_events(agency, await connection.channel())
    async with pool.connection() as store:
        await store.execute(statement("end_events"), (agency,))
    counted = [f"{name} {number}" for name, number in sorted(told.items()) if number]
    return ", ".join(counted) or NOTHING_LEFT


async def still_owed(pool: Pool, agencies: Sequence[str]) -> list[str]:
    """Return those of the agencies that have anything to drain, as far as the store can tell."""
    async with pool.connection() as connection:
        asked = {"agencies": list(agencies)}
        found = await connection.execute(statement("list_agencies_still_owed"), asked)
        return [row[0] for row in await found.fetchall()]


async def _has_queue(pool: Pool, agency: str) -> bool:
    async with pool.connection() as connection:
        found = await connection.execute(statement("find_queues_of_agency"), (agency,))
        return any(await found.fetchone() or ())


async def _close(pool: Pool, agency: str) -> Counter[str]:
    """Close what is owed until nothing of it is left; return how many came to which state."""
    closed: Counter[str] = Counter()
    while True:
        async with pool.connection() as connection:
            found = await connection.execute(statement("close_what_is_owed"), {"agency": agency})
            states = [row[0] for row in await found.fetchall()]
        closed.update(states)
        if not states:
            return closed


async def drain_queue(
    pool: Pool, agency: str, channel: AbstractChannel, *, left: str | None = None
) -> dict[str, int]:
    """Take out what the store can settle; return how often each reason was given.

    With `left`, the agency takes no part any more: what is still its own, or nobody's, fails with
    that code, for a person.
    """
    counts: dict[str, int] = {}
    foreign: list[AbstractIncomingMessage] = []
    queue = await existing(channel, agency_queue(agency))
    while queue is not None and (messages := await _some(queue)):
        reasons = await _settle(pool, agency, messages, left)
        for message in messages:
            reason = reasons.get(message.message_id or "")
            if reason is None:
                foreign.append(message)
                continue
            counts[reason] = counts.get(reason, 0) + 1
            await message.ack()
    for message in foreign:  # no delivery of ours: it stays where it was found
        await message.nack(requeue=True)
    return counts | {"foreign": len(foreign)}


async def _drop_events(agency: str, channel: AbstractChannel) -> int:
    """Empty the queue of events: each is a copy of an entry that its successor can read."""
    queue = await existing(channel, events_queue(agency))
    if queue is None:
        return 0
    purged = await queue.purge(timeout=WITHIN)
    return purged.message_count or 0


async def existing(channel: AbstractChannel, name: str) -> AbstractQueue | None:
    with suppress(ChannelNotFoundEntity):
        return await channel.declare_queue(name, passive=True, timeout=WITHIN)
    return None


async def _some(queue: AbstractQueue) -> list[AbstractIncomingMessage]:
    messages: list[AbstractIncomingMessage] = []
    while len(messages) < _MOST:
        message = await queue.get(fail=False, timeout=WITHIN)
        if message is None:
            break
        messages.append(message)
    return messages


async def _settle(
    pool: Pool, agency: str, messages: Sequence[AbstractIncomingMessage], left: str | None
) -> dict[str, str]:
    """Let the store say what becomes of each message that is a delivery of ours, by its id."""
    ids = [one for one in (_delivery(message) for message in messages) if one is not None]
    rows = [{"id": one, "copy_id": derived_id(one, _COPY, at_ms=one.int >> 80)} for one in ids]
    async with pool.connection() as connection, connection.transaction():
        found = await connection.execute(statement("list_transfers_of_deliveries"), (ids,))
        transfers = [row[0] for row in await found.fetchall()]
        await connection.execute(statement("lock_transfers"), (transfers,))
        asked = {"agency": agency, "drained": encode(rows), "left": left}
        settled = await connection.execute(statement("settle_drained"), asked)
        return {str(row[0]): row[1] for row in await settled.fetchall()}


def _delivery(message: AbstractIncomingMessage) -> UUID | None:
    try:
        return UUID(message.message_id or "")
    except ValueError:
        return None
