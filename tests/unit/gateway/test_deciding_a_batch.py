"""The desk: a batch is decided in its order, and each message once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from gateway.commit.desk import Earlier
from gateway.commit.items import Act, Due, Judged, Road, Settlement
from gateway.ids import new_id
from routing.lifecycle.model import Operated
from schemas.kinds import Kind
from schemas.problems import ProblemType, problem
from tests.stage.clock import MONDAY
from tests.stage.dossiers import (
    BIRTH_HOPS,
    COMMUNE,
    INSURANCE,
    POLICE,
    POPULATION,
    birth,
    code,
    event,
)
from tests.unit.gateway.desk import (
    Batch,
    came_to,
    everybody,
    holding,
    nobody,
    offered,
    opened,
    read,
    receipt,
    said,
    submitted,
)

# A message for the first time


def test_an_accepted_submission_answers_with_its_whole_way() -> None:
    batch = Batch()

    [answer] = batch.decide(submitted())

    told = receipt(answer)
    assert (answer.verdict, answer.status) == ("accepted", 202)
    assert told["dossier"] == {"issuer": COMMUNE, "code": code(1)}
    assert [hop["step"] for hop in told["itinerary"]] == ["origin", *BIRTH_HOPS, "identity-card"]
    assert told["deadlines"]["hop"]["step"] == BIRTH_HOPS[0]
    assert "residence" in told["deadlines"]["latest"]
    assert BIRTH_HOPS[0] not in told["deadlines"]["latest"]


def test_what_is_accepted_is_written_whole() -> None:
    batch = Batch()

    batch.decide(submitted())

    rows = batch.desk.rows
    [transfer] = rows.transfers
    assert batch.verdicts() == ["accepted"]
    assert len(rows.payloads) == len(rows.dossiers) == len(rows.itineraries) == 1
    assert [hop["step"] for hop in rows.hops] == ["origin", *BIRTH_HOPS, "identity-card"]
    assert transfer["seq"] == len(rows.ledger) == rows.ledger[-1]["seq"]
    assert transfer["head_hash"] == rows.ledger[-1]["hash"]
    assert rows.transfer_changes == []


def test_aliases_are_kept_with_the_dossier() -> None:
    batch = Batch()
    alias = {"system": "dvcqg", "code": "G22.99.08-260302-000417"}

    batch.decide(submitted(data=birth(aliases=[alias])))

    assert batch.desk.rows.aliases == [
        {"system": "dvcqg", "alias": alias["code"], "issuer": COMMUNE, "code": code(1)}
    ]


def test_over_http_the_receipt_is_the_answer_and_over_the_broker_a_delivery() -> None:
    for road, receipts in ((Road.HTTP, 0), (Road.AMQP, 1), (Road.DEAD, 1)):
        batch = Batch()
        message = submitted(road=road)

        [answer] = batch.decide(message)

        owed = batch.sent(Kind.RECEIPT_ISSUED)
        assert len(owed) == receipts
        for row in owed:
            assert row["correlation"] == message.key
            assert row["agency"] == COMMUNE
            assert row["data"].encode() == answer.receipt


def test_a_refusal_is_recorded_with_its_problem_and_changes_nothing_else() -> None:
    batch = Batch()
    message = submitted(data=birth(procedure="1.999999"))

    [answer] = batch.decide(message)

    rows = batch.desk.rows
    assert (answer.verdict, answer.status) == ("refused", 422)
    assert batch.verdicts() == ["refused"]
    assert rows.inbox[0]["problem"] is ProblemType.UNKNOWN_PROCEDURE
    assert len(rows.payloads) == 1
    assert rows.count() == 2


def test_what_was_too_large_is_recorded_without_its_body() -> None:
    batch = Batch()
    message = read(event(1, {**birth(), "note": "x" * 300_000}))

    [answer] = batch.decide(message)

    assert answer.status == 413
    assert batch.desk.rows.payloads == []
    assert batch.desk.rows.inbox[0]["size"] > 300_000


# A message again


def test_the_same_message_twice_in_a_batch_has_one_effect() -> None:
    first, again = submitted(), submitted()
    batch = Batch().claimed(first)

    answers = batch.decide(first, again)

    assert [answer.verdict for answer in answers] == ["accepted", "duplicate"]
    assert [answer.status for answer in answers] == [202, 200]
    assert batch.verdicts() == ["accepted"]
    assert len(batch.desk.rows.transfers) == 1
    assert receipt(answers[1]) == {
        **receipt(answers[0]),
        "verdict": "duplicate",
        "first": "accepted",
    }


def test_a_message_repeated_in_a_later_batch_gets_the_stored_answer() -> None:
    again = submitted()
    batch = Batch()
    batch.loaded.earlier[COMMUNE, "message-1"] = Earlier(
        again.digest, new_id(), "accepted", '{"verdict":"accepted","transfer":"x"}'
    )

    [answer] = batch.decide(again)

    assert (answer.verdict, answer.status) == ("duplicate", 200)
    assert receipt(answer) == {"verdict": "duplicate", "first": "accepted", "transfer": "x"}
    assert batch.desk.rows.count() == 0


@pytest.mark.parametrize("verdict", ["refused", "poison"])
def test_a_refusal_repeated_says_that_it_was_one(verdict: str) -> None:
    again = submitted()
    batch = Batch()
    batch.loaded.earlier[COMMUNE, "message-1"] = Earlier(again.digest, new_id(), verdict, "{}")

    [answer] = batch.decide(again)

    assert (answer.verdict, answer.status) == ("duplicate", 200)
    assert receipt(answer)["first"] == "refused"


def test_a_refused_message_twice_in_a_batch_is_recorded_once() -> None:
    first, again = (submitted(data=birth(procedure="1.999999")) for _ in range(2))
    batch = Batch().claimed(first)

    answers = batch.decide(first, again)

    assert [answer.verdict for answer in answers] == ["refused", "duplicate"]
    assert receipt(answers[1])["first"] == "refused"
    assert batch.verdicts() == ["refused"]


def test_a_duplicate_over_the_broker_is_answered_there_each_time() -> None:
    first, second, third = (submitted(road=Road.AMQP) for _ in range(3))
    batch = Batch().claimed(first)

    batch.decide(first, second, third)

    owed = batch.sent(Kind.RECEIPT_ISSUED)
    assert len({row["id"] for row in owed}) == 3
    assert {row["correlation"] for row in owed} == {"message-1"}


@pytest.mark.parametrize("known", [True, False])
def test_the_same_id_with_another_content_conflicts_and_changes_nothing(known: bool) -> None:
    first = submitted()
    other = submitted(data=birth(note="another"))
    batch = Batch().claimed(first)

    answers = batch.decide(*([first, other] if known else [other]))

    assert (answers[-1].verdict, answers[-1].status) == ("refused", 409)
    assert answers[-1].problem.slug is ProblemType.CONTENT_DIFFERS
    assert batch.verdicts()[-1] == "conflict"
    assert len(batch.desk.rows.transfers) == known


def test_the_same_id_of_two_agencies_is_two_messages() -> None:
    theirs = read({**event(1), "source": f"urn:lienthong:agency:{POLICE}"}, agency=POLICE)
    batch = Batch().claimed(theirs)

    [answer] = batch.decide(submitted())

    assert answer.verdict == "accepted"


# A dossier once


def test_a_dossier_in_transit_is_not_opened_twice() -> None:
    batch = Batch()
    under_way = new_id()
    batch.loaded.in_transit[COMMUNE, code(1)] = under_way

    [answer] = batch.decide(submitted())

    assert (answer.status, answer.problem.slug) == (409, ProblemType.DOSSIER_IN_TRANSIT)
    assert str(under_way) in answer.problem.detail


def test_a_dossier_is_in_transit_for_the_rest_of_its_batch() -> None:
    batch = Batch()

    answers = batch.decide(submitted(), submitted(id="message-2"))

    assert [answer.verdict for answer in answers] == ["accepted", "refused"]
    assert answers[1].problem.slug is ProblemType.DOSSIER_IN_TRANSIT


def test_a_refused_submission_does_not_block_the_dossier() -> None:
    batch = Batch()

    answers = batch.decide(submitted(data=birth(procedure="1.999999")), submitted(id="message-2"))

    assert [answer.verdict for answer in answers] == ["refused", "accepted"]


# Later messages


def test_whose_turn_it_was_may_speak() -> None:
    live = opened()
    batch = holding(live)
    turn = said(Kind.HOP_RECEIVED, live.transfer.id, COMMUNE, step="civil-status", round=1)

    [answer] = batch.decide(turn)

    assert answer.verdict == "accepted"
    assert "hop.received" in batch.acts()
    assert batch.desk.rows.transfers == []
    assert len(batch.desk.rows.transfer_changes) == 1


def test_a_transfer_of_others_looks_like_none_at_all() -> None:
    live = opened()
    batch = holding(live)
    theirs, none = (
        said(Kind.HOP_RECEIVED, transfer, "H31.101", step="civil-status", round=1)
        for transfer in (live.transfer.id, new_id())
    )

    answers = batch.decide(theirs, none)

    foreign, unknown = ({**receipt(one), "id": "", "message": ""} for one in answers)
    assert foreign == unknown
    assert answers[0].problem.slug is ProblemType.UNKNOWN_TRANSFER
    assert [row["transfer_id"] for row in batch.desk.rows.inbox] == [None, None]
    assert batch.acts() == []


def test_a_step_that_is_only_planned_makes_nobody_a_party() -> None:
    live = opened()
    batch = holding(live)

    [answer] = batch.decide(
        said(Kind.HOP_RECEIVED, live.transfer.id, INSURANCE, step="health-insurance", round=1)
    )

    assert answer.problem.slug is ProblemType.UNKNOWN_TRANSFER


def test_a_subject_that_is_another_dossier_is_refused() -> None:
    live = opened()
    message = {
        **event(2),
        "id": "other",
        "type": Kind.HOP_RECEIVED.type,
        "data": {"transfer": str(live.transfer.id), "step": "civil-status", "round": 1},
    }

    [answer] = holding(live).decide(read(message))

    assert answer.problem.slug is ProblemType.KEY_MISMATCH


def test_messages_of_one_transfer_are_folded_in_their_order() -> None:
    live = opened()
    batch = holding(live)
    step: dict[str, Any] = {"step": "civil-status", "round": 1}

    answers = batch.decide(
        said(Kind.HOP_RECEIVED, live.transfer.id, COMMUNE, **step),
        said(Kind.HOP_COMPLETED, live.transfer.id, COMMUNE, **step, outcome="issued"),
        said(Kind.HOP_RECEIVED, live.transfer.id, POPULATION, step="population-id", round=1),
    )

    assert [answer.verdict for answer in answers] == ["accepted"] * 3
    assert len(batch.desk.rows.transfer_changes) == 1
    numbers = [row["seq"] for row in batch.desk.rows.ledger]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert batch.desk.rows.ledger[0]["prev_hash"] == "\\x" + opened().head.hex()


def test_deliveries_of_one_transfer_sort_in_the_order_they_were_decided() -> None:
    live = opened()
    batch = holding(live)
    step: dict[str, Any] = {"step": "civil-status", "round": 1}

    for_one = [
        said(Kind.HOP_RECEIVED, live.transfer.id, COMMUNE, **step),
        *(
            one
            for _ in range(6)
            for one in (
                said(
                    Kind.HOP_PAUSED,
                    live.transfer.id,
                    COMMUNE,
                    **step,
                    reason="payment",
                    legal_basis="x",
                ),
                said(Kind.HOP_RESUMED, live.transfer.id, COMMUNE, **step, reason="payment"),
            )
        ),
        said(Kind.HOP_COMPLETED, live.transfer.id, COMMUNE, **step, outcome="issued"),
    ]
    batch.decide(*for_one)

    ordinals = [row["ordinal"] for row in batch.desk.rows.deliveries]
    assert len(ordinals) > 5
    assert ordinals == sorted(set(ordinals))


def test_a_notice_for_information_is_owed_only_to_who_is_connected() -> None:
    def told_by(is_connected: Callable[[str], bool]) -> list[str]:
        live = opened()
        batch = holding(live)
        batch.now, batch.is_connected = MONDAY + timedelta(days=30), is_connected
        batch.decide(Due(live.transfer.id))
        return [row["agency"] for row in batch.sent(Kind.CLOCK_BREACHED)]

    parties = told_by(nobody)
    told = told_by(everybody)

    assert parties
    assert set(parties) < set(told)
    assert set(told) - set(parties) == {"H31"}


# What becomes of deliveries


def test_a_delivery_to_a_mailbox_is_parked_and_available_at_once() -> None:
    batch = Batch(is_mailbox=everybody, may_take=everybody)

    batch.decide(submitted())

    [offer] = batch.sent(Kind.HANDOVER_OFFERED)
    [live] = batch.loaded.live.values()
    hop = live.transfer.current("civil-status")
    assert hop is not None
    assert offer["parked"]
    assert not offer["take"]
    assert batch.desk.rows.owed == {}
    assert hop.available_at == MONDAY
    assert hop.state == "dispatching"


def test_what_this_process_may_send_is_leased_to_it_at_once() -> None:
    batch = Batch(may_take=everybody)

    batch.decide(submitted())

    [offer] = batch.sent(Kind.HANDOVER_OFFERED)
    owed = batch.desk.rows.owed[offer["id"]]
    assert (offer["take"], offer["lease"], owed.lease_no) == (True, 30.0, 1)
    assert owed.splice == (batch.desk.rows.inbox[0]["id"],)


def test_what_it_may_not_send_waits_in_the_table() -> None:
    batch = Batch()

    batch.decide(submitted())

    [offer] = batch.sent(Kind.HANDOVER_OFFERED)
    assert (offer["take"], offer["parked"]) == (False, False)
    assert batch.desk.rows.owed == {}


def test_an_outcome_in_time_moves_the_hop() -> None:
    live = opened()
    owed = offered(live, "civil-status")
    batch = holding(live)
    batch.loaded.settled.add(owed.id)

    assert batch.decide(came_to(owed, Settlement.DELIVERED)) == [None]

    assert batch.acts() == ["hop.delivered"]
    assert batch.desk.rows.attempts == []


def test_a_late_outcome_is_evidence_without_effect() -> None:
    live = opened()
    owed = offered(live, "civil-status")
    batch = holding(live)

    batch.decide(came_to(owed, Settlement.DELIVERED))

    assert batch.acts() == []
    assert [row["outcome"] for row in batch.desk.rows.attempts] == ["late"]


def test_a_partner_that_cannot_be_reached_is_an_attempt_and_nothing_more() -> None:
    live = opened()
    owed = offered(live, "civil-status")
    batch = holding(live)
    batch.loaded.settled.add(owed.id)

    batch.decide(came_to(owed, Settlement.UNREACHABLE, "timeout", unknown=True))

    [attempt] = batch.desk.rows.attempts
    assert (attempt["outcome"], attempt["code"], attempt["unknown"]) == (
        "unreachable",
        "timeout",
        True,
    )
    assert batch.acts() == []


def test_a_refused_delivery_waits_for_a_person() -> None:
    live = opened()
    owed = offered(live, "civil-status")
    batch = holding(live)
    batch.loaded.settled.add(owed.id)

    batch.decide(came_to(owed, Settlement.REFUSED, "410"))

    hop = live.transfer.current("civil-status")
    assert hop is not None
    assert [row["outcome"] for row in batch.desk.rows.attempts] == ["refused"]
    assert hop.failure is not None
    assert hop.failure["kind"] == "undeliverable"


# Timers and operators


def test_an_act_on_nothing_says_so_and_one_that_does_not_fit_says_why() -> None:
    live = opened()
    batch = holding(live)
    stop = Operated("stop", "operator:an", "test")

    answers = batch.decide(
        Act(new_id(), stop),
        Act(live.transfer.id, Operated("resume", "operator:an", "test", step="civil-status")),
        Act(live.transfer.id, stop),
    )

    assert answers[0] == "not-found"
    assert answers[1].startswith("illegal-transition: ")
    assert answers[2] == "done"


def test_a_timer_that_has_nothing_to_decide_writes_nothing() -> None:
    batch = holding(opened())

    batch.decide(Due(opened().transfer.id), Due(new_id()))

    assert batch.desk.rows.count() == 0


def test_a_timer_that_has_come_is_decided_as_of_now() -> None:
    live = opened()
    batch = holding(live)
    following = live.transfer.next_instant()
    assert following is not None
    batch.now = following

    batch.decide(Due(live.transfer.id))

    assert "clock.breached" in batch.acts()


def test_a_poison_message_is_recorded_and_claims_no_key() -> None:
    bad = submitted()
    found = problem(ProblemType.INTERNAL, "the gateway could not judge this message")
    poison = Judged(bad.incoming, bad.body_digest, problem=found, poison=True)
    batch = Batch()

    answers = batch.decide(poison, submitted(2))

    assert [answer.verdict for answer in answers] == ["refused", "accepted"]
    assert batch.verdicts() == ["poison", "accepted"]
    assert answers[0].status == 500
