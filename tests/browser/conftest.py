"""What browser tests ask for: one Chromium per worker, a running gateway per test.

Browser, gateway and tests share the session's event loop: a test module says so with
`pytestmark = IN_BROWSER`.
"""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import partial

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.chromium import PROGRAM, Reader, chromium, reading
from tests.browser.stage import Town, town


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker("browser")
            item.add_marker(pytest.mark.xdist_group("browser"))
            if PROGRAM is None or shutil.which("npm") is None:
                item.add_marker(pytest.mark.skip(reason="needs chromium and npm"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The worker's Chromium."""
    async with chromium() as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def gateway(database_url: str) -> AsyncIterator[Town]:
    """A running gateway that listens on a port of its own."""
    async with town(database_url) as one:
        yield one


Reading = Callable[..., AbstractAsyncContextManager[Reader]]


@pytest_asyncio.fixture(loop_scope="session")
async def reads(browser: Browser, gateway: Town) -> Reading:
    """Open a window on the gateway: `async with reads(language="en") as reader`."""
    return partial(reading, browser, gateway.base)


@pytest_asyncio.fixture(loop_scope="session")
async def reader(reads: Reading) -> AsyncIterator[Reader]:
    """A window in Vietnamese."""
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(reads())
