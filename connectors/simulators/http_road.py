"""An agency's own way to the gateway over HTTP, with OAuth 2 client credentials."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import orjson

from connectors.http_calls import authorities
from connectors.simulators.messages import Message
from connectors.simulators.outbox import Carried, NotSent, Receipted
from connectors.webhook_answers import read_retry_after

CONTENT_TYPE: Final = "application/cloudevents+json; charset=utf-8"
TOKEN_MARGIN: Final = 30.0
"""Seconds before its end at which a token is no longer used."""

_NOT_YET: Final = frozenset({408, 425, 429})


class HttpRoad:
    """Posts to `/v1/messages`, and makes any other authorised call for its agency.

    `transport` lets tests talk to an application in the same process.
    """

    def __init__(
        self,
        base_url: str,
        *,
        client_id: str,
        client_secret: str,
        within: float = 10.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._credentials = httpx.BasicAuth(client_id, client_secret)
        self._token: str | None = None
        self._token_ends_at = 0.0
        self._asking = asyncio.Lock()
        self._base_url = base_url
        self._within = within
        self._transport = transport
        self._opened: httpx.AsyncClient | None = None

    async def carry(self, message: Message) -> Carried:
        try:
            answer = await self.call(
                "POST",
                "/v1/messages",
                content=message.body,
                headers={"content-type": CONTENT_TYPE},
            )
        except httpx.HTTPError as error:
            return NotSent(type(error).__name__)
        if answer.status_code in _NOT_YET or answer.status_code >= 500:
            retry_after = read_retry_after(answer.headers.get("retry-after"), datetime.now(UTC))
            return NotSent(f"HTTP {answer.status_code}", retry_after)
        return Receipted(_receipt_in(answer))

    async def call(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        within: float | None = None,
    ) -> httpx.Response:
        """Make an authorised call; a token that is no longer taken is replaced once."""
        timeout = httpx.USE_CLIENT_DEFAULT if within is None else httpx.Timeout(within)
        for renewed in (False, True):
            token = await self._bearer(renew=renewed)
            answer = await self._client.request(
                method,
                path,
                content=content,
                params=params,
                headers={**(headers or {}), "authorization": f"Bearer {token}"},
                timeout=timeout,
            )
            if answer.status_code != httpx.codes.UNAUTHORIZED:
                break
        return answer

    async def aclose(self) -> None:
        """Let go of connections; the next call opens new ones."""
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened.aclose()

    @property
    def _client(self) -> httpx.AsyncClient:
        if self._opened is None:
            self._opened = httpx.AsyncClient(
                base_url=self._base_url,
                timeout=self._within,
                transport=self._transport,
                follow_redirects=False,
                verify=authorities(),
                trust_env=False,
            )
        return self._opened

    async def _bearer(self, *, renew: bool) -> str:
        loop = asyncio.get_running_loop()
        async with self._asking:
            if renew or self._token is None or loop.time() >= self._token_ends_at:
                answer = await self._client.post(
                    "/oauth/token",
                    data={"grant_type": "client_credentials"},
                    auth=self._credentials,
                )
                answer.raise_for_status()
                granted = answer.json()
                self._token = str(granted["access_token"])
                lasts = float(granted.get("expires_in", 300))
                self._token_ends_at = loop.time() + max(lasts - TOKEN_MARGIN, lasts / 2)
            return self._token


def _receipt_in(answer: httpx.Response) -> Mapping[str, Any]:
    """Return the receipt; of a problem document, a receipt that says refused."""
    try:
        said = orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        return {"verdict": f"http-{answer.status_code}"}
    if "verdict" in said:
        return said
    receipt = said.get("receipt")
    if isinstance(receipt, dict):
        return receipt
    return {"verdict": "refused", "problem": said}
