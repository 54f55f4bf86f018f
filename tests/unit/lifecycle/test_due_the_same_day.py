"""A clock whose limit is the day itself: a mortgage at the land registry (NĐ 99/2022 Điều 16)."""

from typing import Any

from routing.lifecycle.model import LimitName
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import declined, folded, submit, vn

MORTGAGE = "9.000013"
STEP = "registration"
NOTICE: dict[str, Any] = {
    "reason": "kiểm tra tài sản gắn liền với đất",
    "legal_basis": "NĐ 99/2022 Điều 16",
}


def test_it_runs_from_the_land_offices_receipt_to_the_close_of_that_day() -> None:
    journey = submit(MORTGAGE, "2026-03-02 14:50")
    journey.delivered(STEP)

    journey.at("2026-03-02 14:59").receives(STEP)

    clock = journey.hop(STEP).clock
    assert (clock.rule, clock.started_at) == ("same-day", vn("2026-03-02 14:59"))
    assert clock.deadline_at == vn("2026-03-02 17:30")


def test_received_after_three_it_has_until_the_close_of_the_next_working_day() -> None:
    journey = submit(MORTGAGE, "2026-03-06 14:50")
    journey.delivered(STEP)

    journey.at("2026-03-06 15:10").receives(STEP)

    clock = journey.hop(STEP).clock
    assert clock.started_at == vn("2026-03-09 07:30")
    assert clock.deadline_at == vn("2026-03-09 17:30")


def test_without_a_receipt_it_runs_from_the_end_of_the_receipt_limit() -> None:
    journey = submit(MORTGAGE, "2026-03-02 09:00")
    journey.delivered(STEP)

    journey.time("2026-03-02 11:02")

    assert journey.hop(STEP).clock.deadline_at == vn("2026-03-02 17:30")


def test_an_outage_over_the_close_gives_until_the_close_of_the_day_it_ends() -> None:
    journey = submit(MORTGAGE, "2026-03-02 09:00")
    journey.delivered(STEP)
    journey.at("2026-03-02 09:30").receives(STEP)

    journey.at("2026-03-02 16:00").pauses(STEP, "outage")
    paused = journey.hop(STEP).clock.deadline_at
    journey.at("2026-03-04 09:00").says(Kind.HOP_RESUMED, STEP, reason="outage")

    assert paused is None
    assert journey.hop(STEP).clock.deadline_at == vn("2026-03-04 17:30")


def test_a_justified_notice_extends_it_to_three_working_days_and_no_further() -> None:
    journey = submit(MORTGAGE, "2026-03-02 09:00")
    journey.delivered(STEP)
    journey.at("2026-03-02 09:30").receives(STEP)

    folded(journey.tries(Kind.HOP_EXTENDED, STEP, until=vn("2026-03-05 09:00"), **NOTICE))

    assert journey.hop(STEP).clock.deadline_at == vn("2026-03-05 09:00")
    journey.at("2026-03-04 10:00")
    late = journey.tries(Kind.HOP_EXTENDED, STEP, until=vn("2026-03-06 09:00"), **NOTICE)
    assert declined(late).slug == "illegal-transition"


def test_it_is_late_after_the_close() -> None:
    journey = submit(MORTGAGE, "2026-03-02 09:00")
    journey.delivered(STEP)
    journey.at("2026-03-02 09:30").receives(STEP)

    journey.time("2026-03-02 17:32")

    assert journey.hop(STEP).clock.breached == (LimitName.DEADLINE,)
