"""Standard Webhooks' own libraries verify what our connector sends, and nothing else."""

import base64
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
import respx
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from connectors.protocol import Delivered, Endpoint, Parcel
from connectors.webhook import WebhookCaller
from tests.contract.connectors.ways import handover
from tests.contract.javascript.node import run
from tests.npm import needs_node

ADDRESS = "http://agency.test/hook"
VECTORS: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("standard_webhooks_vectors.json").read_text("utf-8")
)["vectors"]
OLD, NEW = (f"whsec_{base64.b64encode(key * 32).decode()}" for key in (b"o", b"n"))  # synthetic


@dataclass(frozen=True, slots=True)
class Posted:
    """One request of our connector, as a receiver sees it."""

    headers: dict[str, str]
    body: str

    def for_node(self, secret: str) -> dict[str, Any]:
        return {"secret": secret, "headers": self.headers, "body": self.body}


@pytest.fixture
async def partner() -> AsyncIterator[respx.MockRouter]:
    with respx.mock() as router:
        router.post(ADDRESS).respond(204)
        yield router


@pytest.mark.parametrize(
    "secret",
    [OLD, f"{OLD} {NEW}", f"{NEW} {OLD}"],
    ids=["one key", "the old first", "the new first"],
)
async def test_the_library_for_python_accepts_it(partner: respx.MockRouter, secret: str) -> None:
    posted = await _posted(partner, secret)

    event = Webhook(OLD).verify(posted.body, posted.headers)

    assert event == handover().envelope


@needs_node
async def test_the_library_for_javascript_accepts_it_and_nothing_else(
    partner: respx.MockRouter,
) -> None:
    posted = await _posted(partner, OLD)
    rotating = await _posted(partner, f"{OLD} {NEW}")
    stale = await _posted(partner, OLD, at=datetime.now(UTC) - timedelta(minutes=6))
    other = replace(posted, body=posted.body.replace("H54", "H55"))

    judged = run(
        "verify.mjs",
        said=[
            posted.for_node(OLD),
            rotating.for_node(OLD),
            rotating.for_node(NEW),
            posted.for_node(NEW),
            stale.for_node(OLD),
            other.for_node(OLD),
        ],
    )

    envelope = handover().envelope
    assert [one.get("verified") == envelope for one in judged] == [True] * 3 + [False] * 3
    assert all("refused" in one for one in judged[3:])
    assert [one["event"]["id"] for one in judged[:3]] == [envelope["id"]] * 3
    assert judged[0]["event"]["data"] == envelope["data"]


async def test_the_library_for_python_refuses_what_was_changed(partner: respx.MockRouter) -> None:
    posted = await _posted(partner, OLD)

    for body, headers in (
        (posted.body + " ", posted.headers),
        (posted.body, {**posted.headers, "webhook-id": str(UUID(int=7))}),
        (posted.body, {**posted.headers, "webhook-timestamp": "1614265330"}),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(OLD).verify(body, headers)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["id"]))
async def test_our_signatures_are_those_of_the_vectors(
    partner: respx.MockRouter, vector: dict[str, Any]
) -> None:
    parcel = replace(handover(), delivery=cast(UUID, vector["id"]), body=vector["payload"].encode())

    posted = await _posted(
        partner, vector["secret"], parcel, at=datetime.fromtimestamp(vector["timestamp"], UTC)
    )

    assert posted.headers["webhook-signature"] == vector["signature"]
    assert posted.headers["webhook-id"] == vector["id"]
    assert posted.headers["webhook-timestamp"] == str(vector["timestamp"])


async def test_a_signature_is_what_the_specification_says(partner: respx.MockRouter) -> None:
    posted = await _posted(partner, OLD)

    signed = f"{posted.headers['webhook-id']}.{posted.headers['webhook-timestamp']}.{posted.body}"
    key = base64.b64decode(OLD.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.digest(key, signed.encode(), "sha256")).decode()
    assert "ễ" in posted.body
    assert posted.headers["webhook-signature"] == f"v1,{expected}"


async def _posted(
    partner: respx.MockRouter,
    secret: str,
    parcel: Parcel | None = None,
    *,
    at: datetime | None = None,
) -> Posted:
    caller = WebhookCaller(now=lambda: at or datetime.now(UTC))
    try:
        endpoint = Endpoint("H54.3", "webhook", address=ADDRESS, secret=secret)
        [outcome] = await caller.send(endpoint, [parcel or handover()])
    finally:
        await caller.aclose()
    assert isinstance(outcome, Delivered), outcome
    request = partner.calls.last.request
    return Posted(dict(request.headers), request.content.decode())
