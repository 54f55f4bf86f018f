from collections.abc import AsyncIterator

import pytest

from tests.broker import Broker
from tests.contract.strangers.doors import Doors, open_doors


@pytest.fixture
async def doors(database_url: str, broker: Broker) -> AsyncIterator[Doors]:
    """A gateway's doors: HTTP on a port, AMQP with the rights of one agency."""
    async with open_doors(database_url, broker) as opened:
        yield opened
