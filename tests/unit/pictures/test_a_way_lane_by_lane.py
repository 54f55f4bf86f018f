"""A way drawn for a screen: themed, joined where branches join, delays told by who caused them."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from gateway.pictures.blame import delays
from gateway.pictures.lanes import Panorama, draw_lanes, themed
from gateway.pictures.story import Mark, Span, Story
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
