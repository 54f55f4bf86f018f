"""Gives a test each way of handing over in turn: `async with open_way(behaviour) as way`."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

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
    dvcqg_way,
    edxml_way,
    land_tax_way,
    mailbox_way,
    rest_way,
    webhook_way,
)

OpenWay = Callable[..., AbstractAsyncContextManager[Way]]

WAYS: Final = {
    "webhook": webhook_way,
    "edxml": edxml_way,
    "mailbox": mailbox_way,
    "rest": rest_way,
    "land-tax": land_tax_way,
    "dvcqg": dvcqg_way,
}
EVERY: Final = ["amqp", *WAYS]
ANSWERING: Final = [name for name in EVERY if name != "dvcqg"]
"""Whose agencies answer what they are handed; the portal only takes."""
FLUENT: Final = [name for name in ANSWERING if name != "land-tax"]
"""Whose agencies can be told and can say everything; tax refuses nothing and submits nothing."""


@pytest.fixture(params=EVERY)
def open_way(request: pytest.FixtureRequest) -> OpenWay:
    """Open the way with an agency that behaves so; it runs unless `started=False`."""
    return _opener(request)


@pytest.fixture(params=ANSWERING)
def open_answering_way(request: pytest.FixtureRequest) -> OpenWay:
    """Open a way by which an agency also answers."""
    return _opener(request)


@pytest.fixture(params=FLUENT)
def open_fluent_way(request: pytest.FixtureRequest) -> OpenWay:
    """Open a way whose dialect has a word for everything."""
    return _opener(request)


def _opener(request: pytest.FixtureRequest) -> OpenWay:
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
        else:
            opened = WAYS[request.param](stand_in, behaviour, clock)
        async with opened as way:
            if not started:
                yield way
                return
            async with running(way.agency):
                yield way

    return open_
