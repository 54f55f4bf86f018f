"""Completion: a step is done, the next begin, and with the last one the transfer ends."""

from uuid import UUID

from routing.lifecycle.model import LimitName, Said, TransferState
from schemas.kinds import HopReceived, Kind, ResultDocument
from tests.unit.lifecycle.journey import (
    ALLOCATION,
    COMMUNE,
    COPY,
    LAND,
    declined,
    submit,
    vn,
)

CERTIFICATE = ResultDocument(
    id="gcn-1",
    name="Giấy chứng nhận",
    media_type="application/pdf",
    size=1000,
    sha256="0" * 64,
    kind="certificate",
)


def test_a_completed_step_hands_the_dossier_to_the_next() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake")

    assert journey.state("commune-intake") == "completed"
    assert journey.state("land-extract") == "dispatching"
    assert journey.hop("land-extract").sender_step == "commune-intake"
    assert journey.sent(Kind.HANDOVER_OFFERED)[0].data["sender"] == COMMUNE


def test_the_last_step_completes_the_transfer_and_the_originator_is_told() -> None:
    journey = submit(ALLOCATION).walks("commune-intake", "land-extract", "commune-decision")

    assert journey.transfer.state is TransferState.COMPLETED
    assert journey.transfer.outcome == "approved"
    assert journey.transfer.ended_at == journey.now
    assert journey.told() == [(COMMUNE, "transfer.finished")]
    assert [line["step"] for line in journey.last.sends[0].data["results"]] == [
        "commune-intake",
        "land-extract",
        "commune-decision",
    ]


def test_results_travel_on_by_reference_to_the_stored_message() -> None:
    journey = submit(ALLOCATION)
    journey.walks("commune-intake")
    journey.later(minutes=1).receives("land-extract")

    journey.later(minutes=1).completes("land-extract", results=[CERTIFICATE])

    hop = journey.hop("land-extract")
    assert isinstance(hop.results_ref, UUID)
    [handover] = journey.sent(Kind.HANDOVER_OFFERED)
    assert handover.splice == (journey.transfer.submission_ref, hop.results_ref)
    assert [line["step"] for line in handover.data["results"]] == [
        "commune-intake",
        "land-extract",
    ]
    assert journey.last.entries[0].facts.items() >= {"outcome": "approved", "results": 1}.items()


def test_facts_told_by_a_step_decide_later_conditions() -> None:
    journey = submit("1.012781", obligation="transfer_taxes")
    journey.walks("land-transfer-slip")
    journey.later(minutes=1).receives("tax")

    journey.later(minutes=1).completes("tax", facts={"nothing_to_pay": True})

    assert journey.state("payment") == "skipped"
    assert journey.state("land-completion") == "dispatching"


def test_a_declared_fact_of_the_wrong_type_is_declined() -> None:
    journey = submit("1.012781", obligation="transfer_taxes").walks("land-transfer-slip")

    result = journey.tries(
        Kind.HOP_COMPLETED, "tax", outcome="approved", facts={"nothing_to_pay": "maybe"}
    )

    assert declined(result).pointer == "/data/facts/nothing_to_pay"
    assert journey.state("tax") == "dispatching"


def test_completion_at_the_deadline_is_on_time_and_after_it_a_breach() -> None:
    on_time = submit(COPY, "2026-03-02 08:30")
    on_time.later(seconds=5).delivered("reception")
    on_time.later(minutes=1).receives("reception")
    on_time.at("2026-03-02 10:30").completes("reception")
    assert on_time.hop("reception").clock.breached == ()

    late = submit(COPY, "2026-03-02 08:30")
    late.later(seconds=5).delivered("reception")
    late.later(minutes=1).receives("reception")
    late.at("2026-03-02 10:31").completes("reception")
    assert late.hop("reception").clock.breached == (LimitName.DEADLINE,)
    assert late.acted()[:2] == ["clock.breached", "hop.completed"]


def test_proof_that_it_was_done_in_time_takes_the_breach_back() -> None:
    journey = submit(COPY, "2026-03-02 08:30")
    journey.later(seconds=5).delivered("reception")
    journey.later(minutes=1).receives("reception")
    journey.time("2026-03-02 10:32")
    assert journey.hop("reception").clock.breached == (LimitName.DEADLINE,)

    journey.at("2026-03-02 10:33").completes("reception", claimed=vn("2026-03-02 10:29"))

    assert journey.hop("reception").clock.breached == ()
    assert journey.acted()[0] == "clock.corrected"


def test_another_agency_cannot_complete_it() -> None:
    journey = submit(LAND)

    result = journey.tries(Kind.HOP_COMPLETED, "land-check", by="H31.102", outcome="approved")

    assert declined(result).slug == "not-your-hop"


def test_a_round_that_never_was_is_an_unknown_hop() -> None:
    journey = submit(LAND)
    data = HopReceived(transfer=journey.transfer.id, step="land-check", round=2)

    result = journey.fold(Said(Kind.HOP_RECEIVED, COMMUNE, data, None, journey.now, UUID(int=1)))

    assert declined(result).slug == "unknown-hop"
