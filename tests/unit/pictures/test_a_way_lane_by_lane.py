"""A way drawn for a screen: themed, joined where branches join, delays told by who caused them."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest

from gateway.pictures.axis import axis_for
from gateway.pictures.blame import delays
from gateway.pictures.captions import Captions
from gateway.pictures.lanes import Panorama, draw_lanes, themed
from gateway.pictures.story import Mark, Point, Span, Story
from gateway.pictures.svg import width_of
from gateway.sandbox.chains.stories import EXAMPLES
from routing.lifecycle.charges import Charge, Party
from tests.unit.gateway.desk import rulebook
from tests.unit.pictures.test_a_picture_can_be_read import example, story_of


def drawn(story: Story) -> Panorama:
    return draw_lanes(story, rulebook().calendar, now=None)


def every_svg(way: Panorama) -> list[str]:
    rows = [row.svg for row in (way.whole, *way.rows)]
    return [way.head, *rows, *filter(None, [way.charges]), *(sign for sign, _ in way.legend)]


@pytest.mark.parametrize("code", [one.procedure for one in EXAMPLES])
def test_every_piece_is_markup_in_the_screens_own_colours(code: str) -> None:
    pieces = every_svg(drawn(story_of(example(code))))

    for piece in pieces:
        ElementTree.fromstring(piece)
        assert re.findall(r"#[0-9a-f]{6}|style=|<script", piece) == []


def test_a_colour_that_no_theme_has_is_an_error() -> None:
    with pytest.raises(KeyError):
        themed('<rect fill="#123456"/>')


def test_every_agencys_turn_is_a_row_and_says_aloud_what_it_shows() -> None:
    story = story_of(example("1.012781"))

    way = drawn(story)

    assert [row.key for row in way.rows] == [lane.key for lane in story.lanes]
    assert any("quá hạn 10/03 10:20" in row.heard for row in way.rows)
    assert any("quá hạn, do bên xử lý: 10/03 10:20 – " in row.svg for row in way.rows)


def test_a_join_names_every_branch_that_it_waited_for() -> None:
    story = story_of(example("9.000008"))

    [join] = [lane for lane in story.lanes if lane.step == "issue-local"]

    assert set(join.joins) >= {("opinion-land", 1), ("opinion-fire", 1)}


def test_a_delay_is_cut_by_who_is_charged_for_it() -> None:
    story = story_of(example("1.012781"))
    [late] = [
        lane for lane in story.lanes if any(one.kind is Span.OVERDUE for one in lane.stretches)
    ]
    [over] = [one for one in late.stretches if one.kind is Span.OVERDUE]
    middle = over.start + timedelta(hours=3)
    assert late.key is not None
    step, round_ = late.key
    charged = [Charge(over.start, middle, Party.NETWORK, None, step, round_, "outage")]

    cut = list(delays(late, charged))

    assert [(one.start, one.end, one.party) for one in cut] == [
        (over.start, middle, Party.NETWORK),
        (middle, over.end, Party.RECEIVER),
    ]
    assert any(one.kind is Mark.BREACHED for one in late.points)


def test_what_was_handed_over_late_is_not_told_as_still_to_be_handed_over() -> None:
    story = story_of(example("1.012781"))
    lane = story.lanes[0]
    at = lane.points[0].at
    limit = Point(at, Mark.BREACHED, "handover")
    waits = replace(lane, points=(limit,))
    came = replace(lane, points=(limit, Point(at + timedelta(hours=1), Mark.DELIVERED)))

    said = [drawn(replace(story, lanes=(one,))).rows[0].heard for one in (waits, came)]

    assert "chưa giao được" in said[0]
    assert "giao chậm" in said[1]
    assert "chưa giao được" not in said[1]


def test_every_deadline_is_said_beside_its_row_as_well() -> None:
    story = story_of(example("1.012781"))

    way = drawn(story)

    for lane, row in zip((story.whole, *story.lanes), (way.whole, *way.rows), strict=True):
        has_one = any(one.kind is Mark.DEADLINE for one in lane.points)
        assert row.due.startswith("hạn ") is has_one


def test_many_days_are_named_where_they_begin_too() -> None:
    calendar = rulebook().calendar
    first = datetime(2026, 3, 2, 9, tzinfo=calendar.zone)
    captions = Captions(
        axis_for(calendar, first, first + timedelta(days=4), 12, 888), calendar, "vi"
    )

    begins = [one.left for one in captions.axis.days]
    middles = [
        float(x) - width_of(f"T{number} 00/00", 11, bold=number == 2) / 2
        for number, x in enumerate(
            re.findall(r'x="([\d.]+)"', "".join(captions.days(56, 0, at_start=True))), 2
        )
    ]

    assert middles == pytest.approx(begins, abs=3)


def test_few_days_are_named_where_they_begin_with_the_hours_of_work() -> None:
    calendar = rulebook().calendar
    first = datetime(2026, 3, 2, 9, tzinfo=calendar.zone)
    axis = axis_for(calendar, first, first + timedelta(days=1), 12, 888)

    said = "".join(Captions(axis, calendar, "vi").hours(56))

    assert [re.findall(r">(T\d \d\d/\d\d)<", said)] == [["T2 02/03", "T3 03/03"]]
    assert f'x="{axis.days[0].left:g}' in said
    assert re.findall(r">(\d\d:\d\d)<", said)
