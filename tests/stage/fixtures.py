"""Fixtures of tests that perform on a stage; a folder's conftest imports what it uses."""

from collections.abc import Iterator

import pytest

from tests.stage.nursery import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """The worker's nursery of gateway processes."""
    one = Nursery()
    yield one
    one.close()
