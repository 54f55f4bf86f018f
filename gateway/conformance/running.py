"""Run cases one after another, tell each as it ends, and never let one spoil the next."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from gateway.conformance.verdicts import Case, Failure, NotApplicable, Result, Verdict

Subject = TypeVar("Subject")

LONGEST_CASE = 600.0
"""Seconds: whatever a case waits for, it ends."""


async def run_cases(
    cases: Iterable[Case[Subject]],
    subject: Subject,
    *,
    on_result: Callable[[Result], None] = lambda _result: None,
) -> Sequence[Result]:
    """Return one result per case, in order. A fault of the kit itself is raised, not reported."""
    results: list[Result] = []
    for case in cases:
        began = time.monotonic()
        verdict, seen, remedy = Verdict.PASSED, None, None
        try:
            async with asyncio.timeout(LONGEST_CASE):
                await case.play(subject)
        except NotApplicable as why:
            verdict, seen = Verdict.NOT_APPLICABLE, str(why)
        except Failure as failure:
            verdict, seen, remedy = Verdict.FAILED, failure.seen, failure.remedy
        except TimeoutError:
            verdict = Verdict.FAILED
            seen, remedy = f"it did not end within {LONGEST_CASE:g} s", case.asks
        results.append(
            Result(
                case.name,
                case.title_vi,
                case.title_en,
                verdict,
                time.monotonic() - began,
                seen,
                remedy,
            )
        )
        on_result(results[-1])
    return results
