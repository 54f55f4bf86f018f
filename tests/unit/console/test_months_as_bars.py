"""Twelve months as bars: the scale says what its lines stand for; no bar, no chart."""

from datetime import date

from gateway.console.report_charts import month_bars
from gateway.reports.overview import Month

NOVEMBER = date(2026, 11, 1)


def test_months_without_a_dossier_are_no_chart() -> None:
    assert month_bars([Month(NOVEMBER)]).is_empty
    assert not month_bars([Month(NOVEMBER, received=1)]).is_empty


def test_the_middle_line_is_half_of_the_upper() -> None:
    chart = month_bars([Month(NOVEMBER, received=5)])

    assert (chart.most, chart.half) == (5, 2.5)
