"""The stored form: JSON-ready, exact, and small."""

import orjson

from routing.itinerary import to_document
from routing.lifecycle.codec import (
    hop_from_document,
    hop_to_document,
    state_to_document,
    transfer_from_document,
    transfer_from_parts,
    transfer_to_document,
)
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import ALLOCATION, COMMUNE, Journey, submit


def eventful() -> Journey:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake")
    journey.later(seconds=5).delivered("land-extract")
    journey.later(minutes=5).pauses("land-extract")
    journey.later(days=3).says(Kind.SUPPLEMENT_PROVIDED, "land-extract", by=COMMUNE, note="x")
    journey.later(minutes=5).refuses("land-extract", "incomplete")
    return journey


def test_a_transfer_comes_back_exactly() -> None:
    transfer = eventful().transfer

    document = orjson.loads(orjson.dumps(transfer_to_document(transfer)))

    assert transfer_from_document(document) == transfer


def test_it_comes_back_from_its_parts_too() -> None:
    transfer = eventful().transfer
    state = orjson.loads(orjson.dumps(state_to_document(transfer)))
    hops = [orjson.loads(orjson.dumps(hop_to_document(hop))) for hop in transfer.hops.values()]

    read = transfer_from_parts(
        state, to_document(transfer.itinerary), [hop_from_document(hop) for hop in hops]
    )

    assert read == transfer
    assert "hops" not in state
    assert "itinerary" not in state


def test_what_is_at_its_default_is_not_written() -> None:
    journey = submit(ALLOCATION)

    planned = hop_to_document(journey.hop("land-extract"))

    assert set(planned) == {"step", "round", "state", "agency"}


def test_a_row_without_a_field_that_came_later_still_reads() -> None:
    hop = eventful().hop("land-extract")
    document = hop_to_document(hop)
    document.pop("excluded", None)
    document["clock"].pop("warned", None)

    assert hop_from_document(document).clock.warned == ()
