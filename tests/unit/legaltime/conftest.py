"""The packaged calendar, read once."""

import pytest

from routing.legaltime import WorkCalendar, load_calendar


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    """The newest ``vn`` calendar."""
    return load_calendar("vn")
