"""Whatever the ledger holds, what is announced of it is what the published schema says."""

from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest

from gateway.commit.live import Live
from gateway.duties.announcer import _said
from routing.lifecycle.model import HopState, LimitName
from routing.lifecycle.table import LEGAL
from schemas.kinds import Kind
from schemas.registry import REGISTRY
from tests.unit.lifecycle.journey import (
    ALLOCATION,
    BIRTH,
    COPY,
    LAND,
    LOST,
    PERMIT,
    Journey,
    submit,
)

SPOKEN = frozenset(
    {Kind.HOP_CHANGED, Kind.TRANSFER_CHANGED, Kind.TRANSFER_FINISHED, Kind.CLOCK_WARNED}
    | {Kind.CLOCK_BREACHED}
)


@dataclass(frozen=True)
class Told:
    act: str
    kind: Kind
    data: dict[str, Any]


def announced(journey: Journey) -> list[Told]:
    """Everything that is announced of a journey; each valid against its schema."""
    live = Live(journey.transfer)
    for entry in journey.entries:
        live.append(entry, replace(journey.context, now=journey.now), {"directory": "x"})
    told: list[Told] = []
    for row in live.ledger:
        said = _said(
            str(journey.transfer.id),
            row["act"],
            row["step"],
            row["round"],
            orjson.loads(row["body"]),
        )
        if said is None:
            continue
        kind, data = said
        REGISTRY.read(kind.type, orjson.dumps(data, option=orjson.OPT_UTC_Z))
        told.append(Told(row["act"], kind, data))
    return told


def a_walk() -> Journey:
    return submit(BIRTH, residence_check="simple", identity_card=False)


def first_step(journey: Journey) -> str:
    return next(hop.step for hop in journey.transfer.hops.values() if hop.is_running)


def received(procedure: str, **facts: Any) -> tuple[Journey, str]:
    journey = submit(procedure, **facts)
    step = first_step(journey)
    journey.later(seconds=5).delivered(step)
    journey.later(minutes=5).receives(step)
    journey.later(minutes=5)
    return journey, step


def refused(reason: str) -> Journey:
    journey, step = received(BIRTH, residence_check="simple", identity_card=False)
    journey.refuses(step, reason)
    return journey


def paused() -> Journey:
    journey, step = received(BIRTH, residence_check="simple", identity_card=False)
    journey.pauses(step, "payment")
    journey.later(hours=1).says(Kind.HOP_RESUMED, step, reason="payment")
    return journey


def overdue() -> Journey:
    journey, _ = received(BIRTH, residence_check="simple", identity_card=False)
    for day in range(3, 28):
        journey.time(f"2026-03-{day:02d} 09:00")
    return journey


def withdrawn() -> Journey:
    journey, _ = received(BIRTH, residence_check="simple", identity_card=False)
    journey.says(Kind.TRANSFER_WITHDRAWN, None, reason="x")
    return journey


def corrected() -> Journey:
    journey, _ = received(BIRTH, residence_check="simple", identity_card=False)
    journey.says(Kind.TRANSFER_CORRECTED, None, reason="x", note="x")
    return journey


def stopped() -> Journey:
    journey, _ = received(BIRTH, residence_check="simple", identity_card=False)
    journey.acts("stop")
    journey.acts("archive")
    return journey


def undeliverable() -> Journey:
    journey = a_walk()
    journey.undeliverable(first_step(journey))
    return journey


def in_a_mailbox() -> Journey:
    journey = a_walk()
    journey.available(first_step(journey))
    journey.time("2026-03-02 16:00")
    return journey


def returned() -> Journey:
    journey = submit(ALLOCATION).walks("commune-intake", "land-extract")
    journey.later(seconds=5).delivered("commune-decision")
    journey.later(minutes=5).receives("commune-decision")
    journey.later(minutes=5).returns("commune-decision", "land-extract")
    return journey


JOURNEYS = {
    one.__name__: one
    for one in (
        a_walk,
        paused,
        overdue,
        withdrawn,
        corrected,
        stopped,
        undeliverable,
        in_a_mailbox,
        returned,
    )
}


@pytest.mark.parametrize("name", JOURNEYS)
def test_every_event_of_a_journey_is_valid(name: str) -> None:
    told = announced(JOURNEYS[name]())

    assert told
    assert {one.kind for one in told} <= SPOKEN


@pytest.mark.parametrize("reason", ["not_competent", "incomplete", "wrong_data", "rejected"])
def test_every_refusal_is_announced(reason: str) -> None:
    told = announced(refused(reason))

    assert ("refused", reason) in [
        (one.data["state"], one.data["reason"]) for one in told if one.kind is Kind.HOP_CHANGED
    ]


@pytest.mark.parametrize("procedure", [ALLOCATION, BIRTH, COPY, LAND, LOST, PERMIT])
def test_a_submission_is_announced_for_every_procedure(procedure: str) -> None:
    told = announced(submit(procedure))

    assert told[0].kind is Kind.TRANSFER_CHANGED
    assert "dispatching" in [one.data["state"] for one in told]


def test_warnings_and_breaches_carry_their_instants() -> None:
    told = announced(overdue())

    assert {one.kind for one in told} >= {Kind.CLOCK_WARNED, Kind.CLOCK_BREACHED}


def test_the_end_is_announced_as_the_end() -> None:
    told = announced(withdrawn())

    [end] = [one for one in told if one.kind is Kind.TRANSFER_FINISHED]
    assert end.data["state"] == "withdrawn"


def test_what_an_operator_takes_off_a_list_is_nobody_elses_business() -> None:
    told = announced(stopped())

    assert "transfer.archived" not in [one.act for one in told]
    assert [one.data["state"] for one in told if one.act.startswith("transfer.")] == [
        "open",
        "stopped",
    ]


def test_every_state_that_a_hop_can_come_to_has_its_event() -> None:
    """The first state is none that is come to; the origin is completed by the submission."""
    states = {after for _, after in LEGAL} - {HopState.PLANNED}

    for state in states:
        act = "hop.dispatched" if state is HopState.DISPATCHING else f"hop.{state}"
        said = _said("00000000-0000-7000-8000-000000000000", act, "tax", 1, {})

        assert said is not None, state
        kind, data = said
        assert (kind, data["state"]) == (Kind.HOP_CHANGED, state)
        REGISTRY.read(kind.type, orjson.dumps(data))


@pytest.mark.parametrize("limit", LimitName)
def test_every_limit_can_be_announced_as_breached(limit: LimitName) -> None:
    body = {"reason": limit.value, "facts": {"limit_at": "2026-03-02T10:00:00+00:00"}}

    said = _said("00000000-0000-7000-8000-000000000000", "clock.breached", "tax", 1, body)

    assert said is not None
    REGISTRY.read(said[0].type, orjson.dumps(said[1]))
