"""A pause keeps its legal basis and the number of its document, and no words."""

import pytest

from routing.lifecycle.references import reference_of
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import ALLOCATION, Journey, submit

STEP = "commune-intake"
BASIS = "NĐ 61/2018 Điều 19"


def working() -> Journey:
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    journey.at("2026-03-02 08:35").receives(STEP)
    return journey


def test_an_open_pause_says_what_it_rests_on() -> None:
    journey = working()

    journey.at("2026-03-02 10:30").pauses(STEP, document="12/TB-UBND")

    clock = journey.hop(STEP).clock
    assert (clock.pause_basis, clock.pause_document) == (BASIS, "12/TB-UBND")
    paused = journey.last.entries[0]
    assert paused.legal_basis == BASIS
    assert paused.facts["document"] == "12/TB-UBND"


def test_a_closed_pause_still_says_it() -> None:
    journey = working()
    journey.at("2026-03-02 10:30").pauses(STEP, document="12/TB-UBND")

    journey.at("2026-03-03 10:30").says(Kind.HOP_RESUMED, STEP, reason="supplement")

    clock = journey.hop(STEP).clock
    [pause] = clock.pauses
    assert (pause.legal_basis, pause.document) == (BASIS, "12/TB-UBND")
    assert (clock.pause_basis, clock.pause_document) == (None, None)


def test_the_overall_clock_rests_on_what_the_hop_rests_on() -> None:
    journey = working()

    journey.at("2026-03-02 10:30").pauses(STEP)

    assert journey.transfer.clock.pause_basis == BASIS
    [held] = [entry for entry in journey.last.entries if entry.act == "clock.paused"]
    assert held.legal_basis == BASIS


def test_what_is_no_number_stays_in_the_message() -> None:
    journey = working()

    journey.at("2026-03-02 10:30").pauses(STEP, document="Thông báo cho bà Bí Mật")

    assert journey.hop(STEP).clock.pause_document is None
    assert "document" not in journey.last.entries[0].facts


@pytest.mark.parametrize(
    "document",
    ["12/TB-UBND", "03/2026/QĐ-BTP", "12a/PYC-CAX", "7-2026", "15/PC-CNVPĐK2"],
)
def test_numbers_of_documents_are_kept(document: str) -> None:
    assert reference_of(document) == document


@pytest.mark.parametrize(
    "document",
    [
        None,
        "",
        "Nguyễn Thị B",
        "NguyenThiB",
        "12/TB UBND",
        "12/bà-Bí-Mật",
        "001099012345",
        "0912-345-678",
        "034/099/012345",
        "https://example.vn/12",
        "12/TB-UBND\n",
    ],
)
def test_what_may_be_a_person_is_not(document: str | None) -> None:
    assert reference_of(document) is None
