"""How many legal deadlines one core computes per second, by API and by JSON lines.

Run: ``python bench/deadlines.py``. The last line is JSON. Each figure is the best of five passes
over the same seeded questions (all units, with and without cutoff, a fifth of them paused), by
CPU time, since the machine may be busy with other things.
"""

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from typing import TypeVar

import orjson

from gateway.cli.deadline import run_lines
from routing.legaltime import Budget, Pause, WorkCalendar, due, load_calendar

QUESTIONS = 20_000
_BUDGETS = ("3 wd", "0.5 wd", "10 wd", "2 wh", "10 min", "24 h", "15 cd", "5 wd", "0.25 wd", "1 wd")

T = TypeVar("T")
Question = tuple[datetime, Budget, clock_time | None, tuple[Pause, ...]]


def main() -> None:
    """Measure and print."""
    calendar = load_calendar("vn")
    questions = _questions(random.Random(20260302))
    plain = [question for question in questions if not question[3]]
    lines = [_line(question) for question in questions]
    result = {
        "due_per_s": _best(questions, lambda batch: _ask(calendar, batch)),
        "due_without_pauses_per_s": _best(plain, lambda batch: _ask(calendar, batch)),
        "lines_per_s": _best(lines, _answer),
        "questions": len(questions),
    }
    print(orjson.dumps(result).decode())


def _ask(calendar: WorkCalendar, questions: Sequence[Question]) -> None:
    for arrived_at, budget, cutoff, pauses in questions:
        due(calendar, arrived_at, budget, cutoff, pauses)


def _answer(lines: Sequence[bytes]) -> None:
    refused = sum(answer.startswith(b'{"error"') for answer in run_lines(lines))
    assert refused == 0, f"{refused} of {len(lines)} lines were refused"


def _best(batch: Sequence[T], work: Callable[[Sequence[T]], None]) -> int:
    fastest = float("inf")
    for _ in range(5):
        began = time.process_time()
        work(batch)
        fastest = min(fastest, time.process_time() - began)
    return round(len(batch) / fastest)


def _questions(chance: random.Random) -> list[Question]:
    first = datetime(2024, 1, 2, tzinfo=UTC)
    questions: list[Question] = []
    for number in range(QUESTIONS):
        arrived_at = first + timedelta(seconds=chance.randrange(1000 * 86_400))
        pauses: tuple[Pause, ...] = ()
        if number % 5 == 0:
            began = arrived_at + timedelta(seconds=chance.randrange(3 * 86_400))
            pauses = (Pause(began, began + timedelta(seconds=chance.randrange(5 * 86_400))),)
        cutoff = clock_time(15) if number % 3 else None
        questions.append((arrived_at, Budget.parse(chance.choice(_BUDGETS)), cutoff, pauses))
    return questions


def _line(question: Question) -> bytes:
    arrived_at, budget, cutoff, pauses = question
    return orjson.dumps(
        {
            "start": arrived_at.isoformat(),
            "budget": str(budget),
            "cutoff": None if cutoff is None else "15:00",
            "pauses": [
                {"from": pause.start.isoformat(), "to": pause.end.isoformat()}
                for pause in pauses
                if pause.end is not None
            ],
        }
    )


if __name__ == "__main__":
    main()
