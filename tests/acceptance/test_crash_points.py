"""A gateway dies by SIGKILL at every named place in turn; nothing is lost, nothing happens twice.

Twice at each place: at the first message of an empty system, and again in the middle of the work.
Then a gateway that nobody touches must finish everything by itself.
"""

import signal
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from connectors.simulators import Behaviour, exactly
from gateway.crash_points import CrashPoint
from tests.broker import Broker
from tests.stage.dossiers import COMMUNE, INSURANCE, POLICE, POPULATION, birth
from tests.stage.nursery import Nursery
from tests.stage.stage import PROMPT, Stage, stage_for

DOSSIERS: Final = 6
CONNECTORS: Final = {COMMUNE: "amqp", POPULATION: "webhook", POLICE: "amqp", INSURANCE: "mailbox"}
TIMERS: Final = frozenset({CrashPoint.TIMERS_CLAIMED, CrashPoint.TIMERS_WRITTEN})
DIES_WITHIN: Final = 45.0
COMPLETES_WITHIN: Final = 30.0
AGAIN: Final = {CrashPoint.INTAKE_ACKNOWLEDGING: 2}
"""The how-manieth time is in the middle of the work; elsewhere the fourth.

One acknowledgement may cover all submissions, and one all answers of a busy moment: more than two
are not certain to come."""
SLOW_TO_RECEIVE: Final = Behaviour(
    received_after=exactly(timedelta(hours=75)), decided_after=exactly(timedelta(0))
)
"""Past the limit for a receipt (2 working hours), even over a weekend."""
TEN_HOURS_A_SECOND: Final = 36_000.0


def _nothing_is_stored(stage: Stage) -> None:
    assert stage.count("SELECT count(*) FROM inbox") == 0
    assert stage.count("SELECT count(*) FROM message_keys") == 0
    assert not any(record.received for record in stage.records.values())


def _stored_but_told_nobody(stage: Stage) -> None:
    assert stage.count("SELECT count(*) FROM inbox WHERE verdict = 'accepted'") > 0
    assert stage.count("SELECT count(*) FROM deliveries WHERE state = 'pending'") > 0
    assert not any(record.received for record in stage.records.values())


def _stored_and_leased(stage: Stage) -> None:
    _stored_but_told_nobody(stage)
    assert stage.count("SELECT count(*) FROM deliveries WHERE lease_no = 1") > 0


def _sent_but_not_noted(stage: Stage) -> None:
    assert stage.count("SELECT count(*) FROM deliveries WHERE state = 'delivered'") == 0
    assert stage.count("SELECT count(*) FROM deliveries WHERE lease_no = 1") > 0


def _a_clock_is_due(stage: Stage) -> None:
    assert stage.count(
        "SELECT count(*) FROM transfers WHERE next_timer_at <= %s", stage.clock.now()
    )


AFTER_THE_FIRST_DEATH: Final[Mapping[CrashPoint, Callable[[Stage], None]]] = {
    CrashPoint.INTAKE_TAKEN: _nothing_is_stored,
    CrashPoint.COMMIT_LOADED: _nothing_is_stored,
    CrashPoint.COMMIT_DECIDED: _nothing_is_stored,
    CrashPoint.COMMIT_WRITTEN: _nothing_is_stored,
    CrashPoint.COMMIT_COMMITTED: _stored_but_told_nobody,
    CrashPoint.INTAKE_ACKNOWLEDGING: _stored_but_told_nobody,
    CrashPoint.DISPATCH_LEASED: _stored_and_leased,
    CrashPoint.DISPATCH_SENT: _sent_but_not_noted,
    CrashPoint.TIMERS_CLAIMED: _a_clock_is_due,
    CrashPoint.TIMERS_WRITTEN: _a_clock_is_due,
}


def test_what_a_death_leaves_behind_is_known_for_every_place() -> None:
    assert set(AFTER_THE_FIRST_DEATH) == set(CrashPoint)


@pytest.mark.parametrize("point", list(CrashPoint), ids=str)
async def test_a_death_here_loses_nothing_and_repeats_nothing(
    point: CrashPoint, nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    commune, speed = (PROMPT, 1.0)
    if point in TIMERS:
        commune, speed = SLOW_TO_RECEIVE, TEN_HOURS_A_SECOND
    async with stage_for(
        CONNECTORS,
        nursery=nursery,
        database_url=database_url,
        broker=broker,
        folder=tmp_path,
        behaviours={COMMUNE: commune},
        speed=speed,
    ) as stage:
        stage.submit(range(DOSSIERS), birth)

        first = stage.gateway(crash_at=point)
        assert await first.ended(DIES_WITHIN) == -signal.SIGKILL
        AFTER_THE_FIRST_DEATH[point](stage)
        again = point if point in TIMERS else f"{point}:{AGAIN.get(point, 4)}"
        second = stage.gateway(crash_at=again)
        assert await second.ended(DIES_WITHIN) == -signal.SIGKILL
        untouched = await stage.gateway().ready()
        began = time.monotonic()
        accounts = await stage.settled(within=COMPLETES_WITHIN)

        print(f"{point}: at rest {time.monotonic() - began:.1f} s after a fresh start")
        accounts.must_be_clean()
        assert untouched.runs
        assert stage.rows("SELECT state, count(*) FROM transfers GROUP BY 1") == [
            ("completed", DOSSIERS)
        ]
        for record in stage.records.values():
            assert len(record.acted_hops) == DOSSIERS
            assert set(record.acted_hops.values()) == {1}
        if point in TIMERS:
            assert stage.count("SELECT count(*) FROM ledger WHERE act = 'clock.breached'") > 0
