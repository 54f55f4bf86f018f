"""A hundred random agencies join, are rotated, suspended and removed under traffic; every pair."""

import asyncio
import random
import time

import pytest

from tests.broker import Broker
from tests.integration.api.running import running
from tests.integration.joining.office import Office
from tests.stage.facts import eventually
from tests.stage.neighbours import Neighbourhood

NEIGHBOURS = 100


@pytest.mark.chaos
async def test_a_hundred_agencies_keep_apart(database_url: str, broker: Broker) -> None:
    urls = {"amqp_url": broker.url, "amqp_admin_url": broker.admin_url}
    began = time.monotonic()
    async with running(database_url, **urls) as api:
        office = Office(api, await api.sign_in(None, "operator"))
        town = Neighbourhood(office, broker, random.Random(1))
        await town.settle(NEIGHBOURS)
        await town.trade(4 * NEIGHBOURS)

        async with asyncio.TaskGroup() as at_once:
            at_once.create_task(town.live_on(3 * NEIGHBOURS))
            at_once.create_task(town.trade(10 * NEIGHBOURS))
            at_once.create_task(town.try_every_pair())
        await eventually(town.everybody_is_let_in, within=120)
        foreign = await town.taken_in_anothers_name()

    took = time.monotonic() - began
    print(
        f"{len(town.neighbours)} agencies, {town.acts} acts, {town.sent} dossiers,"
        f" {town.tries.made} tries, {len(town.tries.succeeded)} succeeded, {took:.0f} s"
    )
    assert town.tries.succeeded == []
    assert town.tries.made > NEIGHBOURS * (NEIGHBOURS - 1) * 10
    assert foreign == []
