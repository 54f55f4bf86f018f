"""What one person cannot do alone, where it is done: the same from every screen and command.

An order that cannot be undone is held until a second person approved it (gateway/people/four_eyes),
and an approval is good for one act. This holds for people. A program that signs in as a client,
and the command at the gateway's own machine, act under credentials that somebody gave them, and are
named in the trail; but nobody lets their own tables rule, by whatever way they came.
"""

from typing import Final

from gateway.operations import audit
from gateway.operations.audit import PERSON, By
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement

ARCHIVED_ALONE: Final = 20
"""So many items one person may archive at a time (ours; LIENTHONG_ARCHIVED_ALONE)."""


def is_person(actor: str) -> bool:
    """Whether an actor is somebody who signed in to the console."""
    return actor.startswith(PERSON)


def is_same_hand(one: str, other: str) -> bool:
    """Whether two actors are one, as far as names tell: at the console, a terminal or the API."""
    return one.rpartition(":")[2] == other.rpartition(":")[2]


async def take_approval(connection: Connection, actor: str, kind: str, subject: str) -> bool:
    """Use the approval that a person's act needs; False if there is none, or it was used.

    In the transaction of the act: an approval that came to nothing is still there.
    """
    if not is_person(actor):
        return True
    taken = await connection.execute(statement("take_approval"), {"kind": kind, "subject": subject})
    return taken.rowcount > 0


async def settle_proposals(connection: Connection) -> None:
    """End proposals that nobody decided in time, and cancel the acts of those that came to no."""
    closed = await connection.execute(statement("close_overdue_proposals"))
    for kind, subject in await closed.fetchall():
        by = By("gateway")
        await audit.enter(connection, by, "proposal.expired", subject, after={"kind": kind})
    await connection.execute(statement("cancel_unapproved_acts"))


async def end_overdue_proposals(pool: Pool) -> None:
    """Do so in a transaction of its own; for a background duty, and before one is shown."""
    async with pool.connection() as connection, connection.transaction():
        await settle_proposals(connection)
