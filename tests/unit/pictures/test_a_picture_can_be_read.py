"""What every picture promises: well-formed, nothing active in it, nothing told by colour alone."""

import re
from datetime import datetime
from xml.etree import ElementTree

import pytest

from gateway.pictures.drawing import draw
from gateway.pictures.story import Mark, Story, tell
from gateway.sandbox.chains.cast import cast_all
from gateway.sandbox.chains.stories import EXAMPLES, Example
from tests.unit.gateway.desk import rulebook
from tests.unit.pictures.folded import play

SVG = "{http://www.w3.org/2000/svg}"


def story_of(example: Example, *, english: bool = False) -> Story:
    [cast] = cast_all([example], rulebook())
    played = play(cast, rulebook())
    procedure = rulebook().catalogue.get(
        played.transfer.procedure, played.transfer.procedure_version
    )
    return tell(
        played.transfer,
        played.ledger,
        title=procedure.title_en if english else procedure.title_vi,
        names={},
        now=played.transfer.last_event_at,
        english=english,
    )


def ended_at(story: Story) -> datetime:
    [end] = [one.at for one in story.whole.points if one.kind is Mark.ENDED]
    return end


def example(code: str) -> Example:
    [found] = [one for one in EXAMPLES if one.procedure == code]
    return found


@pytest.mark.parametrize("code", [one.procedure for one in EXAMPLES])
def test_it_is_well_formed_and_holds_nothing_active_or_fetched(code: str) -> None:
    text = draw(story_of(example(code)), rulebook().calendar)

    root = ElementTree.fromstring(text)
    names = {one.tag.removeprefix(SVG) for one in root.iter()}
    assert not names & {"script", "style", "image", "foreignObject", "a", "use"}
    assert not [key for one in root.iter() for key in one.attrib if key.startswith("on")]
    assert re.findall(r"https?://[^\"']+", text) == ["http://www.w3.org/2000/svg"]


def test_it_says_the_same_to_who_only_hears_it() -> None:
    root = ElementTree.fromstring(draw(story_of(example("1.012781")), rulebook().calendar))

    told = root.findtext(f"{SVG}desc") or ""
    assert root.findtext(f"{SVG}title") == (
        "Đăng ký đất đai, cấp Giấy chứng nhận có xác định nghĩa vụ tài chính"
    )
    assert "quá hạn 10/03 10:20" in told
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "p-title p-desc"


def test_what_is_late_differs_in_pattern_and_in_mark_not_only_in_colour() -> None:
    text = draw(story_of(example("1.012781")), rulebook().calendar)

    assert 'fill="url(#p-overdue)"' in text
    assert "quá hạn" in text


def test_english_is_the_second_language() -> None:
    text = draw(story_of(example("9.000013"), english=True), rulebook().calendar, language="en")

    assert "Registration of a mortgage of land use rights" in text
    assert "the same day" in text
    assert "outage" in text
    assert "hạn " not in text


def test_ids_of_two_pictures_in_one_page_do_not_meet() -> None:
    story, calendar = story_of(example("1.012783")), rulebook().calendar

    one, other = (
        set(re.findall(r'id="([^"]+)"', draw(story, calendar, prefix=name))) for name in "ab"
    )

    assert one
    assert not one & other


def test_a_deadline_weeks_after_the_end_does_not_squeeze_the_story() -> None:
    story = story_of(example("1.014137"))

    lasted = ended_at(story) - story.since
    dues = [one.at for lane in story.lanes for one in lane.points if one.kind is Mark.DEADLINE]
    assert story.until - story.since <= lasted * 1.8
    assert max(dues) > story.until
    assert "hạn 31/03 14:12" in draw(story, rulebook().calendar)


def test_a_text_of_a_title_is_written_as_text() -> None:
    story = story_of(example("2.000908"))
    hostile = Story(**{name: getattr(story, name) for name in story.__slots__} | {"title": "<&>"})

    root = ElementTree.fromstring(draw(hostile, rulebook().calendar))

    assert root.findtext(f"{SVG}title") == "<&>"
