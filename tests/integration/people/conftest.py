from collections.abc import AsyncIterator

import pytest

from tests.integration.api.running import Api, running


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The application of a running gateway."""
    async with running(database_url) as one:
        yield one
