"""What may have arrived is asked after, not hoped for; where nobody can say, a person does."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest

from connectors.protocol import Caller, Missing, Refused
from gateway.operations import acts
from gateway.operations.acts import Order, Target
from gateway.operations.causes import Cause
from gateway.operations.stuck import Asking, list_stuck
from gateway.operations.stuck_filter import StuckFilter
from gateway.store.pool import Pool
from routing.lifecycle.model import Act
from tests.stage.callers import CUT, DOWN, AskableCaller, ScriptedCaller
from tests.stage.dossiers import COMMUNE
from tests.stage.facts import eventually
from tests.stage.inside import Inside, connect_agencies, gateway_inside

FIRST, SECOND = UUID(int=1), UUID(int=2)
TRANSFER = UUID(int=99)


@asynccontextmanager
async def _gateway(
    database_url: str, caller: ScriptedCaller, *, timeout_ms: int = 100, **settings: Any
) -> AsyncIterator[Inside]:
    """Run a gateway that reaches the commune by this caller, and owes it nothing yet."""
    connect_agencies(database_url, {COMMUNE: caller.name}, timeout_ms=timeout_ms)
    callers: Mapping[str, Caller] = {caller.name: caller}
    chosen = {"lease_seconds": 2, "backoff_base": 0.1, **settings}
    async with gateway_inside(database_url, callers=callers, **chosen) as inside:
        yield inside


def _owe(inside: Inside, delivery: UUID, ordinal: int = 1) -> None:
    inside.rows(
        "INSERT INTO deliveries (id, agency, kind, transfer_id, ordinal, data, state, created_at,"
        " next_attempt_at) VALUES (%s, %s, 'hop.changed', %s, %s, '{}', 'pending', now(), now())",
        delivery,
        COMMUNE,
        TRANSFER,
        ordinal,
    )


def _state(inside: Inside, delivery: UUID) -> tuple[Any, ...]:
    [row] = inside.rows(
        "SELECT state, held_at IS NOT NULL, evidence FROM deliveries WHERE id = %s", delivery
    )
    return row


def _attempts(inside: Inside) -> list[tuple[Any, ...]]:
    return inside.rows("SELECT outcome, code, unknown FROM attempts ORDER BY delivery_id, lease_no")


async def _delivered(inside: Inside, delivery: UUID) -> None:
    await eventually(lambda: _state(inside, delivery)[0] == "delivered", within=20)


async def test_a_partner_that_says_it_has_it_is_not_sent_it_again(database_url: str) -> None:
    caller = AskableCaller("asking", CUT)
    async with _gateway(database_url, caller) as inside:
        _owe(inside, FIRST)

        await _delivered(inside, FIRST)

        assert (caller.sent, caller.asked) == ([FIRST], [FIRST])
        assert _state(inside, FIRST)[2] == "asked: status: there"
        assert _attempts(inside) == [("unreachable", "cut", True)]


async def test_what_a_partner_says_it_has_not_is_sent_again(database_url: str) -> None:
    caller = AskableCaller("asking", CUT, says=[Missing()])
    async with _gateway(database_url, caller) as inside:
        _owe(inside, FIRST)

        await _delivered(inside, FIRST)

        assert (caller.sent, caller.asked) == ([FIRST, FIRST], [FIRST])
        assert _state(inside, FIRST)[2] == "scripted"
        assert _attempts(inside) == [
            ("unreachable", "cut", True),
            ("asked", "not-there", False),
        ]


async def test_a_question_without_an_answer_is_asked_again(database_url: str) -> None:
    caller = AskableCaller("asking", CUT, says=[DOWN, DOWN])
    async with _gateway(database_url, caller) as inside:
        _owe(inside, FIRST)

        await _delivered(inside, FIRST)

        assert (caller.sent, caller.asked) == ([FIRST], [FIRST, FIRST, FIRST])
        assert _attempts(inside)[1:] == [("asked", "no-connection", True)] * 2


async def test_a_partner_may_say_that_it_has_refused_it(database_url: str) -> None:
    caller = AskableCaller("asking", CUT, says=[Refused("not-ours", "")])
    async with _gateway(database_url, caller) as inside:
        _owe(inside, FIRST)

        await eventually(lambda: _state(inside, FIRST)[0] == "failed", within=20)

        assert caller.sent == [FIRST]


async def test_what_surely_did_not_arrive_is_sent_again_unasked(database_url: str) -> None:
    caller = AskableCaller("asking", DOWN)
    async with _gateway(database_url, caller) as inside:
        _owe(inside, FIRST)

        await _delivered(inside, FIRST)

        assert (caller.sent, caller.asked) == ([FIRST, FIRST], [])


async def test_a_partner_that_acts_twice_is_asked_only_when_its_first_call_must_be_over(
    database_url: str,
) -> None:
    caller = AskableCaller("asking", CUT)
    async with _gateway(database_url, caller, timeout_ms=8000) as inside:
        _owe(inside, FIRST)

        await eventually(lambda: _attempts(inside), within=20)

        [(wait,)] = inside.rows(
            "SELECT extract(epoch FROM d.next_attempt_at - a.ended_at)::float8 FROM deliveries d"
            " JOIN attempts a ON a.delivery_id = d.id"
        )
        assert wait > 7
        assert caller.asked == []


@pytest.mark.parametrize("says", [None, "nothing to ask"], ids=["cannot say", "cannot be asked"])
async def test_a_partner_that_knows_ids_is_sent_it_again_when_it_cannot_say(
    says: str | None, database_url: str
) -> None:
    caller = (
        AskableCaller("knowing", CUT, says=[None], idempotent=True)
        if says is None
        else ScriptedCaller("knowing", CUT, idempotent=True)
    )
    async with _gateway(database_url, caller) as inside:
        _owe(inside, FIRST)

        await _delivered(inside, FIRST)

        assert caller.sent == [FIRST, FIRST]


async def test_doubt_outlives_a_later_try_that_did_not_arrive(database_url: str) -> None:
    caller = AskableCaller("knowing", CUT, DOWN, says=[None], idempotent=True)
    async with _gateway(database_url, caller) as inside:
        _owe(inside, FIRST)

        await _delivered(inside, FIRST)

        assert (caller.sent, caller.asked) == ([FIRST, FIRST], [FIRST, FIRST])


async def _held(inside: Inside) -> None:
    await eventually(lambda: _state(inside, FIRST)[1], within=20)


async def test_where_nobody_can_say_it_is_held_with_all_that_follows_it(database_url: str) -> None:
    caller = ScriptedCaller("guessing", CUT)
    async with _gateway(database_url, caller) as inside:
        _owe(inside, FIRST, 1)
        _owe(inside, SECOND, 2)

        await _held(inside)
        services = inside.gateway.services
        unknown = StuckFilter(causes=(Cause.OUTCOME_UNKNOWN,))
        [item] = await list_stuck(
            services.pool, Asking.of(services.rulebook, services.clock.now(), unknown)
        )

        assert (item.delivery, item.agency, item.whose) == (FIRST, COMMUNE, "operator")
        assert caller.sent == [FIRST]
        assert _attempts(inside) == [
            ("unreachable", "cut", True),
            ("held", "outcome-unknown", True),
        ]
        assert _state(inside, SECOND)[0] == "pending"


@pytest.mark.parametrize(
    ("act", "sent"), [(Act.RESOLVE, [FIRST, SECOND]), (Act.RETRY, [FIRST, FIRST, SECOND])]
)
async def test_a_person_says_that_it_arrived_or_has_it_sent_again(
    act: Act, sent: list[UUID], database_url: str
) -> None:
    caller = ScriptedCaller("guessing", CUT)
    async with _gateway(database_url, caller) as inside:
        _owe(inside, FIRST, 1)
        _owe(inside, SECOND, 2)
        await _held(inside)

        await _act(inside.gateway.services.pool, act)
        await _delivered(inside, SECOND)

        assert caller.sent == sent
        assert _state(inside, FIRST)[0] == "delivered"


async def test_a_call_that_nobody_heard_the_end_of_is_in_doubt(database_url: str) -> None:
    """As after a crash in the middle of a call: the next gateway asks, and does not send."""
    gone = ScriptedCaller("asking")
    gone.may_answer.clear()
    async with _gateway(database_url, gone) as inside:
        _owe(inside, FIRST)
        await eventually(lambda: gone.sent, within=20)
        inside.rows("UPDATE deliveries SET lease_no = lease_no + 1, next_attempt_at = now()")
        gone.may_answer.set()

    caller = AskableCaller("asking")
    async with gateway_inside(database_url, callers={"asking": caller}) as inside:
        await _delivered(inside, FIRST)

    assert (caller.sent, caller.asked) == ([], [FIRST])


async def test_a_lease_that_ended_before_its_call_leaves_no_doubt(database_url: str) -> None:
    caller = ScriptedCaller("guessing")
    async with _gateway(database_url, caller) as inside:
        _owe(inside, FIRST)
        await _delivered(inside, FIRST)
        inside.rows(
            "UPDATE deliveries SET state = 'pending', lease_no = lease_no + 3,"
            " next_attempt_at = now(), in_doubt = false"
        )

        await eventually(lambda: len(caller.sent) == 2, within=20)
        await _delivered(inside, FIRST)


async def test_a_connector_that_this_process_does_not_know_is_left_to_those_that_do(
    database_url: str,
) -> None:
    caller = ScriptedCaller("knowing", idempotent=True)
    async with _gateway(database_url, caller) as inside:
        inside.rows("UPDATE endpoints SET connector = 'of-a-newer-version'")
        await inside.gateway.refresh_endpoints()
        _owe(inside, FIRST)
        await inside.gateway.dispatcher.claim()

        assert caller.sent == []
        assert _state(inside, FIRST)[0] == "pending"
        assert inside.count("SELECT max(lease_no) FROM deliveries") == 0


async def _act(pool: Pool, act: Act) -> None:
    order = Order(act, "operator:test", "Đã hỏi qua điện thoại (mô phỏng)")
    await acts.freeze(pool, order, [Target(delivery_id=FIRST)], question={}, dry_run=False)
