"""Bars over the last day: every count is drawn to scale, on top of what is below it."""

from datetime import UTC, datetime, timedelta

from gateway.console.charts import HEIGHT, bars_of
from gateway.reports.traffic import Quarter

START = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)


def test_pieces_of_a_bar_stand_on_each_other_to_scale() -> None:
    quarters = [Quarter(START, handed_quickly=30, handed_late=10)]

    chart = bars_of(quarters, "handed_quickly", "handed_in_time", "handed_late")

    assert (chart.most, chart.total) == (50, 40)
    assert [(one.kind, one.y, one.height) for one in chart.bars] == [
        ("handed_quickly", HEIGHT - 72, 72),
        ("handed_late", HEIGHT - 96, 24),
    ]


def test_hours_are_vietnams_and_nothing_is_drawn_of_nothing() -> None:
    quarters = [Quarter(START + n * timedelta(minutes=15)) for n in range(96)]

    chart = bars_of(quarters, "submitted")

    assert chart.bars == ()
    assert [said for _, said in chart.hours] == [f"{hour:02d}:00" for hour in range(0, 24, 3)]
