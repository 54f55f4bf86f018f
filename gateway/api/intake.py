"""Hand messages to the group committer and wait for their answers, within bounds.

HTTP never waits for the broker: only for the commit. An answer that does not come in time is not
a refusal: the message may have been taken, and the same id asks again.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import Response

from gateway.api.problems import (
    RETRY_LATER,
    RETRY_SOON,
    Refusal,
    overloaded,
    problem_body,
    problem_response,
)
from gateway.commit.group import Busy, GroupCommitter
from gateway.commit.items import Answer, Item, Judged
from schemas.problems import PROBLEM_URN_PREFIX, Problem, ProblemType, problem

STALLED_SECONDS = 5.0
ANSWER_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No answer: `found` says why, and whether the message may have been taken."""

    found: Problem


async def judge(committer: GroupCommitter, judged: Sequence[Judged]) -> list[Answer | Unanswered]:
    """Commit messages in order; one answer each. What follows one that found no room finds none."""
    refuse_if_stalled(committer)
    futures: list[asyncio.Future[Any]] = []
    for item in judged:
        try:
            futures.append(committer.enqueue(item))
        except Busy:
            break
    if futures:
        await asyncio.wait(futures, timeout=ANSWER_SECONDS)
    answers: list[Answer | Unanswered] = [_answer(future) for future in futures]
    return answers + [Unanswered(overloaded())] * (len(judged) - len(answers))


async def commit(committer: GroupCommitter, item: Item) -> Any:
    """Commit what is no message and return its answer; raise Refusal if none comes in time."""
    refuse_if_stalled(committer)
    future = committer.enqueue(item)
    await asyncio.wait((future,), timeout=ANSWER_SECONDS)
    if not future.done():
        raise Refusal(unknown_outcome(), headers=RETRY_LATER)
    return future.result()


def refuse_if_stalled(committer: GroupCommitter) -> None:
    """Refuse at once when nothing gets through: the caller can wait better than we can."""
    if committer.stalled_for() > STALLED_SECONDS:
        raise Refusal(
            problem(ProblemType.UNAVAILABLE, "the gateway cannot store anything now"),
            headers=RETRY_LATER,
        )


def unknown_outcome() -> Problem:
    """The answer did not come in time; unlike `unavailable` this promises nothing."""
    return problem(
        ProblemType.OUTCOME_UNKNOWN,
        f"no answer within {ANSWER_SECONDS:g} s; the message may have been taken",
    )


def response_of(answer: Answer | Unanswered) -> Response:
    """Say an answer in HTTP: 202 the first time, 200 for a duplicate, the problem's own status."""
    match answer:
        case Unanswered(found):
            headers = RETRY_SOON if found.status == 429 or _is_overloaded(found) else RETRY_LATER
            return problem_response(found, headers=headers)
        case Answer(verdict="refused"):
            found = _problem_in(answer)
            return problem_response(found, members={"receipt": orjson.Fragment(answer.receipt)})
        case Answer():
            return Response(
                answer.receipt,
                status_code=answer.status,
                media_type="application/json",
                headers=_location(answer),
            )


def document_of(answer: Answer | Unanswered) -> orjson.Fragment | dict[str, Any]:
    """Say an answer as one item of a batch: the receipt, or the problem document."""
    match answer:
        case Unanswered(found):
            return problem_body(found)
        case Answer(verdict="refused"):
            return problem_body(_problem_in(answer), {"receipt": orjson.Fragment(answer.receipt)})
        case Answer():
            return orjson.Fragment(answer.receipt)


def _answer(future: asyncio.Future[Any]) -> Answer | Unanswered:
    if not future.done():
        return Unanswered(unknown_outcome())
    answer = future.result()
    if isinstance(answer, Answer):
        return answer
    return Unanswered(problem(ProblemType.INTERNAL, "the gateway could not store this message"))


def _problem_in(answer: Answer) -> Problem:
    """Return the refusal's problem; an answer that was read back has it in its receipt alone."""
    if answer.problem is not None:
        return answer.problem
    return Problem.model_validate_json(orjson.dumps(orjson.loads(answer.receipt)["problem"]))


def _location(answer: Answer) -> dict[str, str]:
    transfer = orjson.loads(answer.receipt).get("transfer")
    return {"Location": f"/v1/transfers/{transfer}"} if transfer else {}


def _is_overloaded(found: Problem) -> bool:
    return found.type == f"{PROBLEM_URN_PREFIX}{ProblemType.OVERLOADED}"
