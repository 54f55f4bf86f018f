"""`make oracle`: a million random questions to `lienthong deadline -`, and the oracle's answers.

The command runs as a program of its own, as in a script; the oracle walks each question here, one
process per core. Every chunk has its own seed, so that a case that differs is found again by its
number. Ends with exit code 1 at the first difference, or when the time allowed is used up.
"""

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.unit.legaltime import oracle
from tests.unit.legaltime.questions import VN, Question, aware, random_question

CASES: Final = 1_000_000
MINUTES: Final = 30.0
CHUNK: Final = 10_000
LEAST_ANSWERED: Final = 0.8
"""Of random questions, as many have an answer; were it fewer, little would be compared."""
LIENTHONG: Final = Path(sys.executable).with_name("lienthong")


@dataclass(frozen=True, slots=True)
class Compared:
    """What a chunk came to."""

    asked: int
    answered: int
    differs: str | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask, compare, show how far it is; return the exit code."""
    parser = argparse.ArgumentParser(prog="make oracle", description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=20260302)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="at most; then it fails")
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    asked, answered, fault = _ask_all(chosen.cases, chosen.seed, chosen.minutes * 60)
    if fault is None and answered < asked * LEAST_ANSWERED:
        fault = f"only {answered:,} of {asked:,} questions have an answer"
    result = {
        "cases": asked,
        "answered": answered,
        "agree": fault is None,
        "seed": chosen.seed,
        "seconds": round(time.monotonic() - began),
    }
    if fault is not None:
        print(f"oracle: {fault}", file=sys.stderr)
    print(orjson.dumps(result).decode())
    return 0 if fault is None else 1


def compare(seed: int, cases: int) -> Compared:
    """Ask the command and the oracle the same questions."""
    chance = random.Random(seed)
    questions = [random_question(chance) for _ in range(cases)]
    told = subprocess.run(
        [LIENTHONG, "deadline", "-"],
        input=b"\n".join(map(line_of, questions)) + b"\n",
        capture_output=True,
        check=True,
    )
    lines = told.stdout.splitlines()
    if len(lines) != cases:
        return Compared(cases, 0, f"seed {seed}: {len(lines)} answers to {cases} questions")
    answered = 0
    for number, (question, line) in enumerate(zip(questions, lines, strict=True)):
        ours, expected = orjson.loads(line), answer_of(question)
        if (ours if expected is not None else set(ours)) != (expected or {"error"}):
            found = f"seed {seed}, case {number}: {question}: {ours}, not {expected}"
            return Compared(number + 1, answered, found)
        answered += expected is not None
    return Compared(cases, answered)


def line_of(question: Question) -> bytes:
    """Write a question as the command reads it."""
    return orjson.dumps(
        {
            "start": question.arrived_at.replace(tzinfo=VN),
            "budget": str(question.budget),
            "cutoff": None if question.cutoff is None else question.cutoff.isoformat(),
            "pauses": [{"from": aware(start), "to": aware(end)} for start, end in question.pauses],
        }
    )


def answer_of(question: Question) -> dict[str, str] | None:
    """Return the oracle's answer as the command writes it; None where the days are not known."""
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
    days = (question.arrived_at.date(), walked.started_at.date(), walked.deadline_at.date())
    if not all(oracle.FIRST_DAY <= day <= oracle.LAST_DAY for day in days):
        return None
    return {
        "started_at": walked.started_at.replace(tzinfo=VN).isoformat(),
        "deadline_at": walked.deadline_at.replace(tzinfo=VN).isoformat(),
    }


def _ask_all(cases: int, seed: int, seconds: float) -> tuple[int, int, str | None]:
    sizes = [min(CHUNK, cases - first) for first in range(0, cases, CHUNK)]
    until = time.monotonic() + seconds
    asked = answered = 0
    columns = (TextColumn("cases"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with (
        ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as workers,
        Progress(*columns, console=Console(stderr=True)) as progress,
    ):
        task = progress.add_task("cases", total=cases)
        waiting: set[Future[Compared]] = {
            workers.submit(compare, seed + number, size) for number, size in enumerate(sizes)
        }
        while waiting:
            left = until - time.monotonic()
            done, waiting = wait(waiting, timeout=max(0.0, left), return_when=FIRST_COMPLETED)
            for one in done:
                compared = one.result()
                asked += compared.asked
                answered += compared.answered
                progress.update(task, completed=asked)
                if compared.differs is not None:
                    workers.shutdown(wait=False, cancel_futures=True)
                    return asked, answered, compared.differs
            if not done:
                workers.shutdown(wait=False, cancel_futures=True)
                return asked, answered, f"{asked:,} of {cases:,} cases in {seconds / 60:g} minutes"
    return asked, answered, None


if __name__ == "__main__":
    sys.exit(main())
