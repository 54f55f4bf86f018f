from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.api.running import Api, running


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    """The application of a running gateway, with its console."""
    async with running(database_url, documents_folder=tmp_path / "documents") as one:
        yield one
