"""Extension: a hop's deadline moves inside the promised date; that date moves once, in time."""

from datetime import UTC
from typing import Any

from routing.lifecycle.instants import written
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import ALLOCATION, COMMUNE, VN, Journey, declined, submit, vn

LAW: dict[str, Any] = {"reason": "kiểm tra thêm", "legal_basis": "NĐ 61/2018 Điều 19"}


def working() -> Journey:
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    journey.at("2026-03-02 08:31").delivered("commune-intake")
    journey.at("2026-03-02 08:35").receives("commune-intake")
    return journey


def test_a_hops_deadline_moves_inside_the_promised_date() -> None:
    journey = working()

    journey.at("2026-03-02 14:00").says(
        Kind.HOP_EXTENDED, "commune-intake", until=vn("2026-03-05 17:00"), **LAW
    )

    assert journey.hop("commune-intake").clock.deadline_at == vn("2026-03-05 17:00")
    assert journey.transfer.clock.deadline_at == vn("2026-03-09 08:30")
    assert journey.told() == [(COMMUNE, "hop.changed")]
    assert journey.last.sends[0].data["deadline_at"] == written(vn("2026-03-05 17:00"))


def test_saying_it_again_is_a_repeat() -> None:
    journey = working()
    until = vn("2026-03-05 17:00")
    journey.says(Kind.HOP_EXTENDED, "commune-intake", until=until, **LAW)

    assert journey.says(Kind.HOP_EXTENDED, "commune-intake", until=until, **LAW).repeated


def test_the_promised_date_moves_once_and_a_second_re_appointment_is_refused() -> None:
    journey = working()
    journey.says(Kind.HOP_EXTENDED, "commune-intake", until=vn("2026-03-12 17:00"), **LAW)
    assert journey.transfer.clock.deadline_at == vn("2026-03-12 17:00")
    assert journey.acted() == ["transfer.extended", "hop.extended"]
    assert (COMMUNE, "transfer.changed") in journey.told()

    again = journey.tries(Kind.HOP_EXTENDED, "commune-intake", until=vn("2026-03-16 17:00"), **LAW)

    assert declined(again).slug == "illegal-transition"
    assert "NĐ 61/2018/NĐ-CP, Điều 19.9" in declined(again).detail
    assert journey.transfer.clock.deadline_at == vn("2026-03-12 17:00")


def test_the_promised_date_moves_at_least_a_day_before_it() -> None:
    journey = working()
    journey.says(Kind.HOP_EXTENDED, "commune-intake", until=vn("2026-03-09 08:30"), **LAW)

    too_late = journey.at("2026-03-08 08:31").tries(
        Kind.HOP_EXTENDED, "commune-intake", until=vn("2026-03-12 17:00"), **LAW
    )
    assert declined(too_late).slug == "illegal-transition"
    assert "NĐ 61/2018/NĐ-CP, Điều 19.9" in declined(too_late).detail

    journey.at("2026-03-08 08:30").says(
        Kind.HOP_EXTENDED, "commune-intake", until=vn("2026-03-12 17:00"), **LAW
    )
    assert journey.transfer.clock.deadline_at == vn("2026-03-12 17:00")


def test_after_the_deadline_or_backwards_nothing_can_be_extended() -> None:
    journey = working()

    backwards = journey.tries(
        Kind.HOP_EXTENDED, "commune-intake", until=vn("2026-03-02 15:00"), **LAW
    )
    late = journey.at("2026-03-03 08:31").tries(
        Kind.HOP_EXTENDED, "commune-intake", until=vn("2026-03-05 17:00"), **LAW
    )

    assert declined(backwards).slug == "invalid-value"
    assert declined(late).slug == "invalid-value"


def test_while_paused_there_is_nothing_to_extend() -> None:
    journey = working()
    journey.pauses("commune-intake")

    result = journey.tries(Kind.HOP_EXTENDED, "commune-intake", until=vn("2026-03-05 17:00"), **LAW)

    assert declined(result).slug == "illegal-transition"


def test_what_was_left_of_an_extended_deadline_survives_a_pause() -> None:
    journey = working()
    journey.says(Kind.HOP_EXTENDED, "commune-intake", until=vn("2026-03-05 09:30"), **LAW)
    journey.at("2026-03-04 09:30").pauses("commune-intake")

    journey.at("2026-03-06 09:30").says(Kind.HOP_RESUMED, "commune-intake", reason="supplement")

    assert journey.hop("commune-intake").clock.deadline_at == vn("2026-03-09 09:30")


def test_the_last_day_is_warned_of_again_after_an_extension() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake")
    journey.later(seconds=5).delivered("land-extract")
    journey.later(minutes=5).receives("land-extract")
    names = [name for name, _ in journey.hop("land-extract").clock.warn_at]
    assert "1wd" in names
    journey.time("2026-03-03 08:00")

    journey.says(Kind.HOP_EXTENDED, "land-extract", until=vn("2026-03-06 17:00"), **LAW)

    assert "1wd" in [name for name, _ in journey.hop("land-extract").clock.warn_at]


def test_an_operator_moves_the_promised_date_under_the_same_rule() -> None:
    journey = working()

    journey.acts("extend", until=vn("2026-03-12 17:00"), legal_basis="NĐ 61/2018 Điều 19")
    again = journey.tries_to("extend", until=vn("2026-03-16 17:00"), legal_basis="x")

    assert journey.transfer.clock.extensions == 1
    assert declined(again).slug == "illegal-transition"


def test_a_deadline_that_was_asked_in_local_time_is_told_in_utc() -> None:
    journey = working()
    until = vn("2026-03-12 17:00").astimezone(VN)

    journey.says(Kind.HOP_EXTENDED, "commune-intake", until=until, **LAW)

    assert journey.transfer.clock.deadline_at is not None
    assert journey.transfer.clock.deadline_at.tzinfo is UTC
    assert journey.last.sends[-1].data["deadline_at"] == "2026-03-12T10:00:00Z"
