"""One JSON exchange with a partner's host, by the bounded call that every connector makes.

Never a redirect, never another host, never more than 1 MiB of answer, never longer than the time
that is left. What went wrong is one of our own codes; what was answered is the partner's to mean.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from connectors.http_calls import Failed, HttpCalls

LARGEST_ANSWER: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be asked: the address is complete, and what it holds stays out of `repr`."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer: status, headers (lower case), and its JSON, None if it is none."""

    status: int
    headers: Mapping[str, str]
    document: Any = field(repr=False)


class JsonCalls:
    """What several dialects of one process may share."""

    def __init__(self, *, verify: ssl.SSLContext | bool = True) -> None:
        self._calls = HttpCalls(verify=verify, largest=LARGEST_ANSWER + 1, tries=1)

    async def aclose(self) -> None:
        await self._calls.aclose()

    async def exchange(self, request: Request, *, ends_at: float) -> Answered | Failed:
        """Make one call; `ends_at` is the event loop's time."""
        came = await self._calls.call(
            request.method,
            request.url,
            ends_at=ends_at,
            body=request.body,
            headers=request.headers,
        )
        if isinstance(came, Failed):
            return came
        headers = {name.lower(): value for name, value in came.headers.items()}
        return Answered(came.status, headers, _document(came.body))


def _document(body: bytes) -> Any:
    """Read the JSON; what is larger than the bound is no answer."""
    try:
        return orjson.loads(body) if len(body) <= LARGEST_ANSWER else None
    except orjson.JSONDecodeError:
        return None
