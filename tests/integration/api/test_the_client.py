"""Our client for Python at work on a running gateway, by the async driver."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest

from connectors.client import AsyncClient, Declined, calls, documents, new_event, read_data
from gateway.identity.clients import Clients
from gateway.identity.secrets import SecretKeeper
from schemas.envelope import read_structured
from schemas.kinds import HandoverOffered, HopCompleted, HopReceived, TransferSubmitted
from schemas.problems import Problem, ProblemType
from schemas.receipts import Receipt
from tests.integration.api.running import COMMUNE, QUICK, Api, submission


@pytest.fixture
async def client(api: Api) -> AsyncIterator[AsyncClient]:
    """The commune's software; what is owed to it waits in its mailbox."""
    await api.reach_by("mailbox", COMMUNE)
    clients = Clients(api.gateway.services.pool, SecretKeeper(QUICK))
    made = await clients.register("client-of-the-commune", agency=COMMUNE)
    transport = httpx.ASGITransport(api.app, client=("192.0.2.8", 50000))
    async with AsyncClient(
        "http://gateway", made.client_id, made.secret, transport=transport
    ) as one:
        yield one


def _birth(**changes: str) -> tuple[TransferSubmitted, str]:
    said = submission(**changes)
    return TransferSubmitted.model_validate_json(orjson.dumps(said["data"])), said["subject"]


async def test_a_dossier_is_submitted_and_its_first_hop_worked_on(client: AsyncClient) -> None:
    data, dossier = _birth()

    receipt = await client.do(calls.send(new_event(COMMUNE, data, subject=dossier)))

    assert isinstance(receipt, Receipt)
    assert receipt.transfer is not None
    [item] = [item async for item in client.each(calls.mailbox())]
    offered = read_data(read_structured(item.event))
    assert isinstance(offered, HandoverOffered)
    assert (await client.do(calls.ack(item))).state == "delivered"
    hop: dict[str, Any] = {
        "transfer": receipt.transfer,
        "step": offered.step,
        "round": offered.round,
    }
    told = await client.do(
        calls.send_batch(
            [
                new_event(COMMUNE, HopReceived(**hop), subject=dossier),
                new_event(COMMUNE, HopCompleted(**hop, outcome="approved"), subject=dossier),
            ]
        )
    )
    assert all(isinstance(one, Receipt) for one in told), told
    found = await client.do(calls.transfer(receipt.transfer))
    states = {one.step: one.state for one in found.hops}
    assert states["civil-status"] == "completed"
    assert [one.transfer for one in (await client.do(calls.dossier(dossier))).transfers] == [
        receipt.transfer
    ]


async def test_what_is_tried_is_not_sent(client: AsyncClient) -> None:
    data, dossier = _birth()
    event = new_event(COMMUNE, data, subject=dossier)

    tried = await client.do(calls.validate(event))
    both = await client.do(calls.validate_batch([event, event]))
    sent = await client.do(calls.send(event))
    again = await client.do(calls.send(event))

    assert tried.follows is not None
    assert tried.follows.route is not None
    assert [one.verdict for one in both] == ["accepted", "duplicate"]
    assert isinstance(sent, Receipt)
    assert isinstance(again, Receipt)
    assert (sent.verdict, again.verdict) == ("accepted", "duplicate")


async def test_a_refusal_is_returned_and_what_is_not_ours_is_declined(client: AsyncClient) -> None:
    data, dossier = _birth()

    told = await client.do(calls.send(new_event("H31.102", data, subject=dossier)))
    with pytest.raises(Declined) as failed:
        await client.do(calls.dossier(dossier))

    assert isinstance(told, Problem)
    assert told.slug == ProblemType.FOREIGN_SOURCE
    assert failed.value.problem.slug == ProblemType.NOT_FOUND


async def test_events_are_gone_through_to_their_end(client: AsyncClient) -> None:
    for _ in range(3):
        data, dossier = _birth()
        await client.do(calls.send(new_event(COMMUNE, data, subject=dossier)))

    seen = [event async for event in client.each(calls.events(limit=2))]
    page = await client.do(calls.event_page("latest"))

    assert [one.act for one in seen].count("transfer.submitted") == 3
    assert len({one.id for one in seen}) == len(seen)
    assert page.events == []


async def test_a_delivery_is_given_back(client: AsyncClient) -> None:
    data, dossier = _birth()
    await client.do(calls.send(new_event(COMMUNE, data, subject=dossier)))
    [item] = (await client.do(calls.mailbox())).items

    settled = await client.do(calls.nack(item, "form-not-readable"))

    assert settled.state == "pending"
    assert settled.next_attempt_at is not None


async def test_the_tables_are_asked(client: AsyncClient) -> None:
    route = await client.do(
        calls.route("2.000987", places={"applicant": "11953"}, facts={"identity_card": True})
    )
    agency = await client.do(calls.agency(COMMUNE))
    names = await client.do(calls.schemas())
    schema = await client.do(calls.schema("hop.received.v1"))

    assert route.steps[0]["agency"] == COMMUNE
    assert agency.in_force
    assert len(names) > 20
    assert schema["$id"].endswith("hop.received.v1")


async def test_a_document_is_handed_in_and_fetched_in_pieces(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "PIECE", 1000)
    content = b"%PDF-1.7\n" + bytes(range(256)) * 13
    digest = hashlib.sha256(content).hexdigest()

    def read_at(offset: int, size: int) -> bytes:
        return content[offset : offset + size]

    said: dict[str, Any] = {"size": len(content), "digest": digest, "media_type": "application/pdf"}
    address = await client.do(documents.upload(read_at, **said))
    again = await client.do(documents.upload(read_at, **said))
    got = bytearray()
    size = await client.do(documents.fetch(digest, got.extend))

    assert address == again
    assert digest in address
    assert (size, bytes(got)) == (len(content), content)
    assert await client.do(documents.largest()) > len(content)
    with pytest.raises(Declined):
        await client.do(documents.size_of("0" * 64))
