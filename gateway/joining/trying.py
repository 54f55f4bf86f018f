"""Test messages: one real delivery to an agency, by its own connector, and what became of it.

The gateway that serves sends it like everything else, so what it proves is the way that real work
will take. A queue has it when the broker confirms, a webhook when it answers 2xx, a mailbox when
the agency fetches and acknowledges it.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from gateway.ids import new_id
from gateway.joining.members import hold_present, tell
from gateway.joining.states import MemberState, NotNow
from gateway.joining.views import View
from gateway.operations.audit import By
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement

PATIENCE = 20.0
ARRIVES_WITHIN: Final = timedelta(minutes=2)
"""By then the first tries have ended, whatever the endpoint's time limit (ours)."""
FETCHED_WITHIN: Final = timedelta(minutes=15)
"""So long an agency is given to fetch from its mailbox, which it looks into by itself (ours)."""
_POLL = 0.1
_NAMES = ("test", "state", "sent_at", "settled_at", "tries", "evidence", "failure", "latency_ms")


async def send_test(pool: Pool, code: str, by: By, *, now: datetime) -> UUID:
    """Owe an agency a test message; one that still waits is taken back. `now` is legal time."""
    async with pool.connection() as connection, connection.transaction():
        before = await hold_present(connection, code)
        if before["state"] not in (MemberState.TESTING, MemberState.LIVE, MemberState.REGISTERED):
            raise NotNow(f"{code} is {before['state']}: nothing is sent to it")
        if before["endpoint"] is None:
            raise NotNow(f"{code} has no endpoint")
        if not before["endpoint"]["enabled"]:
            raise NotNow(f"the endpoint of {code} is switched off")
        test_id = new_id()
        data = {"agency": code, "sent_at": now}
        row = {
            "id": test_id,
            "agency": code,
            "data": orjson.dumps(data, option=orjson.OPT_UTC_Z).decode(),
            "parked": before["endpoint"]["connector"] == "mailbox",
            "now": now,
        }
        await connection.execute(statement("withdraw_tests"), {"agency": code})
        await connection.execute(statement("insert_test"), row)
        await tell(connection, by, "agency.tested", code, before, test=str(test_id))
    return test_id


def awaited_until(test: View, connector: str | None) -> datetime:
    """Return until when a test message that is on its way is worth waiting for; legal time."""
    sent_at: datetime = test["sent_at"]
    return sent_at + (FETCHED_WITHIN if connector == "mailbox" else ARRIVES_WITHIN)


async def await_test(pool: Pool, test_id: UUID, *, patience: float = PATIENCE) -> View:
    """Return what became of a test message as soon as that is known, or how far it has got."""
    until = asyncio.get_running_loop().time() + patience
    while True:
        async with pool.connection() as connection:
            found = await find_test(connection, test_id)
        if found is None or found["state"] != "pending" or found["tries"]:
            break
        if asyncio.get_running_loop().time() >= until:
            break
        await asyncio.sleep(_POLL)
    assert found is not None, "a delivery is never deleted"
    return found


async def find_test(connection: Connection, test_id: UUID | None) -> View | None:
    """Return how a test message stands; None if there is none."""
    if test_id is None:
        return None
    found = await connection.execute(statement("find_test"), {"id": test_id})
    row = await found.fetchone()
    return None if row is None else _view(row)


def _view(row: Sequence[Any]) -> View:
    return dict(zip(_NAMES, row, strict=True))
