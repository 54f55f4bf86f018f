"""Two timekeepers on one database: every timer fires, and none fires twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.commit.group import GroupCommitter
from gateway.settings import Settings
from gateway.wiring import run_gateway
from tests.integration.api.running import Api, running
from tests.stage.inside import rulebook

DOSSIERS = 40
FEW = 7
"""Timers a sweep: so small that both keepers are needed, and meet in the middle of the work."""

FIRED = """
SELECT transfer_id, act, step, round, body::json ->> 'reason', body::json #>> '{facts,threshold}'
FROM ledger
WHERE act IN ('clock.breached', 'clock.warned')
"""


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with running(database_url) as one:
        yield one


async def test_no_timer_fires_twice_however_two_keepers_meet(api: Api, database_url: str) -> None:
    settings = Settings(database_url=database_url, selftest_minutes=0)
    async with run_gateway(settings, clock=api.clock, rulebook=rulebook()) as other:
        commune = await api.sign_in()
        for _ in range(DOSSIERS):
            await api.submit(commune)

        for _ in range(40):
            api.clock.move(hours=6)
            await asyncio.gather(*_sweeps(api.gateway.committer), *_sweeps(other.committer))

        swept_by = await api.rows("SELECT count(DISTINCT xid) FROM ledger")

    fired = Counter(await _fired(api))
    assert set(fired.values()) == {1}
    kinds = Counter((act, reason, threshold) for _, act, _, _, reason, threshold in fired)
    assert kinds["clock.breached", "handover", None] == DOSSIERS
    assert kinds["clock.warned", None, "1wd"] == DOSSIERS
    assert kinds["clock.breached", "overall", None] == DOSSIERS
    assert swept_by[0][0] > DOSSIERS
    assert not await api.rows("SELECT 1 FROM transfers WHERE next_timer_at <= %s", api.clock.now())


async def test_a_keeper_that_lost_its_rows_to_the_other_does_not_judge_from_memory(
    api: Api, database_url: str
) -> None:
    settings = Settings(database_url=database_url, selftest_minutes=0)
    async with run_gateway(settings, clock=api.clock, rulebook=rulebook()) as other:
        await api.submit(await api.sign_in())
        api.clock.move(minutes=10)
        await _until_nothing_is_due(api, api.gateway.committer)  # remembers the transfer
        api.clock.move(hours=9)
        await _until_nothing_is_due(api, other.committer)
        before = await _fired(api)

        api.clock.move(days=1)
        await _until_nothing_is_due(api, api.gateway.committer)

    after = await _fired(api)
    assert set(before) < set(after)
    assert max(Counter(after).values()) == 1


def _sweeps(committer: GroupCommitter) -> list[Any]:
    return [committer.handle_due(FEW) for _ in range(3)]


async def _until_nothing_is_due(api: Api, committer: GroupCommitter) -> None:
    due = "SELECT 1 FROM transfers WHERE next_timer_at <= %s LIMIT 1"
    while await api.rows(due, api.clock.now()):
        await committer.handle_due(FEW)


async def _fired(api: Api) -> list[tuple[Any, ...]]:
    return await api.rows(FIRED)
