"""The connection is cut around COMMIT: whether it happened or not, every message has one effect."""

import asyncio
from typing import Any

import pytest

from tests.broker import Broker
from tests.stage.dossiers import COMMUNE, birth, copies, event
from tests.stage.facts import eventually
from tests.stage.inside import Inside, connect_agencies, gateway_inside
from tests.stage.proxy import Cut, proxy_to
from tests.stage.wire import wire

COMMITTED = Cut((b"INSERT INTO inbox", b"COMMIT"), answered=True)
"""The database commits, and its answer never arrives."""
NOT_COMMITTED = Cut((b"INSERT INTO inbox", b"COMMIT"), answered=False)
"""COMMIT never reaches the database."""
WAYS = pytest.mark.parametrize(
    "cut", [COMMITTED, NOT_COMMITTED], ids=["committed", "not committed"]
)

GOOD = [event(number) for number in range(3)]
BAD: list[dict[str, Any]] = [
    event(10, birth(colour="red")),
    event(11, source="urn:lienthong:agency:H31.101"),
    event(0, id="message-12"),
]
"""Refused: with a key, without one, and because of another message of the batch."""


def _everything_once(inside: Inside) -> None:
    assert inside.rows(
        "SELECT k.message_id, i.verdict, i.problem FROM inbox i"
        " LEFT JOIN message_keys k ON k.inbox_id = i.id ORDER BY k.message_id NULLS LAST"
    ) == [
        ("message-0", "accepted", None),
        ("message-1", "accepted", None),
        ("message-10", "refused", "unknown-field"),
        ("message-12", "refused", "dossier-in-transit"),
        ("message-2", "accepted", None),
        (None, "refused", "foreign-source"),
    ]
    assert inside.count("SELECT count(*) FROM transfers") == 3
    assert inside.count("SELECT count(*) FROM ledger WHERE act = 'transfer.submitted'") == 3
    assert inside.count("SELECT count(*) FROM deliveries WHERE kind = 'handover.offered'") == 3
    assert inside.count("SELECT count(*) FROM payloads") == 6


@WAYS
async def test_over_http_every_message_has_one_effect_and_its_own_answer(
    cut: Cut, database_url: str
) -> None:
    async with (
        proxy_to(database_url) as proxy,
        gateway_inside(database_url, through=proxy, batch_wait_ms=300) as inside,
    ):
        caller = await inside.caller()
        proxy.cut_at = cut

        good = asyncio.create_task(caller.say_together([*GOOD]))
        # Calls made at once may overtake each other: whose dossier it is must be settled first.
        await eventually(
            lambda: inside.gateway.committer.waiting >= len(GOOD), within=20, every=0.01
        )
        bad = await caller.say_together([*BAD])
        answers = [*await good, *bad]

        assert proxy.cuts == 1
        assert [answer.status_code for answer in answers[:3]] == [202, 202, 202]
        assert [answer.json()["type"].rpartition(":")[2] for answer in answers[3:]] == [
            "unknown-field",
            "foreign-source",
            "dossier-in-transit",
        ]
        _everything_once(inside)


@WAYS
async def test_over_the_broker_every_message_has_one_effect_and_one_receipt(
    cut: Cut, database_url: str, broker: Broker
) -> None:
    connect_agencies(database_url, [COMMUNE])
    async with proxy_to(database_url) as proxy, wire(broker.url) as own:
        for one in [*GOOD, *BAD]:
            await own.say(one)
        proxy.cut_at = cut

        async with gateway_inside(
            database_url, through=proxy, amqp_url=broker.url, batch_wait_ms=500, lease_seconds=2
        ) as inside:
            await eventually(lambda: len(own.receipts()) >= 6, within=20)
            await eventually(
                lambda: (
                    inside.count("SELECT count(*) FROM deliveries WHERE state = 'pending'") == 0
                ),
                within=20,
            )

            assert proxy.cuts == 1
            verdicts = sorted(one["verdict"] for one in own.receipts())
            assert verdicts == ["accepted"] * 3 + ["refused"] * 3
            _everything_once(inside)


async def test_an_outcome_that_was_committed_is_not_counted_again(
    database_url: str, broker: Broker
) -> None:
    connect_agencies(database_url, [COMMUNE])
    async with proxy_to(database_url) as proxy, wire(broker.url) as own:
        proxy.cut_at = Cut((b"settled_at = CASE", b"COMMIT"), answered=True)
        async with gateway_inside(
            database_url, through=proxy, amqp_url=broker.url, database_pool=2
        ) as inside:
            await own.say(event(1, copies()))
            await own.receipt("message-1")
            await eventually(
                lambda: (
                    inside.count("SELECT count(*) FROM deliveries WHERE state = 'pending'") == 0
                ),
                within=20,
            )

            assert proxy.cuts == 1
            assert inside.count("SELECT count(*) FROM ledger WHERE act = 'hop.delivered'") == 1
            assert inside.count("SELECT count(*) FROM deliveries WHERE attempts > 1") == 0
            assert len(own.deliveries) == 2
