"""Leaving: the queues of an agency that takes no part any more are removed, and nothing with them.

A queue is cut off from the exchanges first. Rounds later, when what was on its way has arrived,
what lies in it is settled message by message. Handovers of turns that are over, and answers to what
was refused, are done with. What tells of a dossier goes to whoever took over the agency's part;
where nobody did, and where a turn is still the agency's, the delivery is undeliverable
(`agency-left`), for a person. What is no delivery of ours stays, and the queue with it. Only what
was found empty is removed.
"""

from typing import Final

import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection

from gateway.broker.rights import Act, Repair
from gateway.broker.topology import events_queue
from gateway.operations.drain import WITHIN, drain_queue, existing
from gateway.store.pool import Pool
from gateway.store.sql import statement

log = structlog.get_logger()

LEFT: Final = "agency-left"


async def see_to_queue(pool: Pool, connection: AbstractConnection, repair: Repair) -> bool:
    """Cut off, settle or remove one queue of an agency that has left; False: nothing was to do."""
    name, agency = repair.subject, repair.agency
    assert agency is not None
    channel = await connection.channel()
    queue = await existing(channel, name)
    if queue is None:
        return False
    match repair:
        case Repair(Act.UNBIND, binding=binding) if binding is not None:
            await queue.unbind(binding.exchange, binding.routing_key, timeout=WITHIN)
            return True
        case Repair(Act.SETTLE) if name == events_queue(agency):
            # Copies of entries that stay in the ledger.
            return bool((await queue.purge(timeout=WITHIN)).message_count)
        case Repair(Act.SETTLE):
            counts = await drain_queue(pool, agency, channel, left=LEFT)
            settled = sum(counts.values()) - counts["foreign"]
            if settled:
                log.info("leaving.settled", queue=name, **counts)
            return bool(settled)
        case _:
            return await _remove(pool, channel, name, agency)


async def _remove(pool: Pool, channel: AbstractChannel, name: str, agency: str) -> bool:
    """Remove a queue that is empty; who registers again meanwhile waits until that is over."""
    async with pool.connection() as store, store.transaction():
        found = await store.execute(statement("hold_left_agency"), {"agency": agency})
        row = await found.fetchone()
        queue = await existing(channel, name)
        if queue is None or row == (False,) or queue.declaration_result.message_count:
            return False
        # A quorum queue knows no "only if empty": nothing is bound to it any more.
        await queue.delete(if_unused=False, if_empty=False, timeout=WITHIN)
    return True
