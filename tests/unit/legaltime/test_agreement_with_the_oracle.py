"""The fast arithmetic and the slow walk give the same answer, or are both unable to.

``LIENTHONG_ORACLE_CASES=200000 pytest …`` asks more; ``LIENTHONG_ORACLE_SEED`` asks others.
"""

import os
import random
from datetime import timedelta
from fractions import Fraction

import orjson

from gateway.cli.deadline import run_lines
from routing.legaltime import (
    Budget,
    CalendarUnknown,
    Due,
    WorkCalendar,
    add,
    between,
    due,
    explain,
    remainder,
)
from tests.unit.legaltime import oracle
from tests.unit.legaltime.questions import VN, Question, aware, random_question

CASES = int(os.environ.get("LIENTHONG_ORACLE_CASES", "3000"))
SEED = int(os.environ.get("LIENTHONG_ORACLE_SEED", "20260302"))


def test_every_deadline_is_the_oracles(calendar: WorkCalendar) -> None:
    chance = random.Random(SEED)
    answered = 0

    for number in range(CASES):
        question = random_question(chance)
        ours, walked = _ours(calendar, question), _walked(question)
        assert ours == walked, f"case {number} of seed {SEED}: {question}"
        answered += ours is not None

    assert answered > CASES * 0.8


def test_every_explanation_ends_at_the_oracles_deadline_and_adds_up(
    calendar: WorkCalendar,
) -> None:
    chance = random.Random(SEED + 1)

    for number in range(CASES // 10):
        question = random_question(chance)
        walked = _walked(question)
        if walked is None or not _all_days_known(question, walked):
            continue
        told = explain(
            calendar, aware(question.arrived_at), question.budget, question.cutoff, question.spans
        )
        assert Due(told.started_at, told.deadline_at) == walked, f"case {number}: {question}"
        total = sum((day.counted.amount for day in told.days), Fraction(0))
        assert total == told.days[-1].total.amount
        assert 0 <= total - question.budget.amount < Fraction(1, 10**6), question


def test_every_remainder_is_the_oracles(calendar: WorkCalendar) -> None:
    chance = random.Random(SEED + 2)

    for number in range(CASES // 3):
        question = random_question(chance)
        walked = _walked(question)
        if walked is None or not _all_days_known(question, walked):
            continue
        now = walked.started_at + timedelta(
            microseconds=chance.randrange(
                1 + (walked.deadline_at - walked.started_at) // timedelta(microseconds=1)
            )
        )
        left = remainder(calendar, walked.started_at, question.budget, now, question.spans)
        seconds = oracle.elapsed(
            walked.started_at.astimezone(VN).replace(tzinfo=None),
            now.astimezone(VN).replace(tzinfo=None),
            question.budget.unit.value,
            question.pauses,
        )
        whole = oracle.length_of(question.budget.amount, question.budget.unit.value)
        expected = max(Fraction(0), whole - seconds)
        got = oracle.length_of(left.amount, left.unit.value)
        assert got == expected, f"case {number} of seed {SEED}: {question} at {now}"


def test_between_is_the_time_that_the_oracle_walks(calendar: WorkCalendar) -> None:
    chance = random.Random(SEED + 3)

    for _ in range(CASES // 3):
        question = random_question(chance)
        start, unit = question.arrived_at, question.budget.unit
        try:
            end = add(calendar, aware(start), question.budget)
            measured = between(calendar, aware(start), end, unit)
        except CalendarUnknown:
            continue
        walked = oracle.elapsed(start, end.astimezone(VN).replace(tzinfo=None), unit.value, ())
        assert oracle.length_of(measured.amount, unit.value) == walked


def test_the_line_oriented_command_agrees_too(calendar: WorkCalendar) -> None:
    chance = random.Random(SEED + 4)
    questions = [random_question(chance) for _ in range(CASES // 3)]

    for question, line in zip(questions, run_lines(map(_line, questions)), strict=True):
        answer, walked = orjson.loads(line), _walked(question)
        if walked is None or not _all_days_known(question, walked):
            assert answer.keys() == {"error"}, question
        else:
            assert answer == {
                "started_at": walked.started_at.astimezone(VN).isoformat(),
                "deadline_at": walked.deadline_at.astimezone(VN).isoformat(),
            }, question


def _ours(calendar: WorkCalendar, question: Question) -> Due | None:
    try:
        return due(
            calendar, aware(question.arrived_at), question.budget, question.cutoff, question.spans
        )
    except CalendarUnknown:
        return None


def _walked(question: Question) -> Due | None:
    budget = question.budget
    try:
        walked = oracle.answer(
            question.arrived_at,
            budget.amount,
            budget.unit.value,
            question.cutoff,
            question.pauses,
        )
    except oracle.Unknown:
        return None
    return Due(aware(walked.started_at), aware(walked.deadline_at))


def _all_days_known(question: Question, walked: Due) -> bool:
    days = (walked.started_at.astimezone(VN).date(), walked.deadline_at.astimezone(VN).date())
    return all(oracle.FIRST_DAY <= day <= oracle.LAST_DAY for day in days) and (
        question.arrived_at.date() >= oracle.FIRST_DAY
    )


def _line(question: Question) -> bytes:
    budget: Budget = question.budget
    return orjson.dumps(
        {
            "start": question.arrived_at.replace(tzinfo=VN),
            "budget": str(budget),
            "cutoff": None if question.cutoff is None else question.cutoff.isoformat(),
            "pauses": [{"from": aware(start), "to": aware(end)} for start, end in question.pauses],
        }
    )
