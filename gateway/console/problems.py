"""What goes wrong, as a page in the reader's language: what it is, whose, and what to do now.

Nothing of what was asked is repeated, and nothing tells apart what does not exist from what its
reader may not know of.
"""

from typing import Final, cast

import psycopg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException

from gateway.api.problems import Refusal
from gateway.console.pages import page_of
from gateway.people.rights import Ability, may_everywhere

log = structlog.get_logger()

TOLD: Final = frozenset({400, 403, 404, 405, 413, 415, 429, 500, 503})
"""The statuses that have words of their own; others are told as the nearest of these."""
_RETRY: Final = {"Retry-After": "5"}


def answer_with_pages(console: FastAPI) -> None:
    """Map every kind of error that can leave a screen."""
    console.add_exception_handler(HTTPException, _of_framework)
    console.add_exception_handler(RequestValidationError, _not_there)
    console.add_exception_handler(Refusal, _refused)
    console.add_exception_handler(PoolTimeout, _without_store)
    console.add_exception_handler(psycopg.OperationalError, _without_store)
    console.add_exception_handler(psycopg.InterfaceError, _without_store)
    console.add_exception_handler(Exception, _failed)


def problem_page(request: Request, status: int, headers: dict[str, str] | None = None) -> Response:
    """Make the page of a status; the application behind the request must be the console."""
    told = status if status in TOLD else (400 if status < 500 else 500)
    page = page_of(request)
    sees_all = page.visitor is not None and may_everywhere(page.visitor, Ability.SEE_WORK)
    return page.show(
        "problem.html",
        title=f"problem.{told}.title",
        status=status,
        headers=headers,
        told=told,
        sees_all=sees_all,
    )


async def _of_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem_page(request, error.status_code, dict(error.headers or {}))


async def _not_there(request: Request, _error: Exception) -> Response:
    """An address with a part that cannot be is one where nothing is."""
    return problem_page(request, 404)


async def _refused(request: Request, error: Exception) -> Response:
    refusal = cast(Refusal, error)
    return problem_page(request, refusal.problem.status, refusal.headers)


async def _without_store(request: Request, error: Exception) -> Response:
    log.warning("page.without_store", error=type(error).__name__)
    return problem_page(request, 503, dict(_RETRY))


async def _failed(request: Request, _error: Exception) -> Response:
    return problem_page(request, 500)
