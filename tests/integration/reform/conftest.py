from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from tests.integration.api.running import VN, Api, running

MONDAY = datetime(2025, 6, 30, 8, 30, tzinfo=VN)
"""The last day of the districts, and of Thái Bình."""


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The application of a running gateway, on the eve of the reform."""
    async with running(database_url) as one:
        one.clock.move(seconds=(MONDAY - one.clock.now()).total_seconds())
        yield one
