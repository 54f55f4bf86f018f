"""Pauses: what they take from each unit, together and apart, and rolled deadlines inside them."""

import pytest

from routing.legaltime import DEFAULT_CUTOFF, Budget, Pause, StillPaused, WorkCalendar, due
from tests.unit.legaltime.questions import at, local


def deadline(calendar: WorkCalendar, arrived: str, budget: str, *pauses: tuple[str, str]) -> str:
    """Return the local deadline of what arrived, without a cutoff."""
    spans = [Pause(at(start), at(end)) for start, end in pauses]
    return local(due(calendar, at(arrived), Budget.parse(budget), None, spans).deadline_at)


@pytest.mark.parametrize(
    ("budget", "plain", "paused"),
    [
        ("1 wd", "2026-03-03 09:00", "2026-03-03 11:00"),  # 10:00-12:30: 1.5 h; 16:30-17: 0.5 h
        ("2 wh", "2026-03-02 11:00", "2026-03-02 14:30"),
        ("90 min", "2026-03-02 10:30", "2026-03-02 13:00"),
        ("2 h", "2026-03-02 11:00", "2026-03-02 13:30"),
        ("1 cd", "2026-03-03 09:00", "2026-03-03 12:00"),
    ],
)
def test_working_units_lose_the_working_time_and_the_others_the_clock_time(
    calendar: WorkCalendar, budget: str, plain: str, paused: str
) -> None:
    pauses = [("2026-03-02 10:00", "2026-03-02 12:30"), ("2026-03-02 16:30", "2026-03-02 17:00")]

    assert deadline(calendar, "2026-03-02 09:00", budget) == plain
    assert deadline(calendar, "2026-03-02 09:00", budget, *pauses) == paused


@pytest.mark.parametrize("budget", ["1 wd", "3 wh"])
def test_a_pause_in_the_night_costs_working_units_nothing(
    calendar: WorkCalendar, budget: str
) -> None:
    night = ("2026-03-02 17:30", "2026-03-03 07:30")

    assert deadline(calendar, "2026-03-02 15:30", budget, night) == deadline(
        calendar, "2026-03-02 15:30", budget
    )


def test_overlapping_and_nested_pauses_count_once(calendar: WorkCalendar) -> None:
    overlapping = [
        ("2026-03-02 10:00", "2026-03-02 11:00"),
        ("2026-03-02 10:30", "2026-03-02 11:30"),
        ("2026-03-02 10:15", "2026-03-02 10:20"),
    ]
    as_one = ("2026-03-02 10:00", "2026-03-02 11:30")

    for budget in ("1 wd", "2 wh", "24 h", "90 min", "2 cd"):
        assert deadline(calendar, "2026-03-02 09:00", budget, *overlapping) == deadline(
            calendar, "2026-03-02 09:00", budget, as_one
        )


def test_a_pause_that_covers_the_start_takes_only_what_follows_the_start(
    calendar: WorkCalendar,
) -> None:
    early = ("2026-03-01 08:00", "2026-03-02 10:00")

    answer = due(
        calendar, at("2026-03-02 09:00"), Budget.parse("1 wd"), None, [Pause(*map(at, early))]
    )

    assert local(answer.started_at) == "2026-03-02 09:00"
    assert local(answer.deadline_at) == "2026-03-03 10:00"


def test_a_pause_inside_the_wait_for_the_start_takes_nothing(calendar: WorkCalendar) -> None:
    pause = Pause(at("2026-03-06 16:30"), at("2026-03-09 07:30"))

    answer = due(calendar, at("2026-03-06 16:00"), Budget.parse("24 h"), DEFAULT_CUTOFF, [pause])

    assert local(answer.started_at) == "2026-03-09 07:30"
    assert local(answer.deadline_at) == "2026-03-10 07:30"


def test_a_pause_that_begins_at_the_deadline_comes_too_late(calendar: WorkCalendar) -> None:
    for budget, ends in (("1 wd", "2026-03-02 17:30"), ("10 h", "2026-03-02 17:30")):
        pause = (ends, "2026-03-20 10:00")
        assert deadline(calendar, "2026-03-02 07:30", budget, pause) == ends


def test_a_pause_of_no_length_changes_nothing(calendar: WorkCalendar) -> None:
    moment = ("2026-03-09 17:30", "2026-03-09 17:30")

    assert deadline(calendar, "2026-03-02 10:00", "5 cd", moment) == "2026-03-09 17:30"


@pytest.mark.parametrize(
    ("pauses", "ends"),
    [
        # 5 cd from Monday 02/03 10:00 end on Saturday 07/03 and roll to Monday 09/03 17:30.
        ([], "2026-03-09 17:30"),
        ([("2026-03-09 10:00", "2026-03-09 17:29")], "2026-03-09 17:30"),
        ([("2026-03-09 10:00", "2026-03-09 17:30")], "2026-03-09 17:30"),  # over at the close
        ([("2026-03-09 10:00", "2026-03-09 17:31")], "2026-03-10 17:30"),
        ([("2026-03-09 17:30", "2026-03-09 18:00")], "2026-03-10 17:30"),  # begins at the close
        ([("2026-03-09 10:00", "2026-03-11 09:00")], "2026-03-11 17:30"),
        ([("2026-03-09 10:00", "2026-03-10 17:30")], "2026-03-11 17:30"),  # closes *after* the end
        ([("2026-03-09 10:00", "2026-03-14 09:00")], "2026-03-16 17:30"),
        (
            [("2026-03-09 10:00", "2026-03-10 09:00"), ("2026-03-10 15:00", "2026-03-12 09:00")],
            "2026-03-12 17:30",  # out of one into the next: repeated
        ),
        (
            [("2026-03-09 10:00", "2026-03-10 17:30"), ("2026-03-10 17:30", "2026-03-11 17:30")],
            "2026-03-12 17:30",  # pauses that touch are one
        ),
    ],
)
def test_a_deadline_that_rolled_into_a_pause_moves_to_the_first_close_after_it(
    calendar: WorkCalendar, pauses: list[tuple[str, str]], ends: str
) -> None:
    assert deadline(calendar, "2026-03-02 10:00", "5 cd", *pauses) == ends


def test_a_calendar_day_deadline_that_did_not_roll_stays_at_the_start_of_a_pause(
    calendar: WorkCalendar,
) -> None:
    pause = ("2026-03-05 10:00", "2026-03-06 10:00")

    assert deadline(calendar, "2026-03-02 10:00", "3 cd", pause) == "2026-03-05 10:00"


def test_a_pause_may_bring_a_rolling_deadline_forward_off_a_day_off(
    calendar: WorkCalendar,
) -> None:
    # Known consequence of "elapsed time, rolled": Sunday 23:00 rolls to Monday 17:30, while one
    # paused hour more ends on Monday 00:00 and does not roll.
    plain = deadline(calendar, "2026-03-02 23:00", "6 cd")
    paused = deadline(
        calendar, "2026-03-02 23:00", "6 cd", ("2026-03-03 08:00", "2026-03-03 09:00")
    )

    assert (plain, paused) == ("2026-03-09 17:30", "2026-03-09 00:00")


def test_while_a_pause_is_open_there_is_no_deadline(calendar: WorkCalendar) -> None:
    pause = Pause(at("2026-03-02 10:00"), None)

    with pytest.raises(StillPaused, match="only a remainder"):
        due(calendar, at("2026-03-02 09:00"), Budget.parse("1 wd"), None, [pause])


def test_a_pause_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Pause(at("2026-03-02 10:00"), at("2026-03-02 09:00"))
