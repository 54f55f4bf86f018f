"""One message that nobody can handle among many good ones: it is set aside, the others go on."""

import asyncio
from typing import Any

import psycopg
import pytest

from routing.lifecycle.fold import fold, open_transfer
from routing.lifecycle.model import TimeReached
from tests.broker import Broker
from tests.stage.clock import PassingClock
from tests.stage.dossiers import COMMUNE, code, copies, event
from tests.stage.facts import eventually
from tests.stage.inside import connect_agencies, gateway_inside
from tests.stage.wire import wire

GOOD = 500
POISON = 250
"""The number of the message that is poison."""


def _no_room_for(database_url: str, dossier: str) -> None:
    """Make the database refuse one dossier, as it would a value that our code failed to check."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            f"ALTER TABLE transfers ADD CONSTRAINT no_room CHECK (code <> '{dossier}')"
        )


def _fail_to_open(monkeypatch: pytest.MonkeyPatch, dossier: str) -> None:
    """Make our own code raise on one dossier."""

    def open_but_one(said: Any, id_: Any, subject: str, context: Any) -> Any:
        if subject == dossier:
            raise ArithmeticError
        return open_transfer(said, id_, subject, context)

    monkeypatch.setattr("gateway.commit.desk.open_transfer", open_but_one)


async def test_what_the_database_refuses_is_found_and_the_rest_of_its_batch_is_stored(
    database_url: str, broker: Broker
) -> None:
    connect_agencies(database_url, [COMMUNE])
    _no_room_for(database_url, code(POISON))
    async with wire(broker.url) as own:
        await asyncio.gather(*(own.say(event(no, copies())) for no in range(GOOD + 1)))

        async with gateway_inside(database_url, amqp_url=broker.url) as inside:
            await eventually(lambda: len(own.receipts()) == GOOD + 1, within=30)

            verdicts = dict(inside.rows("SELECT verdict, count(*) FROM inbox GROUP BY 1"))
            assert verdicts == {"accepted": GOOD, "poison": 1}
            [told] = own.receipts(f"message-{POISON}")
            assert told["verdict"] == "refused"
            assert told["problem"]["type"] == "urn:lienthong:problem:internal"
            assert told["problem"]["fault"] == "gateway"
            assert inside.count("SELECT count(*) FROM transfers") == GOOD


async def test_a_message_that_our_own_code_fails_on_is_poison_alone(
    database_url: str, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect_agencies(database_url, [COMMUNE])
    _fail_to_open(monkeypatch, code(POISON))
    async with wire(broker.url) as own:
        await asyncio.gather(*(own.say(event(no, copies())) for no in range(GOOD + 1)))

        async with gateway_inside(database_url, amqp_url=broker.url) as inside:
            await eventually(lambda: len(own.receipts()) == GOOD + 1, within=30)

            verdicts = dict(inside.rows("SELECT verdict, count(*) FROM inbox GROUP BY 1"))
            assert verdicts == {"accepted": GOOD, "poison": 1}
            assert inside.count("SELECT count(*) FROM transfers") == GOOD
            assert inside.count(
                "SELECT count(*) FROM payloads p JOIN inbox i ON i.id = p.id"
                " WHERE i.verdict = 'poison' AND p.body IS NOT NULL"
            )


async def test_a_poison_message_claims_no_key_and_is_judged_anew_once_we_are_mended(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fail_to_open(monkeypatch, code(1))
    async with gateway_inside(database_url) as inside:
        caller = await inside.caller()

        failed = await caller.say(event(1))
        monkeypatch.undo()
        mended = await caller.say(event(1))

        assert failed.status_code == 500
        assert failed.json()["type"] == "urn:lienthong:problem:internal"
        assert mended.status_code == 202
        assert inside.count("SELECT count(*) FROM inbox WHERE verdict = 'poison'") == 1


async def test_one_transfer_whose_clock_cannot_be_handled_stops_no_other_clock(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled: set[str] = set()

    def fold_but_one(transfer: Any, what: Any, context: Any) -> Any:
        if isinstance(what, TimeReached):
            if transfer.code == code(1):
                raise ArithmeticError
            handled.add(transfer.code)
        return fold(transfer, what, context)

    monkeypatch.setattr("gateway.commit.desk.fold", fold_but_one)
    async with gateway_inside(database_url) as inside:
        caller = await inside.caller()
        await caller.say_together([event(no) for no in range(10)])

        inside.rows("UPDATE transfers SET next_timer_at = '2026-03-02T00:00:00Z'")

        await eventually(lambda: len(handled) == 9, within=10)
        await eventually(
            lambda: inside.count(
                "SELECT count(*) FROM transfers WHERE next_timer_at > %s AND code = %s",
                inside.gateway.services.clock.now(),
                code(1),
            ),
            within=10,
        )


async def test_one_transfer_that_the_database_refuses_stops_no_other_clock(
    database_url: str, broker: Broker
) -> None:
    clock = PassingClock.set_now(speed=3600)
    connect_agencies(database_url, [COMMUNE])
    async with (
        wire(broker.url),
        gateway_inside(database_url, amqp_url=broker.url, clock=clock) as inside,
    ):
        caller = await inside.caller()
        await caller.say_together([event(no) for no in range(10)])
        [(poisoned,)] = inside.rows("SELECT id::text FROM transfers WHERE code = %s", code(1))
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(
                "ALTER TABLE ledger ADD CONSTRAINT no_room"
                f" CHECK (body::json ->> 'reason' <> 'receipt' OR transfer_id <> '{poisoned}')"
            )

        # Nobody says that it received anything: ten limits for receipts pass.
        await eventually(
            lambda: (
                inside.count(
                    "SELECT count(*) FROM ledger"
                    " WHERE act = 'clock.breached' AND body::json ->> 'reason' = 'receipt'"
                )
                == 9
            ),
            within=30,
        )
