"""The announcer: tells subscribers over the broker what the ledger says of their transfers.

The same feed as GET /v1/events, pushed: exchange `lienthong.events`, routing key `<agency>.<kind>`.
At least once, in commit order; an event's id is its place in the ledger, so that copies are one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import structlog

from connectors.amqp_frames import Letter
from connectors.amqp_publisher import ConfirmedPublisher
from connectors.protocol import Delivered
from gateway.broker.topology import EVENTS
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement
from schemas.kinds import Kind

log = structlog.get_logger()

SCAN = 5000
LIMIT = 250
_HOP_STATES = {
    "hop.dispatched": "dispatching",
    "hop.delivered": "delivered",
    "hop.received": "received",
    "hop.paused": "paused",
    "hop.resumed": "received",
    "hop.completed": "completed",
    "hop.refused": "refused",
    "hop.returned": "returned",
    "hop.withdrawn": "withdrawn",
    "hop.stopped": "stopped",
    "hop.cancelled": "cancelled",
    "hop.skipped": "skipped",
    "hop.lapsed": "lapsed",
}
_ENDS = frozenset({"completed", "refused", "withdrawn", "stopped"})


class Announcer:
    """Reads the feed for each subscriber and publishes what is new."""

    def __init__(self, pool: Pool, publisher: ConfirmedPublisher, *, gateway_id: str) -> None:
        self._pool = pool
        self._publisher = publisher
        self._source = f"urn:lienthong:gateway:{gateway_id}"

    async def announce(self) -> bool:
        """Announce a page to every subscriber; True if any has more to hear."""
        more = False
        async with self._pool.connection() as connection, connection.transaction():
            found = await connection.execute(statement("claim_event_cursors"), prepare=True)
            for agency, xid, transfer, seq in await found.fetchall():
                at = {"xid": xid, "transfer": transfer, "seq": seq}
                more |= await self._announce_to(connection, agency, at)
        return more

    async def _announce_to(
        self, connection: Connection, agency: str, at: Mapping[str, Any]
    ) -> bool:
        found = await connection.execute(
            statement("read_events"),
            {**at, "scan": SCAN, "agency": agency, "limit": LIMIT},
            prepare=True,
        )
        rows = await found.fetchall()
        if not rows:
            return False
        events = [row for row in rows if row[4] is not None]
        letters = [letter for row in events if (letter := self._letter(agency, row)) is not None]
        outcomes = await self._publisher.publish(letters, within=10) if letters else []
        if not all(isinstance(outcome, Delivered) for outcome in outcomes):
            log.warning("announcer.not_confirmed", agency=agency)
            return False  # the cursor stays: what was confirmed comes again under the same id
        full = len(events) == LIMIT
        last = events[-1][4:7] if full else rows[0][:3]
        await connection.execute(
            statement("move_event_cursor"),
            {"agency": agency, "xid": last[0], "transfer": last[1], "seq": last[2]},
        )
        return full or rows[0][3] == SCAN

    def _letter(self, agency: str, row: Sequence[Any]) -> Letter | None:
        transfer, seq, _, code, recorded_at, _, act, _, step, round_, body = row[5:16]
        said = _said(str(transfer), act, step, round_, orjson.loads(body))
        if said is None:
            return None
        kind, data = said
        event = {
            "specversion": "1.0",
            "id": f"{transfer}:{seq}",
            "source": self._source,
            "type": kind.type,
            "subject": code,
            "time": recorded_at,
            "datacontenttype": "application/json",
            "data": data,
        }
        return Letter(
            exchange=EVENTS,
            routing_key=f"{agency}.{kind.value}",
            message_id=event["id"],
            type=kind.type,
            body=orjson.dumps(event, option=orjson.OPT_UTC_Z),
        )


def _said(
    transfer: str, act: str, step: str | None, round_: int | None, body: Mapping[str, Any]
) -> tuple[Kind, dict[str, Any]] | None:
    """Say an act of the ledger as an event; None for acts that change nothing to be told."""
    reason, facts = body.get("reason"), body.get("facts") or {}
    about = {"transfer": transfer, "step": step, "round": round_}
    match act.split("."):
        case ["hop", _] if act in _HOP_STATES:
            data = {**about, "agency": facts.get("agency"), "state": _HOP_STATES[act]}
            return Kind.HOP_CHANGED, {**data, "reason": reason}
        case ["transfer", end] if end in _ENDS:
            data = {"transfer": transfer, "state": end, "reason": reason}
            return Kind.TRANSFER_FINISHED, {**data, "finished_at": body["legal_at"]}
        case ["transfer", "archived"]:
            return None  # it leaves the operators' lists; nothing about it changes
        case ["transfer", change]:
            data = {"transfer": transfer, "state": "open", "change": change, "step": step}
            return Kind.TRANSFER_CHANGED, {**data, "reason": reason}
        case ["clock", "breached"]:
            instant = {"deadline_at": facts["limit_at"], "breached_at": facts["limit_at"]}
            return Kind.CLOCK_BREACHED, {**about, "limit": reason, **instant}
        case ["clock", "warned"]:
            threshold = {"threshold": facts["threshold"], "deadline_at": facts["deadline_at"]}
            return Kind.CLOCK_WARNED, {**about, **threshold}
    return None
