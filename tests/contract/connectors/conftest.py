"""Gives a test each way of handing over in turn: `async with open_way(behaviour) as way`."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from connectors.simulators import Behaviour, running
from gateway.clock import SteppedClock
from tests.broker import Broker
from tests.contract.connectors.stand_in import StandIn
from tests.contract.connectors.ways import (
    FRIDAY,
    MONDAY,
    Way,
    amqp_way,
    edxml_way,
    mailbox_way,
    webhook_way,
)

OpenWay = Callable[..., AbstractAsyncContextManager[Way]]


@pytest.fixture(params=["amqp", "webhook", "edxml", "mailbox"])
def open_way(request: pytest.FixtureRequest) -> OpenWay:
    """Open the way with an agency that behaves so; it runs unless `started=False`."""
    broker: Broker | None = None
    if request.param == "amqp":
        broker = request.getfixturevalue("broker")

    @asynccontextmanager
    async def open_(
        behaviour: Behaviour | None = None, *, started: bool = True
    ) -> AsyncIterator[Way]:
        stand_in, clock = StandIn(), SteppedClock(MONDAY, FRIDAY)
        behaviour = behaviour or Behaviour()
        if broker is not None:
            opened = amqp_way(stand_in, behaviour, clock, broker.url)
        elif request.param == "webhook":
            opened = webhook_way(stand_in, behaviour, clock)
        elif request.param == "edxml":
            opened = edxml_way(stand_in, behaviour, clock)
        else:
            opened = mailbox_way(stand_in, behaviour, clock)
        async with opened as way:
            if not started:
                yield way
                return
            async with running(way.agency):
                yield way

    return open_
