"""17,603 dossiers of a month, said as messages, are reported exactly: what a province published."""

import pytest

from gateway.reports.making import ReportName
from gateway.reports.question import Question
from tests.integration.reports.month import WHOLE, month_of
from tests.integration.reports.test_a_month_is_reported_exactly import MARCH, held, total_of

pytestmark = pytest.mark.chaos


async def test_the_whole_month(database_url: str) -> None:
    assert (WHOLE.received, WHOLE.settled, WHOLE.returned) == (17_603, 15_878, 134)

    async with month_of(database_url, WHOLE) as inside:
        await held(inside, WHOLE)

        form = await total_of(inside, ReportName.BIEU_06, Question(MARCH))
        assert (form["settled"], form["settled_on_time"]) == (16_012, 13_697)
