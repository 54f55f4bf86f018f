from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.api.running import Api, running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "documents"


@pytest.fixture
async def api(database_url: str, folder: Path) -> AsyncIterator[Api]:
    """The application of a gateway that keeps documents."""
    async with running(database_url, documents_folder=folder, documents_reserve_megabytes=0) as one:
        yield one
