"""A month whose outcomes are known is reported exactly so, by outcome and in the forms.

A tenth of it here; the whole of it in tests/chaos.
"""

from datetime import date
from typing import Any

from gateway.reports.making import ReportName, make_report
from gateway.reports.period import Period
from gateway.reports.question import Question
from tests.integration.reports.month import TENTH, Figures, month_of
from tests.stage.inside import Inside, rulebook

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


async def total_of(inside: Inside, name: ReportName, question: Question) -> dict[str, Any]:
    report = await make_report(inside.gateway.services.pool, rulebook(), name, question)
    assert not report.books.behind
    rows: list[dict[str, Any]] = report.view()["rows"]
    return rows[-1]


async def held(inside: Inside, figures: Figures) -> None:
    outcomes = await total_of(inside, ReportName.OUTCOMES, Question(MARCH))
    form = await total_of(inside, ReportName.BIEU_06, Question(MARCH))

    assert outcomes["received"] == figures.received
    assert outcomes["settled"] == figures.settled
    assert outcomes["settled_early"] == figures.early
    assert outcomes["settled_late"] == figures.late
    assert outcomes["open"] == figures.open
    assert outcomes["open_overdue"] == figures.overdue
    assert outcomes["returned"] == figures.returned
    assert outcomes["late_of_received"] == 1.08
    assert form["received"] == figures.received
    assert form["settled"] == figures.settled + figures.returned
    assert form["settled_on_time"] == figures.on_time + figures.returned
    assert form["open"] == figures.open


async def test_a_tenth_of_the_month(database_url: str) -> None:
    async with month_of(database_url, TENTH) as inside:
        await held(inside, TENTH)
