"""An outage for 200 open transfers on two gateway processes, one of which dies over it."""

import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.ledger import verify
from gateway.operations import outages
from gateway.operations.outages import Declaration
from gateway.rulebook import load_rulebook
from gateway.store.pool import Pool, open_pool
from routing.legaltime import Unit, between
from routing.lifecycle.codec import hop_from_document
from routing.lifecycle.model import Hop, HopClock
from routing.outages import OutageKind
from tests.broker import Broker
from tests.stage.dossiers import COMMUNE, UNIT, birth
from tests.stage.facts import eventually
from tests.stage.nursery import Nursery
from tests.stage.stage import Stage, stage_for

MANY = 200
RULEBOOK = load_rulebook("thai-binh-hung-yen", "vn")


def land() -> dict[str, Any]:
    """A certificate of land use: its first step is the land office's, in working days."""
    return {
        **birth(),
        "procedure": "1.012783",
        "places": {"land_parcel": UNIT},
        "facts": {"obligation": "none"},
    }


def hops(stage: Stage) -> dict[str, Hop]:
    """Return the hop under way of each transfer."""
    rows = stage.rows(
        "SELECT h.transfer_id::text, h.document FROM hops h"
        " WHERE h.state IN ('dispatching', 'delivered', 'received')"
    )
    return {transfer: hop_from_document(document) for transfer, document in rows}


def clocks(stage: Stage) -> list[HopClock]:
    return [hop.clock for hop in hops(stage).values()]


def all_of(stage: Stage, holds: Callable[[HopClock], bool]) -> Callable[[], bool]:
    return lambda: len(found := clocks(stage)) == MANY and all(map(holds, found))


async def declared(pool: Pool, agency: str, now: datetime) -> outages.View:
    declaration = Declaration(
        agency, OutageKind.INCIDENT, now, None, None, "NĐ 99/2022 Điều 16.3", "Mất điện", "test"
    )
    return await outages.declare(pool, declaration, now=now, rulebook=RULEBOOK)


async def test_every_clock_is_held_and_moves_by_the_working_time_of_the_outage(
    nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    async with (
        stage_for(
            {COMMUNE: "amqp"},
            nursery=nursery,
            database_url=database_url,
            broker=broker,
            folder=tmp_path,
        ) as stage,
        open_pool(database_url, size=2) as pool,
    ):
        survivor = await stage.gateway().ready()
        stage.submit(range(1, MANY + 1), land)
        await eventually(all_of(stage, lambda one: one.deadline_at is not None), within=60)
        before = hops(stage)
        [agency] = {hop.agency for hop in before.values()}
        assert agency is not None

        # The one dies with all timers handled and nothing committed; the other stood still, and
        # remembers that there is no outage.
        survivor.signal(signal.SIGSTOP)
        victim = await stage.gateway(http_port=0, crash_at="timers.written").ready()
        began = stage.clock.now()
        outage = await declared(pool, agency, began)
        assert await victim.ended(30) == -signal.SIGKILL
        assert not any(clock.held for clock in clocks(stage))
        survivor.signal(signal.SIGCONT)

        await eventually(all_of(stage, lambda one: one.held_since == began), within=60)
        assert all(clock.deadline_at is None for clock in clocks(stage))

        await stage.gateway(http_port=0).ready()
        ended = await outages.end(
            pool, outage["outage"], at=None, actor="test", now=stage.clock.now(), rulebook=RULEBOOK
        )
        await eventually(all_of(stage, lambda one: one.deadline_at is not None), within=60)

        stood = between(RULEBOOK.calendar, began, ended["ends_at"], Unit.WORKING_HOUR)
        assert stood.amount > 0
        for transfer, hop in hops(stage).items():
            was, now = before[transfer].clock.deadline_at, hop.clock.deadline_at
            assert was is not None
            assert now is not None
            assert between(RULEBOOK.calendar, was, now, Unit.WORKING_HOUR) == stood
            assert hop.clock.held == ()
            [pause] = hop.clock.pauses
            assert (pause.start, pause.end) == (began, ended["ends_at"])
        assert held_and_let_go(stage) == {("clock.paused", MANY), ("clock.resumed", MANY)}
        assert broken_chains(stage) == []


def held_and_let_go(stage: Stage) -> set[tuple[str, int]]:
    """Count what the ledger says of hops' clocks: each was held once, and let go once."""
    return set(
        stage.rows(
            "SELECT act, count(*) FROM ledger WHERE act IN ('clock.paused', 'clock.resumed',"
            " 'clock.corrected', 'clock.breached') AND step IS NOT NULL GROUP BY 1"
        )
    )


def broken_chains(stage: Stage) -> list[Any]:
    found: list[Any] = []
    for transfer, seq, head in stage.rows("SELECT id, seq, head_hash FROM transfers"):
        rows = stage.rows(
            "SELECT seq, body, prev_hash, hash, act, recorded_at FROM ledger"
            " WHERE transfer_id = %s ORDER BY seq",
            transfer,
        )
        found += verify(transfer, rows, head=(seq, bytes(head)))
    return found
