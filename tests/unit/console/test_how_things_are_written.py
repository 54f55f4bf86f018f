"""Instants, durations, numbers and texts as people of each language read them."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.console.formats import Formats
from gateway.console.words import Words

VI, EN = Formats("vi"), Formats("en")
_PO = b"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "stuck.count"
msgid_plural "stuck.count"
msgstr[0] "one transfer"
msgstr[1] "{n} transfers of {agency}"

msgid "stuck.none"
msgstr "nothing at {agency}"
"""


def test_instants_are_vietnams_whatever_the_zone() -> None:
    at = datetime(2026, 11, 25, 17, 5, 9, tzinfo=UTC)

    assert VI.instant(at) == EN.instant(at) == "26/11/2026 00:05"
    assert VI.day(at) == "26/11/2026"
    assert VI.clock(at) == "00:05:09"


@pytest.mark.parametrize(
    ("duration", "vi", "en"),
    [
        (timedelta(0), "0 giây", "0 seconds"),
        (timedelta(seconds=59.9), "59 giây", "59 seconds"),
        (timedelta(minutes=1, seconds=30), "1 phút", "1 minute"),
        (timedelta(hours=3, minutes=12, seconds=40), "3 giờ 12 phút", "3 hours 12 minutes"),
        (timedelta(days=2, minutes=5), "2 ngày", "2 days"),
        (timedelta(days=40, hours=1, minutes=5), "40 ngày 1 giờ", "40 days 1 hour"),
        (timedelta(seconds=-5), "0 giây", "0 seconds"),
    ],
)
def test_durations_are_told_by_their_largest_units(duration: timedelta, vi: str, en: str) -> None:
    assert (VI.lasting(duration), EN.lasting(duration)) == (vi, en)


def test_numbers_are_written_as_the_language_does() -> None:
    assert (VI.number(1234567), EN.number(1234567)) == ("1.234.567", "1,234,567")
    assert (VI.percent(0.9731), EN.percent(0.9731)) == ("97,3 %", "97.3 %")


def test_a_text_is_chosen_by_its_number_and_values_are_put_in() -> None:
    words = Words("en", [_PO])

    assert words("stuck.count", n=1, agency="H31") == "one transfer"
    assert words("stuck.count", n=1200, agency="H31") == "1,200 transfers of H31"
    assert words("stuck.none", agency="{n}") == "nothing at {n}"


def test_a_text_that_nobody_wrote_is_never_shown() -> None:
    with pytest.raises(KeyError):
        Words("en", [_PO])("stuck.unheard-of")


def test_a_text_that_two_screens_have_is_refused() -> None:
    with pytest.raises(ValueError, match="two catalogues"):
        Words("en", [_PO, _PO])
