"""One HTTP call to a partner, within bounds: answered, or one of a few codes why not.

Redirects are never followed, certificates always checked, proxies of the environment not used; of
an answer no more than 64 KiB is read, as it came (what is packed small cannot unpack large). A
connection that is refused gets one more try: nothing was sent.
"""

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import httpx
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random

LARGEST_ANSWER: Final = 64 * 1024
LONGEST_CONNECT: Final = 5.0

_CONNECTIONS: Final = httpx.Limits(max_connections=None, max_keepalive_connections=100)
"""Each endpoint's own concurrency bounds them. A bound over all together would let a few dozen
agencies that never answer hold every connection, and all others wait for one."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The partner's answer; `headers` finds names in lower case, `body` is cut at the bound."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer, by code: `timeout`, `cut`, `bad-address`, `tls`, `connect-timeout`, …"""

    code: str
    detail: str


class NotBegun(Exception):
    """The time was over before the call's turn came."""


@cache
def authorities() -> ssl.SSLContext:
    """Return whom certificates are checked by, read once: a gateway has several clients.

    Reading them takes 15 ms, most of what starting a gateway takes.
    """
    return httpx.create_ssl_context(trust_env=False)


class HttpCalls:
    """Makes calls over kept connections.

    Of an answer `largest` bytes are read; a connection that is refused is tried `tries` times.
    """

    def __init__(
        self,
        *,
        verify: ssl.SSLContext | bool = True,
        largest: int = LARGEST_ANSWER,
        tries: int = 2,
    ) -> None:
        self._largest = largest
        self._tries = tries
        self._client = httpx.AsyncClient(
            verify=authorities() if verify is True else verify,
            follow_redirects=False,
            trust_env=False,
            limits=_CONNECTIONS,
            headers={"user-agent": "lienthong", "accept-encoding": "identity"},
        )

    async def call(
        self,
        method: str,
        address: str,
        *,
        ends_at: float,
        turns: asyncio.Semaphore | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Answered | Failed:
        """Make one call, ending by `ends_at` of the loop's clock; raise NotBegun."""
        began = False
        try:
            async with asyncio.timeout_at(ends_at), turns or nullcontext():
                began = True
                return await self._exchange(method, address, body, headers, params, ends_at)
        except TimeoutError:
            if not began:
                raise NotBegun from None
            return Failed("timeout", "no complete answer within the time")
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            return Failed("bad-address", "the endpoint's address is not an HTTP address")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Failed(_connect_failure(error), "no connection; nothing was sent")
        except httpx.HTTPError as error:
            return Failed("cut", f"{type(error).__name__} during the exchange")

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _exchange(
        self,
        method: str,
        address: str,
        body: bytes | None,
        headers: Mapping[str, str] | None,
        params: Mapping[str, str] | None,
        ends_at: float,
    ) -> Answered:
        """Send one request and read its answer."""
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(httpx.ConnectError),
            stop=stop_after_attempt(self._tries),
            wait=wait_random(0.05, 0.2),
            reraise=True,
        ):
            with attempt:
                left = max(0.01, ends_at - asyncio.get_running_loop().time())
                async with self._client.stream(
                    method,
                    address,
                    content=body,
                    headers=dict(headers or {}),
                    params=params,
                    timeout=httpx.Timeout(left, connect=min(left, LONGEST_CONNECT)),
                ) as answer:
                    said = await _read_bounded(answer, self._largest)
                return Answered(answer.status_code, answer.headers, said)
        raise AssertionError("the last attempt returns or raises")


async def _read_bounded(answer: httpx.Response, largest: int) -> bytes:
    """Read to the end, so that a cut is noticed, but never more than the bound."""
    said = bytearray()
    async for part in answer.aiter_raw():
        said += part
        if len(said) > largest:
            break
    return bytes(said[:largest])


def _connect_failure(error: httpx.TransportError) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    return "connect-timeout" if isinstance(error, httpx.TimeoutException) else "no-connection"
