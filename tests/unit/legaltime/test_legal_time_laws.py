"""Laws of legal time that hold for every instant, budget and pause, drawn by Hypothesis."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from routing.legaltime import (
    Budget,
    CalendarUnknown,
    Pause,
    Unit,
    WorkCalendar,
    add,
    between,
    deadline_of,
    due,
    load_calendar,
    remainder,
    start_of,
    warning_instants,
)
from tests.unit.legaltime.questions import budgets, cutoffs, instants, pauses_after

CALENDAR: WorkCalendar = load_calendar("vn")
WORKING = (Unit.WORKING_DAY, Unit.WORKING_HOUR)
NEVER_ROLLING = (Unit.MINUTE, Unit.HOUR, *WORKING)
MICROSECOND = timedelta(microseconds=1)


@given(instants(), budgets())
def test_what_was_added_is_what_lies_between(start: datetime, budget: Budget) -> None:
    end = add(CALENDAR, start, budget)

    assert between(CALENDAR, start, end, budget.unit) == budget


@given(instants(), st.sampled_from(Unit), st.data())
def test_adding_twice_is_adding_the_sum(start: datetime, unit: Unit, data: st.DataObject) -> None:
    first, second = data.draw(budgets(unit)), data.draw(budgets(unit))

    stepwise = add(CALENDAR, add(CALENDAR, start, first), second)

    assert stepwise == add(CALENDAR, start, Budget(first.amount + second.amount, unit))


@given(instants(), budgets(Unit.WORKING_DAY))
def test_a_working_day_is_eight_working_hours(start: datetime, budget: Budget) -> None:
    hours = Budget(budget.amount * 8, Unit.WORKING_HOUR)

    assert add(CALENDAR, start, budget) == add(CALENDAR, start, hours)


@given(instants(), instants(), cutoffs(), st.data())
def test_who_arrives_later_is_due_no_earlier(
    one: datetime, other: datetime, cutoff: time | None, data: st.DataObject
) -> None:
    earlier, later = sorted((one, other))
    units = WORKING if cutoff is not None else NEVER_ROLLING
    budget, pauses = data.draw(budgets(*units)), data.draw(pauses_after(earlier))

    first = due(CALENDAR, earlier, budget, cutoff, pauses)
    second = due(CALENDAR, later, budget, cutoff, pauses)

    assert first.started_at <= second.started_at
    assert first.deadline_at <= second.deadline_at


def test_with_a_cutoff_clock_hours_of_a_night_start_before_those_of_the_day_off_before_it() -> None:
    """The one exception among units that never roll: the rules say both, each for itself."""
    budget, cutoff = Budget.parse("2 h"), time(15, 0)
    vietnam = timezone(timedelta(hours=7))

    new_year = due(CALENDAR, datetime(2024, 1, 1, 12, tzinfo=vietnam), budget, cutoff)
    night_after = due(CALENDAR, datetime(2024, 1, 2, 1, tzinfo=vietnam), budget, cutoff)

    assert new_year.started_at == datetime(2024, 1, 2, 7, 30, tzinfo=vietnam)
    assert night_after.started_at == datetime(2024, 1, 2, 1, tzinfo=vietnam)


@given(instants(), st.sampled_from(NEVER_ROLLING), cutoffs(), st.data())
def test_a_larger_budget_is_due_no_earlier(
    arrived_at: datetime, unit: Unit, cutoff: time | None, data: st.DataObject
) -> None:
    pauses = data.draw(pauses_after(arrived_at))
    small, large = sorted((data.draw(budgets(unit)), data.draw(budgets(unit))), key=_amount)

    first = due(CALENDAR, arrived_at, small, cutoff, pauses)
    second = due(CALENDAR, arrived_at, large, cutoff, pauses)

    assert first.started_at == second.started_at
    assert first.deadline_at <= second.deadline_at


@given(instants(), budgets(), cutoffs())
def test_a_clock_never_starts_before_the_arrival_nor_ends_before_the_start(
    arrived_at: datetime, budget: Budget, cutoff: time | None
) -> None:
    answer = due(CALENDAR, arrived_at, budget, cutoff)

    assert arrived_at <= answer.started_at <= answer.deadline_at
    assert answer.started_at.utcoffset() == answer.deadline_at.utcoffset() == timedelta(0)


@given(
    instants(), st.sampled_from(Unit), st.sampled_from((None, time(15), time(17, 30), time(23, 59)))
)
def test_starting_what_has_started_changes_nothing(
    arrived_at: datetime, unit: Unit, cutoff: time | None
) -> None:
    once = start_of(CALENDAR, arrived_at, unit, cutoff)

    assert start_of(CALENDAR, once, unit, cutoff) == once


@given(instants(), budgets(*NEVER_ROLLING), cutoffs(), st.data())
def test_pauses_only_postpone(
    arrived_at: datetime, budget: Budget, cutoff: time | None, data: st.DataObject
) -> None:
    pauses = data.draw(pauses_after(arrived_at))

    without = due(CALENDAR, arrived_at, budget, cutoff)
    paused = due(CALENDAR, arrived_at, budget, cutoff, pauses)

    assert paused.started_at == without.started_at
    assert paused.deadline_at >= without.deadline_at


@given(instants(), budgets(), cutoffs(), st.data(), st.randoms(use_true_random=False))
def test_only_the_union_of_the_pauses_matters(
    arrived_at: datetime, budget: Budget, cutoff: time | None, data: st.DataObject, chance: object
) -> None:
    pauses = data.draw(pauses_after(arrived_at))
    pieces = [*pauses, *pauses]
    for pause in pauses:
        assert pause.end is not None
        middle = pause.start + (pause.end - pause.start) / 3
        pieces += [Pause(pause.start, middle), Pause(middle, pause.end)]
    chance.shuffle(pieces)  # type: ignore[attr-defined]

    assert due(CALENDAR, arrived_at, budget, cutoff, pieces) == due(
        CALENDAR, arrived_at, budget, cutoff, pauses
    )


@given(instants(), budgets(), cutoffs())
def test_a_pause_that_is_over_before_the_start_changes_nothing(
    arrived_at: datetime, budget: Budget, cutoff: time | None
) -> None:
    plain = due(CALENDAR, arrived_at, budget, cutoff)
    before = Pause(arrived_at - timedelta(days=3), plain.started_at)

    assert due(CALENDAR, arrived_at, budget, cutoff, [before]) == plain


@given(instants(), budgets(*NEVER_ROLLING), cutoffs())
def test_a_pause_from_the_deadline_on_changes_nothing(
    arrived_at: datetime, budget: Budget, cutoff: time | None
) -> None:
    plain = due(CALENDAR, arrived_at, budget, cutoff)
    after = Pause(plain.deadline_at, plain.deadline_at + timedelta(days=3))

    assert due(CALENDAR, arrived_at, budget, cutoff, [after]) == plain


@given(instants(), budgets(*WORKING), cutoffs(), st.data())
def test_the_last_microsecond_of_a_working_budget_is_working_time(
    arrived_at: datetime, budget: Budget, cutoff: time | None, data: st.DataObject
) -> None:
    pauses = data.draw(pauses_after(arrived_at))

    answer = due(CALENDAR, arrived_at, budget, cutoff, pauses)

    if budget.amount == 0:
        assert answer.deadline_at == answer.started_at
        assert CALENDAR.next_opening(answer.deadline_at) == answer.deadline_at
    else:
        just_before = answer.deadline_at - MICROSECOND
        assert CALENDAR.working_between(just_before, answer.deadline_at) == MICROSECOND
        assert not any(_holds(pause, just_before) for pause in pauses)


@given(instants(), budgets(Unit.CALENDAR_DAY), cutoffs(), st.data())
def test_a_calendar_day_deadline_lies_on_a_working_day_and_rolls_to_a_close_outside_pauses(
    arrived_at: datetime, budget: Budget, cutoff: time | None, data: st.DataObject
) -> None:
    pauses = data.draw(pauses_after(arrived_at))

    answer = due(CALENDAR, arrived_at, budget, cutoff, pauses)

    day = CALENDAR.local_date(answer.deadline_at)
    assert CALENDAR.is_working_day(day)
    if remainder(CALENDAR, answer.started_at, budget, answer.deadline_at, pauses).amount == 0:
        used_up = deadline_of(
            CALENDAR, answer.started_at, Budget(budget.amount * 24, Unit.HOUR), pauses
        )
        if used_up != answer.deadline_at:
            assert answer.deadline_at == CALENDAR.close_of_day(day)
            assert not any(_holds(pause, answer.deadline_at) for pause in pauses)


@given(instants(), budgets(*NEVER_ROLLING), cutoffs(), st.data())
def test_the_deadline_is_the_first_instant_with_nothing_left(
    arrived_at: datetime, budget: Budget, cutoff: time | None, data: st.DataObject
) -> None:
    pauses = data.draw(pauses_after(arrived_at))
    answer = due(CALENDAR, arrived_at, budget, cutoff, pauses)

    at_deadline = remainder(CALENDAR, answer.started_at, budget, answer.deadline_at, pauses)
    before = remainder(
        CALENDAR, answer.started_at, budget, answer.deadline_at - MICROSECOND, pauses
    )

    assert at_deadline.amount == 0
    assert budget.amount == 0 or before.amount > 0


@given(
    instants(),
    budgets(*NEVER_ROLLING),
    cutoffs(),
    st.data(),
    st.fractions(0, 1, max_denominator=97),
)
def test_counting_on_with_the_remainder_leads_to_the_same_deadline(
    arrived_at: datetime,
    budget: Budget,
    cutoff: time | None,
    data: st.DataObject,
    share: Fraction,
) -> None:
    pauses = data.draw(pauses_after(arrived_at))
    answer = due(CALENDAR, arrived_at, budget, cutoff, pauses)
    span = (answer.deadline_at - answer.started_at) // MICROSECOND
    now = answer.started_at + int(span * share) * MICROSECOND

    left = remainder(CALENDAR, answer.started_at, budget, now, pauses)

    assert deadline_of(CALENDAR, now, left, pauses) == answer.deadline_at


@given(instants(), budgets(), st.timedeltas(timedelta(0), timedelta(days=20)))
def test_an_open_pause_freezes_the_remainder(
    started_at: datetime, budget: Budget, later: timedelta
) -> None:
    opened_at = started_at + timedelta(hours=30)
    pause = Pause(opened_at, None)

    at_opening = remainder(CALENDAR, started_at, budget, opened_at, [pause])
    afterwards = remainder(CALENDAR, started_at, budget, opened_at + later, [pause])

    assert afterwards == at_opening


@given(instants(), budgets(), cutoffs(), st.integers(-14 * 60, 14 * 60))
def test_the_offset_in_which_an_instant_is_written_does_not_matter(
    arrived_at: datetime, budget: Budget, cutoff: time | None, minutes: int
) -> None:
    elsewhere = arrived_at.astimezone(timezone(timedelta(minutes=minutes)))

    assert due(CALENDAR, elsewhere, budget, cutoff) == due(CALENDAR, arrived_at, budget, cutoff)


@given(instants(), budgets(), cutoffs(), st.data())
def test_warnings_come_in_order_once_each_between_start_and_deadline(
    arrived_at: datetime, budget: Budget, cutoff: time | None, data: st.DataObject
) -> None:
    pauses = data.draw(pauses_after(arrived_at))
    answer = due(CALENDAR, arrived_at, budget, cutoff, pauses)

    warnings = warning_instants(CALENDAR, answer.started_at, budget, answer.deadline_at, pauses)

    warned_at = [instant for _, instant in warnings]
    assert warned_at == sorted(set(warned_at))
    assert all(answer.started_at <= instant < answer.deadline_at for instant in warned_at)
    assert len({name for name, _ in warnings}) == len(warnings) <= 3


@given(st.dates(), st.times(), budgets(), cutoffs())
def test_any_instant_is_answered_or_refused_as_unknown(
    day: date, moment: time, budget: Budget, cutoff: time | None
) -> None:
    arrived_at = datetime.combine(day, moment, tzinfo=UTC)

    with suppress(CalendarUnknown):
        answer = due(CALENDAR, arrived_at, budget, cutoff)
        assert answer.deadline_at >= answer.started_at >= arrived_at


@given(st.fractions(0, 10**6, max_denominator=10**6), st.sampled_from(Unit))
def test_a_budget_reads_what_it_writes(amount: Fraction, unit: Unit) -> None:
    budget = Budget(amount, unit)

    assert Budget.parse(str(budget)) == budget


def _amount(budget: Budget) -> Fraction:
    return budget.amount


def _holds(pause: Pause, instant: datetime) -> bool:
    return pause.end is not None and pause.start <= instant < pause.end
