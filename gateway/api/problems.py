"""Errors as problem documents (RFC 9457): our own, the framework's, the database's.

Nothing of what was sent is repeated: a value could be somebody's name.
"""

from collections.abc import Mapping
from typing import Any

import orjson
import psycopg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from gateway.commit.group import Busy
from gateway.joining.going_live import NotReady
from gateway.joining.states import JoiningRefused, NoSuchMember, NotNow
from schemas.pointers import pointer_to
from schemas.problems import Problem, ProblemAt, ProblemType, problem

log = structlog.get_logger()

PROBLEM_MEDIA_TYPE = "application/problem+json"
RETRY_SOON = {"Retry-After": "1"}
RETRY_LATER = {"Retry-After": "5"}


class Refusal(Exception):
    """A request that ends in a problem document."""

    def __init__(
        self,
        found: Problem,
        *,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
        media: str = PROBLEM_MEDIA_TYPE,
    ) -> None:
        super().__init__(found.type)
        self.problem = found
        self.media = media
        self.headers = dict(headers or {})
        self.members = dict(members or {})


def refuse(
    slug: ProblemType,
    detail: str,
    pointer: str | None = None,
    *,
    headers: Mapping[str, str] | None = None,
) -> Refusal:
    """Make the exception that a handler raises."""
    return Refusal(problem(slug, detail, pointer), headers=headers)


def problem_body(found: Problem, members: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the document's members, with extension members beside the standard ones."""
    return {**found.model_dump(mode="json", exclude_none=True), **(members or {})}


def problem_response(
    found: Problem,
    *,
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, Any] | None = None,
    media: str = PROBLEM_MEDIA_TYPE,
) -> Response:
    """Answer with a problem document and its own status."""
    return Response(
        orjson.dumps(problem_body(found, members), option=orjson.OPT_UTC_Z),
        status_code=found.status,
        media_type=media,
        headers=dict(headers or {}),
    )


def unavailable() -> Problem:
    """The database does not answer."""
    return problem(ProblemType.UNAVAILABLE, "the gateway's store does not answer now")


def overloaded() -> Problem:
    """More waits to be stored than may wait."""
    return problem(ProblemType.OVERLOADED, "too much is waiting to be stored")


def answer_with_problems(app: FastAPI) -> None:
    """Map every kind of error that can leave a handler."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(JoiningRefused, _not_joined)
    app.add_exception_handler(HTTPException, _of_framework)
    app.add_exception_handler(RequestValidationError, _of_parameters)
    app.add_exception_handler(Busy, _busy)
    app.add_exception_handler(PoolTimeout, _without_store)
    app.add_exception_handler(psycopg.OperationalError, _without_store)
    app.add_exception_handler(psycopg.InterfaceError, _without_store)
    app.add_exception_handler(ClientDisconnect, _gone)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return problem_response(
        error.problem, headers=error.headers, members=error.members, media=error.media
    )


async def _not_joined(_request: Request, error: Exception) -> Response:
    match error:
        case NoSuchMember():
            return problem_response(problem(ProblemType.NOT_FOUND, str(error)))
        case NotReady(missing=missing):
            found = problem(ProblemType.NOT_READY, str(error))
            return problem_response(found, members={"missing": list(missing)})
        case NotNow():
            return problem_response(problem(ProblemType.NOT_READY, str(error)))
        case _:
            return problem_response(problem(ProblemType.INVALID_VALUE, str(error)))


async def _of_framework(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    match error.status_code:
        case 404:
            found = problem(ProblemType.NOT_FOUND, "there is nothing at this address")
        case 405:
            found = problem(ProblemType.METHOD_NOT_ALLOWED, "not with this method")
        case 413:
            found = problem(ProblemType.TOO_LARGE, "the body is too large")
        case 415:
            found = problem(ProblemType.UNSUPPORTED_MEDIA_TYPE, "this content type is not read")
        case status if status < 500:
            found = problem(ProblemType.BAD_QUERY, "the request could not be read")
        case _:
            found = problem(ProblemType.INTERNAL, "the gateway failed")
    return problem_response(found, headers=error.headers)


async def _of_parameters(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    mistakes = error.errors()
    named = [_named(mistake) for mistake in mistakes[:20]]
    where = ", ".join(sorted({str(mistake["loc"][0]) for mistake in mistakes if mistake["loc"]}))
    in_body = all(mistake["loc"] and mistake["loc"][0] == "body" for mistake in mistakes)
    slug = ProblemType.INVALID_VALUE if in_body else ProblemType.BAD_QUERY
    first = named[0] if named else None
    detail = f"{where}: {first.detail}" if first else "the request could not be read"
    pointer = first.pointer if first and in_body else None
    return problem_response(problem(slug, detail, pointer, named if len(named) > 1 else None))


def _named(mistake: Mapping[str, Any]) -> ProblemAt:
    place = mistake["loc"][1:] if mistake["loc"] else ()
    pointer = pointer_to(place)
    match str(mistake["type"]):
        case "missing":
            told = "is missing"
        case "json_invalid":
            told, pointer = "is not JSON", ""
        case "extra_forbidden":
            told = "is not known"
        case _:
            told = _expected(str(mistake["type"]), mistake.get("ctx") or {})
    name = pointer.lstrip("/") or "the body"
    return ProblemAt(pointer=pointer, detail=f"{name} {told}")


def _expected(error: str, rule: Mapping[str, Any]) -> str:
    """Say the rule that was broken, never the value that broke it."""
    match error:
        case "greater_than_equal":
            return f"must be at least {rule['ge']}"
        case "less_than_equal":
            return f"must be at most {rule['le']}"
        case "too_long":
            return f"must be given at most {rule['max_length']} times"
        case "string_too_long":
            return f"must have at most {rule['max_length']} characters"
        case "string_pattern_mismatch":
            return f"must match {rule['pattern']}"
        case "literal_error" | "enum":
            return f"must be one of {rule['expected']}"
        case "int_parsing" | "int_type" | "int_from_float":
            return "must be an integer"
        case "bool_parsing" | "bool_type":
            return "must be true or false"
        case "uuid_parsing" | "uuid_type":
            return "must be a UUID"
        case _ if error.startswith(("datetime", "timezone")) or error == "not_an_instant":
            return (
                "must be an instant with offset (2026-03-02T01:00:00Z; "
                "in an address + is %2B, as in 2026-03-02T08:00:00%2B07:00) or a day"
            )
    return "is not valid"


async def _busy(_request: Request, _error: Exception) -> Response:
    return problem_response(overloaded(), headers=RETRY_SOON)


async def _without_store(_request: Request, error: Exception) -> Response:
    log.warning("request.without_store", error=type(error).__name__)
    return problem_response(unavailable(), headers=RETRY_LATER)


async def _gone(_request: Request, _error: Exception) -> Response:
    """The caller hung up while it was still sending: nobody reads this."""
    return Response(status_code=400)
