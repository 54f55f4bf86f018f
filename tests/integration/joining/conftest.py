from collections.abc import AsyncIterator

import pytest

from tests.integration.api.running import Api, running
from tests.integration.joining.office import Office


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The application of a running gateway."""
    async with running(database_url) as one:
        yield one


@pytest.fixture
async def office(api: Api) -> Office:
    """The operator's desk."""
    return Office(api, await api.sign_in(None, "operator"))
