"""Sends exactly the bytes and headers that it is told, and tells what came back: for probing.

Nothing is signed, renewed, repeated or interpreted here, redirects are not followed, and of an
answer no more than 1 MiB is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

import httpx
import orjson

LARGEST_ANSWER: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What a server answered; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def document(self) -> Any:
        """The body read as JSON; None if it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """No answer came: `why` names the failure, never what was sent."""

    why: str


class RawCaller:
    """One client for a run of probes; `within` is in seconds and bounds a whole call."""

    def __init__(
        self, *, within: float = 10.0, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._within = within
        self._http = httpx.AsyncClient(
            timeout=within, follow_redirects=False, trust_env=False, transport=transport
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def call(
        self,
        method: str,
        url: str,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        within: float | None = None,
    ) -> RawAnswer | NoAnswer:
        """Make one call."""
        timeout = httpx.Timeout(within or self._within)
        try:
            async with self._http.stream(
                method, url, content=content, headers=headers, params=params, timeout=timeout
            ) as answer:
                body = bytearray()
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > LARGEST_ANSWER:
                        return NoAnswer("the answer is larger than 1 MiB")
                return RawAnswer(answer.status_code, dict(answer.headers), bytes(body))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return NoAnswer(type(error).__name__)
