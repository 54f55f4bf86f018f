"""A route over legal time: bars begin where clocks start, end where they are due, lane by lane."""

from datetime import datetime

from gateway.console.formats import ZONE
from gateway.console.route_picture import RouteStep, numbered, picture_of_route
from tests.stage.inside import rulebook


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


WHOLE = RouteStep("Hồ sơ", "Xã", at(2, 16), at(3, 7, 30), at(5, 17, 30), "hạn", "whole")
FIRST = RouteStep("Một", "Xã", at(2, 16), at(3, 7, 30), at(3, 17, 30), "hạn", "inside", (0,))
SECOND = RouteStep("Hai", "Thuế", at(3, 17, 30), at(4, 7, 30), at(4, 17, 30), "hạn", "bad", (1,))
THIRD = RouteStep("Ba", "Kho bạc", at(4, 17, 30), None, None, "không hạn", "inside", (2,))


def test_a_bar_waits_for_its_clock_and_ends_at_its_deadline() -> None:
    picture = picture_of_route([WHOLE, FIRST, SECOND, THIRD], rulebook().calendar, "vi")
    whole, first, second, third = picture.bars

    assert first.x < first.start < first.end
    assert (first.x, first.start) == (whole.x, whole.start)
    assert first.end < second.start < second.end < whole.end
    assert (third.limited, third.end) == (False, third.x)
    assert all(picture.left <= bar.x <= bar.end <= picture.width for bar in picture.bars)
    assert whole.y < first.y < second.y < third.y < picture.height


def test_each_deadline_is_written_at_its_bar_in_local_time() -> None:
    picture = picture_of_route([WHOLE, FIRST, SECOND, THIRD], rulebook().calendar, "vi")

    assert [one.said for one in picture.texts if one.kind == "due"] == [
        "hạn 05/03 17:30",
        "hạn 03/03 17:30",
        "hạn 04/03 17:30",
        "không hạn",
    ]
    assert [one.said for one in picture.days] == ["T2 02/03", "T3 03/03", "T4 04/03", "T5 05/03"]


def test_what_does_not_run_hands_on_what_fed_it() -> None:
    after = {"a": (), "b": ("a",), "c": ("b",), "d": ("b", "c")}

    assert numbered(["a", "c", "d"], after) == {"a": [0], "c": [1], "d": [1, 2]}
