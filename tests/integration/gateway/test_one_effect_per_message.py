"""One effect per (agency, message id): however often, over whichever road, whatever gets lost."""

import asyncio
from typing import Any

from tests.broker import Broker
from tests.stage.dossiers import COMMUNE, copies, event
from tests.stage.facts import eventually
from tests.stage.inside import Inside, commits_held, connect_agencies, gateway_inside
from tests.stage.wire import Wire, wire


def _same_but_for_verdict(receipt: dict[str, Any], first: dict[str, Any]) -> bool:
    return receipt == {**first, "verdict": "duplicate", "first": first["verdict"]}


def _one_effect(inside: Inside) -> None:
    assert inside.count("SELECT count(*) FROM transfers") == 1
    assert inside.count("SELECT count(*) FROM message_keys") == 1
    assert inside.count("SELECT count(*) FROM inbox WHERE verdict = 'accepted'") == 1
    assert inside.count("SELECT count(*) FROM ledger WHERE act = 'transfer.submitted'") == 1
    assert inside.count("SELECT count(*) FROM deliveries WHERE kind = 'handover.offered'") == 1


async def test_a_message_replayed_ten_times_has_one_effect_and_the_first_receipt(
    database_url: str, broker: Broker
) -> None:
    connect_agencies(database_url, [COMMUNE])
    async with gateway_inside(database_url, amqp_url=broker.url) as inside, wire(broker.url) as own:
        await own.say(event(1))
        first = await own.receipt("message-1")

        for _ in range(10):
            await own.say(event(1))
        await eventually(lambda: len(own.receipts("message-1")) == 11, within=15)

        assert first["verdict"] == "accepted"
        assert all(_same_but_for_verdict(one, first) for one in own.receipts("message-1")[1:])
        _one_effect(inside)


async def test_ten_copies_over_http_at_once_have_one_effect(database_url: str) -> None:
    async with gateway_inside(database_url, batch_wait_ms=0) as inside:
        caller = await inside.caller()

        answers = await caller.say_together([event(1)] * 10)

        assert sorted(answer.status_code for answer in answers) == [200] * 9 + [202]
        [first] = [answer.json() for answer in answers if answer.status_code == 202]
        again = [answer.json() for answer in answers if answer.status_code == 200]
        assert all(_same_but_for_verdict(receipt, first) for receipt in again)
        _one_effect(inside)


async def test_the_same_message_over_the_other_road_is_the_same_message(
    database_url: str, broker: Broker
) -> None:
    connect_agencies(database_url, [COMMUNE])
    async with gateway_inside(database_url, amqp_url=broker.url) as inside, wire(broker.url) as own:
        await own.say(event(1))
        first = await own.receipt("message-1")
        caller = await inside.caller()

        later = event(1, time="2026-03-02T09:00:00+07:00")
        answer = await caller.say(dict(reversed(later.items())))

        assert answer.status_code == 200
        assert _same_but_for_verdict(answer.json(), first)
        _one_effect(inside)


async def test_copies_in_one_batch_are_one_message(database_url: str, broker: Broker) -> None:
    connect_agencies(database_url, [COMMUNE])
    async with wire(broker.url) as own:
        for _ in range(5):
            await own.say(event(1))

        async with gateway_inside(database_url, amqp_url=broker.url, batch_wait_ms=500) as inside:
            await eventually(lambda: len(own.receipts("message-1")) == 5, within=15)

            verdicts = [receipt["verdict"] for receipt in own.receipts("message-1")]
            assert verdicts == ["accepted"] + ["duplicate"] * 4
            assert inside.gateway.committer.batches <= 3
            _one_effect(inside)


async def test_a_used_id_with_another_content_is_a_conflict_that_changes_nothing(
    database_url: str, broker: Broker
) -> None:
    connect_agencies(database_url, [COMMUNE])
    async with gateway_inside(database_url, amqp_url=broker.url) as inside, wire(broker.url) as own:
        caller = await inside.caller()
        await own.say(event(1))
        first = await own.receipt("message-1")

        answer = await caller.say(event(1, copies()))
        await own.say(event(1, copies()))
        await eventually(lambda: len(own.receipts("message-1")) == 2, within=15)
        replay = await caller.say(event(1))

        assert answer.status_code == 409
        assert answer.json()["type"] == "urn:lienthong:problem:content-differs"
        assert answer.json()["pointer"] == "/id"
        refusal = own.receipts("message-1")[1]
        assert refusal["verdict"] == "refused"
        assert refusal["problem"]["type"] == "urn:lienthong:problem:content-differs"
        assert _same_but_for_verdict(replay.json(), first)
        assert inside.count("SELECT count(*) FROM inbox WHERE verdict = 'conflict'") == 2
        _one_effect(inside)


async def test_a_conflict_within_one_batch_goes_to_the_later_one(database_url: str) -> None:
    async with gateway_inside(database_url, batch_wait_ms=300) as inside:
        caller = await inside.caller()

        first, second = await caller.say_together([event(1), event(1, copies())])

        assert {first.status_code, second.status_code} == {202, 409}
        _one_effect(inside)


async def test_another_agencys_use_of_an_id_is_its_own(database_url: str) -> None:
    other = "H31.101"
    async with gateway_inside(database_url) as inside:
        commune, neighbour = await inside.caller(), await inside.caller(other)
        theirs = event(2, id="message-1", source=f"urn:lienthong:agency:{other}")
        theirs["subject"] = f"{other}-260302-0001"

        answers = [await commune.say(event(1)), await neighbour.say(theirs)]

        assert [answer.status_code for answer in answers] == [202, 202]


async def test_what_was_not_acknowledged_comes_again_and_has_no_second_effect(
    database_url: str, broker: Broker
) -> None:
    connect_agencies(database_url, [COMMUNE])
    async with gateway_inside(database_url, amqp_url=broker.url) as inside, wire(broker.url) as own:
        async with commits_held(database_url):
            await _all_taken(inside, own, 20)

            # The connection goes while the messages are being committed: their acks are lost.
            assert inside.gateway.intake is not None
            inside.gateway.intake.restart()
            await eventually(lambda: inside.gateway.intake.consumed == 40, within=15)  # type: ignore[union-attr]
        await eventually(lambda: len(own.receipts()) == 40, within=15)

        verdicts = [receipt["verdict"] for receipt in own.receipts()]
        assert verdicts.count("accepted") == 20
        assert verdicts.count("duplicate") == 20
        assert inside.count("SELECT count(*) FROM transfers") == 20
        assert inside.count("SELECT count(*) FROM deliveries WHERE kind = 'handover.offered'") == 20


async def _all_taken(inside: Inside, own: Wire, count: int) -> None:
    await asyncio.gather(*(own.say(event(number)) for number in range(count)))
    intake = inside.gateway.intake
    assert intake is not None
    await eventually(lambda: intake.consumed == count, within=15)
