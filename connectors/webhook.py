"""Hands parcels over by a signed HTTP POST to an address of the agency.

One parcel is one request: the structured CloudEvent as body, signed as Standard Webhooks say
(`webhook-id` is the delivery's id, the same on every attempt). Redirects are never followed,
certificates always checked, and of the answer no more than 64 KiB is read.

    answer                     outcome
    2xx                        Delivered
    any other status           what WEBHOOK_CODES says, after `Retry-After` if the answer names it
    no connection              Unreachable: nothing was sent
    cut or timed out later     Unreachable, unknown: the agency may have it
    no time left to begin      Unreachable, code `not-attempted`
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from connectors.http_calls import Failed, HttpCalls, NotBegun
from connectors.in_order import post_in_order
from connectors.protocol import NOT_ATTEMPTED, Endpoint, Outcome, Parcel
from connectors.webhook_answers import WEBHOOK_CODES, judge_answer

CONTENT_TYPE: Final = "application/cloudevents+json; charset=utf-8"
"""Lower case: the CloudEvents SDK for JavaScript reads no other."""
CALLS_AT_ONCE: Final = 4
"""Posts under way to one endpoint within one `send`; `options["concurrency"]` changes it."""

_come = WEBHOOK_CODES.outcome


class WebhookCaller:
    """Posts parcels; `now` is machine time, for signatures and for Retry-After dates."""

    name: Final = "webhook"
    codes: Final = WEBHOOK_CODES

    def __init__(
        self,
        *,
        verify: ssl.SSLContext | bool = True,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._now = now
        self._calls = HttpCalls(verify=verify)

    def is_idempotent(self, endpoint: Endpoint) -> bool:
        """`webhook-id` is the same on every attempt: an agency that has it does nothing twice."""
        return True

    async def send(self, endpoint: Endpoint, parcels: Sequence[Parcel]) -> list[Outcome]:
        """Post the parcels, in order per dossier; `endpoint.timeout` bounds the whole call."""
        ends_at = asyncio.get_running_loop().time() + endpoint.timeout
        turns = asyncio.Semaphore(int(endpoint.options.get("concurrency", CALLS_AT_ONCE)))
        return await post_in_order(
            parcels, lambda parcel: self._post(endpoint, parcel, turns, ends_at)
        )

    async def aclose(self) -> None:
        await self._calls.aclose()

    async def _post(
        self, endpoint: Endpoint, parcel: Parcel, turns: asyncio.Semaphore, ends_at: float
    ) -> Outcome:
        if not endpoint.address or not endpoint.secret:
            return _come("not-configured", "the endpoint has no address or no signing secret")
        try:
            headers = _signed_headers(endpoint.secret, parcel, self._now())
        except (ValueError, EmptyWebhookSecretError):
            return _come("bad-secret", "the signing secret is not a whsec_ key")
        try:
            answer = await self._calls.call(
                "POST",
                endpoint.address,
                body=parcel.body,
                headers=headers,
                ends_at=ends_at,
                turns=turns,
            )
        except NotBegun:
            return NOT_ATTEMPTED
        if isinstance(answer, Failed):
            return _come(answer.code, answer.detail)
        return judge_answer(answer.status, answer.headers, self._now())


def _signed_headers(secret: str, parcel: Parcel, now: datetime) -> dict[str, str]:
    """Sign with each key of `secret`: while a key is rotated there are two, space between."""
    keys = secret.split()
    delivery = str(parcel.delivery)
    text = parcel.body.decode()
    headers = {
        "content-type": CONTENT_TYPE,
        "webhook-id": delivery,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(key).sign(delivery, now, text) for key in keys),
    }
    if parcel.traceparent:
        headers["traceparent"] = parcel.traceparent
    return headers
