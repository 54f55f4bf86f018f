"""Working time is drawn to scale; nights, lunches and days off are narrow, and nothing is lost."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from gateway.pictures.axis import Kind, axis_for
from routing.legaltime import load_calendar

VN = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = load_calendar("vn")
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
SPANS = st.tuples(
    st.integers(0, 960_000).map(lambda minutes: BEGIN + timedelta(minutes=minutes)),
    st.timedeltas(timedelta(minutes=1), timedelta(days=40)),
)


def vn(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VN).astimezone(UTC)


@given(SPANS)
def test_stretches_follow_each_other_without_gap(span: tuple[datetime, timedelta]) -> None:
    first, length = span

    axis = axis_for(CALENDAR, first, first + length, 0, 1000)

    assert axis.left == 0
    assert round(axis.right, 6) == 1000
    assert axis.stretches[0].start <= first
    assert axis.stretches[-1].end >= first + length
    for one, following in pairwise(axis.stretches):
        assert one.end == following.start
        assert one.right == following.left


@given(SPANS, st.lists(st.floats(0, 1), min_size=2, max_size=8))
def test_what_comes_later_never_lies_further_left(
    span: tuple[datetime, timedelta], shares: list[float]
) -> None:
    first, length = span
    axis = axis_for(CALENDAR, first, first + length, 0, 1000)

    places = [axis.x(first + length * share) for share in sorted(shares)]

    assert places == sorted(places)
    assert all(0 <= x <= 1000.000001 for x in places)


def test_an_hour_of_work_is_as_wide_on_every_day() -> None:
    axis = axis_for(CALENDAR, vn("2026-03-02 08:00"), vn("2026-03-12 16:00"), 0, 1000)

    hours = {
        round((one.right - one.left) / ((one.end - one.start) / timedelta(hours=1)), 6)
        for one in axis.stretches
        if one.kind is Kind.WORK
    }

    assert len(hours) == 1


def test_nine_days_of_tet_take_less_room_than_two_days_of_work() -> None:
    axis = axis_for(CALENDAR, vn("2026-02-12 08:00"), vn("2026-02-25 16:00"), 0, 1000)

    [tet] = [one for one in axis.stretches if len(one.days) >= 5]
    two_days = 2 * (axis.days[0].right - axis.days[0].left)
    assert len(tet.days) == 9
    assert tet.right - tet.left < two_days


def test_a_make_up_saturday_is_a_day_of_work() -> None:
    axis = axis_for(CALENDAR, vn("2026-08-21 08:00"), vn("2026-08-24 16:00"), 0, 1000)

    assert [f"{day.date:%d/%m}" for day in axis.days] == ["21/08", "22/08", "24/08"]
