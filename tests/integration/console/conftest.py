from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.api.running import Api, running


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    """The application of a running gateway, with its console."""
    folder = tmp_path / "documents"
    async with running(database_url, documents_folder=folder, documents_reserve_megabytes=0) as one:
        yield one
