"""A receipt shows the steps in their order, and no limit of a hop that has ended."""

from typing import Any
from uuid import UUID

import orjson

from gateway import receipts
from gateway.intake.reading import MAX_BYTES, read_message
from tests.unit.gateway.desk import Batch, incoming
from tests.unit.gateway.desk import receipt as receipt_of
from tests.unit.lifecycle.journey import ALLOCATION, Journey, submit


def receipt(journey: Journey, step: str) -> Any:
    said = receipts.accepted(
        UUID(int=1), "message-1", journey.transfer, journey.context, hop=journey.hop(step)
    )
    return orjson.loads(said)


def test_after_a_return_the_steps_are_still_in_their_order() -> None:
    journey = submit(ALLOCATION).walks("commune-intake")
    journey.later(seconds=5).delivered("land-extract")
    journey.later(minutes=5).returns("land-extract", "commune-intake")

    said = receipt(journey, "commune-intake")

    steps = [step.id for step in journey.transfer.itinerary.steps]
    assert [line["step"] for line in said["itinerary"]] == ["origin", *steps]
    assert said["itinerary"][1]["round"] == 2
    assert said["deadlines"]["hop"]["step"] == "commune-intake"


def test_a_hop_that_has_ended_has_no_deadline() -> None:
    journey = submit(ALLOCATION).walks("commune-intake")

    said = receipt(journey, "commune-intake")

    assert "hop" not in said["deadlines"]


def test_of_what_was_too_large_it_says_so_and_how_much_may_come() -> None:
    judged = read_message(incoming(b" " * (MAX_BYTES + 1)), lambda code: code)

    [answer] = Batch().decide(judged)

    said = receipt_of(answer)
    assert said["message"] == "too-large"
    assert str(MAX_BYTES) in said["problem"]["detail"]
    assert "256 KiB" in said["problem"]["remedy"]
