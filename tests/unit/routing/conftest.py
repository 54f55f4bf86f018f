"""The packaged tables and two instants, one in each era."""

from datetime import UTC, datetime

import pytest

from routing.directory import Directory, load_directory
from routing.legaltime import WorkCalendar, load_calendar
from routing.procedures import Catalogue, load_catalogue
from routing.units import Units, load_units


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="session")
def directory() -> Directory:
    return load_directory()


@pytest.fixture(scope="session")
def units() -> Units:
    return load_units()


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    return load_calendar("vn")


@pytest.fixture(scope="session")
def june_2025() -> datetime:
    return datetime(2025, 6, 20, 2, tzinfo=UTC)


@pytest.fixture(scope="session")
def march_2026() -> datetime:
    return datetime(2026, 3, 2, 1, tzinfo=UTC)
