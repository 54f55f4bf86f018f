"""The outermost layer: times every request, lets no failure out unanswered, sets safe headers."""

import time
from typing import Any

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.api.problems import problem_response
from gateway.observability.metrics import HttpMetrics
from schemas.problems import ProblemType, problem

log = structlog.get_logger()


class Watch:
    """ASGI middleware around every route."""

    def __init__(self, app: ASGIApp, metrics: HttpMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def send_watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, send_watched)
        except Exception as error:
            log.exception("request.failed", route=_route(scope), error=type(error).__name__)
            if status:
                raise
            found = problem(ProblemType.INTERNAL, "the gateway failed")
            await problem_response(found)(scope, receive, send_watched)
        finally:
            self._metrics.requests.labels(
                _route(scope), _method(scope), f"{status // 100}xx"
            ).observe(time.perf_counter() - began)


def _route(scope: Scope) -> str:
    """Name the route by its pattern: a path itself could be anything, and any number of them."""
    route: Any = scope.get("route")
    return getattr(route, "path", None) or "none"


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in {"GET", "POST"} else "other"
