"""Do calls over HTTP with httpx: one driver that blocks, one that awaits. They decide nothing."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import Final, Self, TypeVar

import httpx

from connectors.client.calls import Page
from connectors.client.flows import Answer, Driven, Flow, Patience, Request, Session, Silence, Wait

T = TypeVar("T")

TIMEOUT: Final = 30.0
"""Seconds for a whole answer, longer than the gateway takes to give up by itself."""


class Client:
    """A gateway, for one agency's software. Use as a context, or close it."""

    def __init__(
        self,
        address: str,
        client_id: str,
        secret: str,
        *,
        patience: Patience | None = None,
        verify: ssl.SSLContext | bool = True,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._session = Session(
            client_id, secret, patience=patience or Patience(), now=time.monotonic
        )
        self._http = httpx.Client(
            base_url=address, timeout=TIMEOUT, verify=verify, transport=transport
        )

    def __repr__(self) -> str:
        return f"<Client of {self._http.base_url}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def do(self, call: Flow[T]) -> T:
        """Make a call; return what it says, or raise CallFailed."""
        driven: Driven[T] = self._session.around(call)
        try:
            step = next(driven)
            while True:
                step = driven.send(self._step(step))
        except StopIteration as ended:
            result: T = ended.value
            return result

    def each(self, pages: Flow[Page[T]]) -> Iterator[T]:
        """Go through a list, page by page, until nothing more waits."""
        page = self.do(pages)
        yield from page.items
        while not page.is_last:
            page = self.do(page.following())
            yield from page.items

    def _step(self, step: Request | Wait) -> Answer | Silence | None:
        if isinstance(step, Wait):
            time.sleep(step.seconds)
            return None
        try:
            return _answer(self._http.send(_request(self._http, step)))
        except httpx.TransportError as error:
            return Silence(type(error).__name__)


class AsyncClient:
    """The same for asyncio. Use as a context, or close it."""

    def __init__(
        self,
        address: str,
        client_id: str,
        secret: str,
        *,
        patience: Patience | None = None,
        verify: ssl.SSLContext | bool = True,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._session = Session(
            client_id, secret, patience=patience or Patience(), now=time.monotonic
        )
        self._http = httpx.AsyncClient(
            base_url=address, timeout=TIMEOUT, verify=verify, transport=transport
        )

    def __repr__(self) -> str:
        return f"<AsyncClient of {self._http.base_url}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._http.aclose()

    async def do(self, call: Flow[T]) -> T:
        """Make a call; return what it says, or raise CallFailed."""
        driven: Driven[T] = self._session.around(call)
        try:
            step = next(driven)
            while True:
                step = driven.send(await self._step(step))
        except StopIteration as ended:
            result: T = ended.value
            return result

    async def each(self, pages: Flow[Page[T]]) -> AsyncIterator[T]:
        """Go through a list, page by page, until nothing more waits."""
        page = await self.do(pages)
        for item in page.items:
            yield item
        while not page.is_last:
            page = await self.do(page.following())
            for item in page.items:
                yield item

    async def _step(self, step: Request | Wait) -> Answer | Silence | None:
        if isinstance(step, Wait):
            await asyncio.sleep(step.seconds)
            return None
        try:
            return _answer(await self._http.send(_request(self._http, step)))
        except httpx.TransportError as error:
            return Silence(type(error).__name__)


def _request(http: httpx.Client | httpx.AsyncClient, asked: Request) -> httpx.Request:
    return http.build_request(
        asked.method,
        asked.path,
        params=dict(asked.params),
        headers=dict(asked.headers),
        content=asked.content,
        timeout=TIMEOUT + asked.waits,
    )


def _answer(response: httpx.Response) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, response.content)
