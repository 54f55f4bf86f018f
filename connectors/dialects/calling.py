"""One bounded HTTP exchange with a partner's host.

Never a redirect, never another host, never more than 1 MiB of answer, never longer than the time
that is left. What went wrong is one of our own codes; what was answered is the partner's to mean.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import orjson

LARGEST_ANSWER: Final = 1024 * 1024
LONGEST_CONNECT: Final = 5.0
_CONNECTIONS: Final = httpx.Limits(max_connections=200, max_keepalive_connections=100)


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


@dataclass(frozen=True, slots=True)
class Failed:
    """No usable answer; a code of ours says why."""

    code: str
    detail: str


class HttpCalls:
    """A client that several connectors of one process may share."""

    def __init__(self, *, verify: ssl.SSLContext | bool = True) -> None:
        self._client = httpx.AsyncClient(
            verify=verify,
            follow_redirects=False,
            trust_env=False,
            limits=_CONNECTIONS,
            headers={"user-agent": "lienthong", "accept-encoding": "identity"},
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    async def exchange(self, request: Request, *, ends_at: float) -> Answered | Failed:
        """Make one call; `ends_at` is the event loop's time."""
        try:
            async with asyncio.timeout_at(ends_at):
                return await self._exchange(request, ends_at)
        except TimeoutError:
            return Failed("timeout", "no complete answer within the time")
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            return Failed("bad-address", "the endpoint's address is not an HTTP address")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Failed(_connect_failure(error), "no connection; nothing was sent")
        except httpx.HTTPError as error:
            return Failed("cut", f"{type(error).__name__} during the exchange")

    async def _exchange(self, request: Request, ends_at: float) -> Answered:
        left = max(0.01, ends_at - asyncio.get_running_loop().time())
        async with self._client.stream(
            request.method,
            request.url,
            content=request.body,
            headers=dict(request.headers),
            timeout=httpx.Timeout(left, connect=min(left, LONGEST_CONNECT)),
        ) as answer:
            body = await _read_bounded(answer)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Answered(answer.status_code, headers, _document(body))


async def _read_bounded(answer: httpx.Response) -> bytes:
    """Read to the end, so that a cut is noticed; what is larger than the bound is no answer."""
    read = bytearray()
    async for part in answer.aiter_raw():
        read += part
        if len(read) > LARGEST_ANSWER:
            return b""
    return bytes(read)


def _document(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _connect_failure(error: httpx.TransportError) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    return "connect-timeout" if isinstance(error, httpx.TimeoutException) else "no-connection"
