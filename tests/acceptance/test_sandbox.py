"""`lienthong sandbox`: what a vendor is given works as it is printed, and leaves nothing behind."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import aio_pika
import httpx
import orjson
import pytest
from aio_pika.abc import AbstractIncomingMessage

from schemas.kinds import Kind
from schemas.receipts import Receipt
from tests.acceptance.program import Program, own_folder

__all__ = ["own_folder"]

pytestmark = pytest.mark.xdist_group("demo")  # not beside another whole gateway
STRUCTURED = {"content-type": "application/cloudevents+json"}
AGENCY = {"code", "client_id", "client_secret", "amqp_user", "amqp_password", "connector"}


async def test_the_example_is_accepted_over_both_roads_and_a_signal_ends_it(
    own_folder: Path,
) -> None:
    with Program(own_folder, "sandbox", "--json", "--save", "sandbox.json") as sandbox:
        told = orjson.loads(await asyncio.to_thread(sandbox.first_line))
        saved = own_folder / "sandbox.json"
        assert orjson.loads(saved.read_bytes()) == told
        assert saved.stat().st_mode & 0o777 == 0o600

        _holds_what_is_promised(told)
        await _accepts_it_over_http(told)
        await _accepts_it_over_amqp(told)

        sandbox.terminate()
        code, out, err = await asyncio.to_thread(sandbox.ended, within=60)
        assert (code, out, err) == (0, "", "")
        assert await asyncio.to_thread(sandbox.left_behind) == []


def _holds_what_is_promised(told: dict[str, Any]) -> None:
    assert {"http", "amqp", "console", "agencies", "example"} <= set(told)
    assert told["console"]["url"] == f"{told['http']}/console"
    assert urlsplit(told["http"]).scheme == "http"
    assert urlsplit(told["amqp"]).scheme == "amqp"
    assert urlsplit(told["amqp"]).username is None
    for agency in told["agencies"]:
        assert set(agency) >= AGENCY
        assert (agency["amqp_user"] is not None) is (agency["connector"] == "amqp")
    assert {one["connector"] for one in told["agencies"]} == {"amqp", "webhook", "mailbox"}
    assert [(one["connector"], one["simulated"]) for one in told["agencies"][:4]] == [
        ("amqp", False),
        ("mailbox", False),
        ("webhook", False),
        ("amqp", True),
    ]
    assert told["agencies"][2]["webhook"]["secret"].startswith("whsec_")
    first = next(one for one in told["agencies"] if one["client_id"])
    assert told["example"]["source"] == f"urn:lienthong:agency:{first['code']}"
    assert told["example"]["type"] == Kind.TRANSFER_SUBMITTED.type


async def _accepts_it_over_http(told: dict[str, Any]) -> None:
    first = told["agencies"][0]
    async with httpx.AsyncClient(base_url=told["http"], timeout=30) as http:
        token = await http.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(first["client_id"], first["client_secret"]),
        )
        bearer = {"authorization": f"Bearer {token.json()['access_token']}"}

        answers = [
            await http.post(
                "/v1/messages",
                content=orjson.dumps(told["example"]),
                headers={**STRUCTURED, **bearer},
            )
            for _ in range(2)
        ]

        assert [answer.status_code for answer in answers] == [202, 200]
        receipts = [Receipt.model_validate_json(answer.content) for answer in answers]
        assert [receipt.verdict for receipt in receipts] == ["accepted", "duplicate"]
        assert receipts[0].transfer == receipts[1].transfer
        shown = await http.get(f"/v1/transfers/{receipts[0].transfer}", headers=bearer)
        assert shown.status_code == 200


async def _accepts_it_over_amqp(told: dict[str, Any]) -> None:
    first = told["agencies"][0]
    event = {
        **told["example"],
        "id": "over-amqp",
        "subject": told["example"]["subject"][:-4] + "0002",
    }
    receipt: asyncio.Future[AbstractIncomingMessage] = asyncio.get_running_loop().create_future()

    async def take(message: AbstractIncomingMessage) -> None:
        await message.ack()
        if message.correlation_id == "over-amqp" and not receipt.done():
            receipt.set_result(message)

    connection = await aio_pika.connect(_with_user(told["amqp"], first))
    async with connection:
        channel = await connection.channel()
        queue = await channel.get_queue(f"agency.{first['code']}", ensure=False)
        await queue.consume(take)
        exchange = await channel.get_exchange("lienthong.messages", ensure=False)
        await exchange.publish(
            aio_pika.Message(orjson.dumps(event), content_type="application/cloudevents+json"),
            f"{first['code']}.transfer.submitted",
            timeout=10,
        )
        async with asyncio.timeout(30):
            message = await receipt

    said = orjson.loads(message.body)
    assert said["type"] == Kind.RECEIPT_ISSUED.type
    assert (said["data"]["verdict"], said["data"]["message"]) == ("accepted", "over-amqp")


def _with_user(url: str, agency: dict[str, Any]) -> str:
    parts = urlsplit(url)
    user = f"{quote(agency['amqp_user'], safe='')}:{quote(agency['amqp_password'], safe='')}"
    return urlunsplit(parts._replace(netloc=f"{user}@{parts.netloc}"))
