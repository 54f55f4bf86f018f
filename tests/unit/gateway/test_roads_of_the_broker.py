"""Whose a message is, by its routing key; and what is declared on the broker, name by name."""

import re
from typing import Any

import aio_pika
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.broker.consumer import _agency_of
from gateway.broker.topology import (
    agency_queue,
    declare_agency_queues,
    declare_events_queue,
    declare_roads,
    events_queue,
)
from schemas.kinds import FROM_AGENCIES, Kind
from tests.broker import Broker

codes = st.from_regex(re.compile(r"[A-Y][0-9]{2}(\.[A-Z0-9]{1,5}){0,3}", re.ASCII), fullmatch=True)


@given(codes, st.sampled_from(sorted(FROM_AGENCIES)))
def test_the_agency_is_what_stands_before_the_kind(agency: str, kind: Kind) -> None:
    assert _agency_of(f"{agency}.{kind}") == agency


def test_an_agency_and_one_below_it_are_told_apart() -> None:
    assert _agency_of("H42.hop.received") == "H42"
    assert _agency_of("H42.01.hop.received") == "H42.01"


@pytest.mark.parametrize("key", [None, "", "hop", "hop.received", ".", ".."])
def test_a_key_without_an_agency_is_nobodys(key: str | None) -> None:
    assert _agency_of(key) == ""


def test_queues_are_named_after_their_agency() -> None:
    assert agency_queue("H42.01") == "agency.H42.01"
    assert events_queue("H42.01") == "events.H42.01"


async def declared(broker: Broker) -> None:
    connection = await aio_pika.connect(broker.url)
    async with connection:
        channel = await connection.channel()
        for _ in range(2):  # declaring again changes nothing
            await declare_roads(channel)
            await declare_agency_queues(channel, ["H42", "H42.01"])
            await declare_events_queue(channel, "H42")


async def asked(broker: Broker, what: str) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(base_url=broker.admin_url, timeout=15) as admin:
        answer = await admin.get(f"/api/{what}/{broker.vhost}")
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()
        return found


async def test_the_roads_are_what_agencies_were_told(broker: Broker) -> None:
    await declared(broker)

    exchanges = {
        one["name"]: (one["type"], one["durable"])
        for one in await asked(broker, "exchanges")
        if one["name"].startswith("lienthong.")
    }
    assert exchanges == {
        "lienthong.messages": ("topic", True),
        "lienthong.deliveries": ("direct", True),
        "lienthong.events": ("topic", True),
        "lienthong.dead": ("fanout", True),
    }


async def test_every_queue_is_a_durable_quorum_queue_that_refuses_rather_than_drops(
    broker: Broker,
) -> None:
    await declared(broker)

    queues = {one["name"]: one for one in await asked(broker, "queues")}
    assert set(queues) == {
        "lienthong.intake",
        "lienthong.dead",
        "agency.H42",
        "agency.H42.01",
        "events.H42",
    }
    assert all(one["durable"] for one in queues.values())
    assert {one["arguments"]["x-queue-type"] for one in queues.values()} == {"quorum"}
    intake = queues["lienthong.intake"]["arguments"]
    assert intake["x-delivery-limit"] == 20
    assert intake["x-dead-letter-exchange"] == "lienthong.dead"
    assert intake["x-dead-letter-strategy"] == "at-least-once"
    for name in ("lienthong.intake", "agency.H42"):
        assert queues[name]["arguments"]["x-overflow"] == "reject-publish"


async def test_nobody_hears_what_concerns_an_agency_below_it(broker: Broker) -> None:
    await declared(broker)

    bindings = {
        (one["source"], one["routing_key"], one["destination"])
        for one in await asked(broker, "bindings")
        if one["source"]
    }
    assert bindings == {
        ("lienthong.messages", "#", "lienthong.intake"),
        ("lienthong.dead", "lienthong.dead", "lienthong.dead"),
        ("lienthong.deliveries", "H42", "agency.H42"),
        ("lienthong.deliveries", "H42.01", "agency.H42.01"),
        ("lienthong.events", "H42.hop.*", "events.H42"),
        ("lienthong.events", "H42.transfer.*", "events.H42"),
        ("lienthong.events", "H42.clock.*", "events.H42"),
    }
