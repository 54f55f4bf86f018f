"""GET /v1/events: what happened to the transfers that concern the caller, read from the ledger.

In commit order; a page never holds back what a later one would have to put before it. Each call
looks at a bounded stretch, so an empty page with `more` is possible: ask again with `next`.
"""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from gateway.api.answers import as_json
from gateway.api.callers import Agency
from gateway.api.cursors import FeedPosition, read_feed_position, write_feed_position
from gateway.api.documented import PROBLEMS
from gateway.api.shapes import EventPage
from gateway.api.state import ApiState, State
from gateway.operations.transfer_view import entry_view
from gateway.store.sql import statement

router = APIRouter(prefix="/v1", tags=["events"])

MOST = 1000
LOOKED_AT = 5000
LATEST = "latest"
_LAST_ID = UUID(int=2**128 - 1)


@router.get(
    "/events",
    summary="Read what happened",
    operation_id="listEvents",
    responses={200: {"model": EventPage}, **PROBLEMS(400, 401, 403, 503)},
)
async def list_events(
    agency: Agency,
    state: State,
    cursor: Annotated[
        str | None,
        Query(
            max_length=200,
            description="`next` of the page before; `latest` to begin now; none for the beginning.",
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> Response:
    """Return the events after the cursor."""
    if cursor == LATEST:
        edge = write_feed_position(await _edge(state))
        return as_json({"events": [], "next": edge, "more": False})
    after = read_feed_position(cursor) if cursor else FeedPosition()
    rows = await _read(state, agency, after, limit)
    events = [_event(row) for row in rows if row[4] is not None]
    if len(events) == limit:
        last = rows[-1]
        at, more = FeedPosition(int(last[4]), last[5], last[6]), True
    elif rows:
        edge_xid, transfer, seq, looked_at = rows[0][:4]
        at, more = FeedPosition(int(edge_xid), transfer, seq), looked_at == LOOKED_AT
    else:
        at, more = after, False
    return as_json({"events": events, "next": write_feed_position(at), "more": more})


async def _read(
    state: ApiState, agency: str, after: FeedPosition, limit: int
) -> list[tuple[Any, ...]]:
    asked = {
        "xid": str(after.xid),
        "transfer": after.transfer,
        "seq": after.seq,
        "scan": LOOKED_AT,
        "agency": agency,
        "limit": limit,
    }
    async with state.services.pool.connection() as connection:
        found = await connection.execute(statement("read_events"), asked, prepare=True)
        return await found.fetchall()


async def _edge(state: ApiState) -> FeedPosition:
    async with state.services.pool.connection() as connection:
        found = await connection.execute(statement("find_feed_edge"), prepare=True)
        row = await found.fetchone()
    assert row is not None
    # Past every row of that transaction: no id and no ordinal is larger.
    return FeedPosition(int(row[0]), _LAST_ID, 2**31 - 1)


def _event(row: Sequence[Any]) -> dict[str, Any]:
    transfer, seq, issuer, code = row[5:9]
    return {
        "id": f"{transfer}:{seq}",
        "transfer": transfer,
        "dossier": {"issuer": issuer, "code": code},
        "seq": seq,
        **entry_view(row[9:16], row[16], names_people=False),
    }
