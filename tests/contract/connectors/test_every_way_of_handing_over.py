"""What holds for each connector and its simulated agency.

Queue, webhook, edXML, mailbox, and the dialects: `rest` with a mapping of everything, `land-tax`,
`dvcqg`. What a dialect has no word for is not asked of it: three fixtures say of which ways a test
holds.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest

from connectors.simulators import Behaviour, Ending, OneStop, Script, running
from schemas.kinds import Kind
from tests.contract.connectors.stand_in import eventually
from tests.contract.connectors.ways import CODE, ISSUER, MONDAY, Way, handover, parcel

OpenWay = Callable[..., AbstractAsyncContextManager[Way]]
RECEIVED, COMPLETED = "hop.received", "hop.completed"


def always(script: Script) -> Behaviour:
    return Behaviour(scripts={f"{ISSUER}-260302-{n:04}": script for n in range(1, 60)})


async def test_a_handover_is_received_completed_and_receipted(open_answering_way: OpenWay) -> None:
    async with open_answering_way() as way:
        await way.hand_over_and_be_seen(handover())
        await way.let_time_pass(lambda: len(way.stand_in.accepted) == 2)
        await eventually(lambda: way.agency.in_flight == 0)

        record = way.agency.record
        assert way.stand_in.kinds(CODE) == [RECEIVED, COMPLETED]
        assert record.doubled() == []
        assert record.unreceipted() == []
        assert [sent.verdicts for sent in record.sent.values()] == [["accepted"], ["accepted"]]
        first, last = (accepted.event["time"] for accepted in way.stand_in.accepted)
        assert (first, last) == ("2026-03-02T01:05:00Z", "2026-03-02T02:05:00Z")


async def test_a_slow_agency_is_still_while_it_waits(open_answering_way: OpenWay) -> None:
    slow = Script(received_after=timedelta(hours=2), decided_after=timedelta(days=2))
    async with open_answering_way(always(slow)) as way:
        await way.hand_over_and_be_seen(handover())
        await eventually(lambda: way.agency.in_flight == 0)

        assert way.stand_in.accepted == []
        assert way.clock.now() == MONDAY
        assert way.clock.next_parked() == MONDAY + timedelta(hours=2)


async def test_it_is_in_flight_as_soon_as_time_wakes_it(open_answering_way: OpenWay) -> None:
    async with open_answering_way() as way:
        await way.hand_over_and_be_seen(handover())
        await eventually(lambda: way.agency.in_flight == 0)

        way.clock.step()

        assert way.agency.in_flight == 1


@pytest.mark.parametrize(
    ("script", "kind", "field", "value"),
    [
        (Script(ending=Ending.REFUSE, refusal="rejected"), "hop.refused", "reason", "rejected"),
        (Script(ending=Ending.RETURN), "hop.returned", "to_step", "civil-status"),
    ],
)
async def test_refusals_and_returns_come_back(
    open_fluent_way: OpenWay, script: Script, kind: str, field: str, value: str
) -> None:
    async with open_fluent_way(always(script)) as way:
        await way.hand_over(handover(step="residence", results=["civil-status"]))
        await way.let_time_pass(lambda: len(way.stand_in.accepted) == 2)

        assert way.stand_in.kinds() == [RECEIVED, kind]
        assert way.stand_in.accepted[-1].event["data"][field] == value


async def test_a_dossier_goes_back_to_where_it_was_received(open_answering_way: OpenWay) -> None:
    back = Script(ending=Ending.RETURN, return_to="origin")
    async with open_answering_way(always(back)) as way:
        await way.hand_over(handover(step="residence", results=["civil-status"]))
        await way.let_time_pass(lambda: len(way.stand_in.accepted) == 2)

        assert way.stand_in.kinds() == [RECEIVED, "hop.returned"]
        assert way.stand_in.accepted[-1].event["data"]["to_step"] == "origin"


@pytest.mark.parametrize(
    ("ending", "kinds"), [(Ending.SILENT, []), (Ending.STALL, [RECEIVED])], ids=["silent", "stall"]
)
async def test_a_silent_agency_takes_the_handover_and_says_no_more(
    open_answering_way: OpenWay, ending: Ending, kinds: list[str]
) -> None:
    async with open_answering_way(always(Script(ending=ending))) as way:
        await way.hand_over_and_be_seen(handover())
        await way.let_time_pass(way.is_over)
        await eventually(lambda: way.agency.in_flight == 0)

        assert way.stand_in.kinds() == kinds
        assert way.acted(handover()) == 1


async def test_a_pause_for_a_supplement_comes_before_the_decision(
    open_answering_way: OpenWay,
) -> None:
    async with open_answering_way(always(Script(pause_after=timedelta(minutes=20)))) as way:
        await way.hand_over(handover())
        await way.let_time_pass(lambda: len(way.stand_in.accepted) == 4)

        assert way.stand_in.kinds() == [RECEIVED, "hop.paused", "hop.resumed", COMPLETED]


async def test_answers_sent_twice_are_the_same_bytes_and_take_effect_once(
    open_answering_way: OpenWay,
) -> None:
    async with open_answering_way(always(Script(copies=2))) as way:
        await way.hand_over(handover())
        await way.let_time_pass(lambda: sum(way.stand_in.arrivals.values()) == 4)

        assert way.stand_in.kinds() == [RECEIVED, COMPLETED]
        assert all(times == 2 for times in way.stand_in.arrivals.values())
        assert all(len(bodies) == 1 for bodies in way.stand_in.bodies.values())


async def test_answers_can_come_out_of_order(open_answering_way: OpenWay) -> None:
    async with open_answering_way(always(Script(out_of_order=True))) as way:
        await way.hand_over(handover())
        await way.let_time_pass(lambda: len(way.stand_in.accepted) == 2)

        assert way.stand_in.kinds() == [COMPLETED, RECEIVED]


async def test_a_parcel_that_arrives_again_takes_effect_once(open_way: OpenWay) -> None:
    async with open_way() as way:
        offered, answers = way.offer(), [RECEIVED, COMPLETED] if way.manners.answers else []
        await way.hand_over_and_be_seen(offered)
        await way.let_time_pass(lambda: len(way.stand_in.accepted) == len(answers))

        await way.hand_over(offered, offered)
        await eventually(lambda: way.manners.asks_first or way.received(offered) >= 2)
        await eventually(lambda: way.agency.in_flight == 0)

        record = way.agency.record
        assert way.acted(offered) == 1
        assert record.doubled() == []
        assert record.altered == []
        assert way.stand_in.kinds() == answers


async def test_a_hop_handed_over_under_a_second_delivery_is_known_or_told_as_a_double_effect(
    open_answering_way: OpenWay,
) -> None:
    async with open_answering_way() as way:
        again = handover()
        data = again.envelope["data"]
        other = parcel(Kind.HANDOVER_OFFERED, data["dossier"]["code"], data, "another delivery")

        await way.hand_over_and_be_seen(again, other)

        hop = f"{data['transfer']}/civil-status/1"
        assert way.agency.record.doubled() == ([] if way.manners.knows_hops else [hop])


async def test_the_order_within_a_dossier_is_kept(open_way: OpenWay) -> None:
    async with open_way() as way:
        parcels = [way.offer(step=f"step-{n}") for n in range(30)]

        await way.hand_over_and_be_seen(*parcels)

        keys = [way.manners.key(parcel) for parcel in parcels]
        assert [key for key in way.agency.record.acted if key in keys] == keys


async def test_an_unreadable_parcel_stops_nothing_after_it(open_way: OpenWay) -> None:
    async with open_way() as way:
        offered = way.offer()
        broken = parcel(Kind(offered.kind), "H54.15.07-260302-0009", {"step": 7}, "broken")
        outcome = asyncio.create_task(way.hand_over(broken))

        await way.hand_over_and_be_seen(offered)
        # A dialect may be unable to write it at all, and then refuses to.
        await eventually(lambda: way.agency.record.unreadable or way.refused)
        outcome.cancel()

        assert way.acted(offered) == 1
        assert sum(way.agency.record.acted.values()) == 1


async def test_what_was_handed_over_while_the_agency_was_down_is_done_once_it_is_back(
    open_way: OpenWay,
) -> None:
    async with open_way(started=False) as way:
        async with running(way.agency):
            await way.hand_over_and_be_seen(way.offer(1))

        waiting = asyncio.create_task(way.hand_over(way.offer(2), way.offer(3)))
        way.agency.started.clear()
        async with running(way.agency):
            await waiting
            # The first dossier's work ended with the first run: only its record is left.
            answers = 4 if way.manners.answers else 0
            await way.let_time_pass(lambda: len(way.stand_in.accepted) >= answers)
            await eventually(lambda: way.agency.in_flight == 0)

        assert way.agency.record.doubled() == []
        assert sum(way.agency.record.acted.values()) >= 3


async def test_it_shuts_down_within_two_seconds_in_the_middle_of_work(
    open_answering_way: OpenWay,
) -> None:
    async with open_answering_way(started=False) as way:
        loop = asyncio.get_running_loop()

        async with running(way.agency):
            await way.hand_over_and_be_seen(*(handover(n) for n in range(1, 20)))
            way.stand_in.unavailable = 1000
            way.clock.step()
            began = loop.time()

        assert loop.time() - began < 2


async def test_a_message_is_sent_again_until_it_has_its_receipt(
    open_answering_way: OpenWay,
) -> None:
    async with open_answering_way() as way:
        way.stand_in.unavailable = 2
        way.stand_in.lost_answers = 1

        await way.hand_over(handover())
        await way.let_time_pass(lambda: len(way.stand_in.accepted) == 2)
        await eventually(lambda: way.agency.in_flight == 0)

        assert way.stand_in.kinds() == [RECEIVED, COMPLETED]
        assert all(len(bodies) == 1 for bodies in way.stand_in.bodies.values())
        assert way.agency.record.unreceipted() == []
        received, _ = way.agency.record.sent.values()
        assert received.verdicts[0] == ("duplicate" if way.manners.tells_duplicates else "accepted")
        assert received.is_accepted


async def test_a_cancelled_handover_is_worked_on_no_more(open_answering_way: OpenWay) -> None:
    async with open_answering_way() as way:
        offered = handover()
        hop = {name: offered.envelope["data"][name] for name in ("transfer", "step", "round")}
        cancelled = parcel(
            Kind.HANDOVER_CANCELLED,
            offered.envelope["subject"],
            {**hop, "reason": "withdrawn"},
            "cancelled",
        )

        await way.hand_over_and_be_seen(offered, cancelled)
        await way.let_time_pass(way.is_over)

        assert way.stand_in.accepted == []
        assert way.agency.in_flight == 0


async def test_a_sender_takes_note_of_a_refusal_and_provides_what_is_missing(
    open_fluent_way: OpenWay,
) -> None:
    async with open_fluent_way() as way:
        offered = handover()
        data = offered.envelope["data"]
        hop = {"transfer": data["transfer"], "step": "residence", "round": 1}
        refused = {**hop, "agency": "G01", "state": "refused", "reason": "incomplete"}
        asked = {**hop, "requested_by": "G01", "legal_basis": "mô phỏng"}
        code = offered.envelope["subject"]

        await way.hand_over_and_be_seen(
            parcel(Kind.HOP_CHANGED, code, refused, "refused"),
            parcel(Kind.SUPPLEMENT_REQUESTED, code, asked, "asked"),
        )
        await way.let_time_pass(lambda: len(way.stand_in.accepted) == 2)

        assert way.stand_in.kinds() == ["refusal.acknowledged", "supplement.provided"]


async def test_a_one_stop_submits_and_learns_how_it_ended(open_fluent_way: OpenWay) -> None:
    async with open_fluent_way() as way:
        one_stop = OneStop(way.agency)
        data = handover().envelope["data"]
        code = data["dossier"]["code"]

        one_stop.submit(code, data["submission"])
        receipt = await one_stop.receipt_for(code)
        finished = {"transfer": data["transfer"], "state": "completed", "results": []}
        finished["finished_at"] = "2026-03-04T01:00:00Z"
        await way.hand_over_and_be_seen(parcel(Kind.TRANSFER_FINISHED, code, finished, "finished"))

        assert receipt.is_accepted
        assert way.stand_in.kinds() == ["transfer.submitted"]
        assert way.agency.record.finished == {data["transfer"]: "completed"}
