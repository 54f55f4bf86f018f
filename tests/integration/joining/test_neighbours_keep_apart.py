"""Twelve random agencies join, are rotated, suspended and removed under traffic; nobody trespasses.

Every pair is tried, over HTTP and AMQP, while it happens and again at rest; a hundred of them in
tests/chaos. Documents have a test of their own (integration/documents/test_every_pair_of_agencies).
"""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from tests.broker import Broker
from tests.integration.api.running import Api, running
from tests.integration.joining.office import Office
from tests.stage.facts import eventually
from tests.stage.neighbours import Neighbourhood

NEIGHBOURS = 12


@pytest.fixture
async def api(database_url: str, broker: Broker) -> AsyncIterator[Api]:
    urls = {"amqp_url": broker.url, "amqp_admin_url": broker.admin_url}
    async with running(database_url, **urls) as one:
        yield one


async def test_nobody_ever_reads_or_writes_what_is_not_theirs(
    office: Office, broker: Broker
) -> None:
    town = Neighbourhood(office, broker, random.Random(20260302))
    await town.settle(NEIGHBOURS)
    await town.trade(4 * NEIGHBOURS)

    async with asyncio.TaskGroup() as at_once:
        at_once.create_task(town.live_on(NEIGHBOURS))
        at_once.create_task(town.trade(4 * NEIGHBOURS))
        at_once.create_task(town.try_every_pair())
    await eventually(town.everybody_is_let_in, within=60)
    await town.try_every_pair()

    assert town.tries.succeeded == []
    assert town.tries.made > NEIGHBOURS * (NEIGHBOURS - 1) * 10
    assert town.sent > NEIGHBOURS
    assert await town.taken_in_anothers_name() == []
    own = [await town.may_publish(one) for one in town.neighbours if one.amqp is not None]
    assert own
    assert all(own)
