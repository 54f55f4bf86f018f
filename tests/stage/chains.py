"""A chain of docs/chains, said to a running gateway: a transfer with much to tell.

    transfer = await play(gateway, http, clock, "9.000008")

Everybody speaks over HTTP and is reached by mailbox; legal time goes from one saying to the next.
"""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from gateway.identity.clients import Clients
from gateway.sandbox.chains.cast import Cast, cast_all
from gateway.sandbox.chains.stories import EXAMPLES
from gateway.wiring import Gateway
from tests.stage.inside import QUICK
from tests.stage.wire import Caller

_numbers = itertools.count(1)


@dataclass(slots=True)
class HandClock:
    """Legal time that is set by hand, and never goes back."""

    at: datetime = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def reach(self, at: datetime) -> None:
        self.at = max(self.at, at)


async def play(
    gateway: Gateway,
    http: httpx.AsyncClient,
    clock: HandClock,
    procedure: str,
    *,
    sayings: int | None = None,
    later: timedelta = timedelta(0),
) -> UUID:
    """Say an example's first lines (all, unless told), let time pass; return its transfer."""
    [example] = [one for one in EXAMPLES if one.procedure == procedure]
    [cast] = cast_all([example], gateway.services.rulebook)
    pool = gateway.services.pool
    async with pool.connection() as connection:
        for agency in cast.agencies:
            await connection.execute(
                "INSERT INTO endpoints (agency, connector) VALUES (%s, 'mailbox')"
                " ON CONFLICT (agency) DO UPDATE SET connector = EXCLUDED.connector",
                (agency,),
            )
    await gateway.refresh_endpoints()
    clock.reach(cast.at + timedelta(minutes=2))
    callers: dict[str, Caller] = {}
    answer = await _say(
        gateway, http, callers, cast, cast.office, "transfer.submitted", cast.submission
    )
    transfer = UUID(answer["transfer"])
    for saying in cast.sayings[:sayings]:
        await pass_time(gateway, clock, saying.at)
        who, about = cast.speaker(saying), saying.about(str(transfer))
        await _say(gateway, http, callers, cast, who, saying.kind, about)
    await pass_time(gateway, clock, clock.at + later)
    return transfer


async def pass_time(gateway: Gateway, clock: HandClock, until: datetime) -> None:
    """Have every clock that falls due until an instant handled, each at its own time."""
    pool = gateway.services.pool
    while True:
        async with pool.connection() as connection:
            found = await connection.execute("SELECT min(next_timer_at) FROM transfers")
            row = await found.fetchone()
        due = row[0] if row else None
        if due is None or due > until:
            break
        clock.reach(due)
        await gateway.committer.handle_due(250)
    clock.reach(until)


async def _say(
    gateway: Gateway,
    http: httpx.AsyncClient,
    callers: dict[str, Caller],
    cast: Cast,
    who: str,
    kind: str,
    data: dict[str, Any],
) -> dict[str, Any]:
    if who not in callers:
        callers[who] = await _sign_in(gateway, http, who)
    event = {
        "specversion": "1.0",
        "id": f"said-{next(_numbers)}",
        "source": f"urn:lienthong:agency:{who}",
        "type": f"vn.lienthong.{kind}.v1",
        "subject": cast.dossier,
        "time": gateway.services.clock.now().isoformat(),
        "data": data,
    }
    answer = await callers[who].say(event)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def _sign_in(gateway: Gateway, http: httpx.AsyncClient, agency: str) -> Caller:
    made = await Clients(gateway.services.pool, QUICK).register(
        f"speaker-{next(_numbers)}", agency=agency
    )
    answer = await http.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(made.client_id, made.secret),
    )
    return Caller(http, {"authorization": f"Bearer {answer.json()['access_token']}"})
