"""What a person can do where a transfer cannot go on, or should not, by itself."""

import pytest

from routing.lifecycle.model import LimitName, TransferState
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import ALLOCATION, COMMUNE, Journey, declined, submit, vn

OTHER = "H31.15.20.002"


def at_land_extract() -> Journey:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake")
    journey.later(seconds=5).delivered("land-extract")
    return journey.later(minutes=1)


def test_retry_sends_the_same_handover_again_and_withdraws_the_last() -> None:
    journey = submit(ALLOCATION)
    before = journey.last.sends[0].data
    journey.later(seconds=5).undeliverable("commune-intake", "no-queue")

    journey.later(minutes=5).acts("retry", "commune-intake")

    [handover] = journey.last.sends
    assert handover.data == before
    assert [one.reason for one in journey.last.withdraws] == ["retried"]
    assert journey.hop("commune-intake").failure is None


def test_retry_of_what_the_agency_has_confirmed_is_declined() -> None:
    journey = at_land_extract()
    journey.receives("land-extract")

    assert declined(journey.tries_to("retry", "land-extract")).slug == "illegal-transition"


def test_redirect_gives_the_turn_to_another_agency_and_time_runs_on() -> None:
    journey = at_land_extract()
    before = journey.hop("land-extract")

    journey.acts("redirect", "land-extract", agency=OTHER)

    after = journey.hop("land-extract")
    assert journey.hop("land-extract", 1).state == "cancelled"
    assert (after.round, after.agency, str(after.state)) == (2, OTHER, "dispatching")
    assert after.clock.deadline_at == before.clock.deadline_at
    assert after.clock.arrived_at == before.clock.arrived_at
    assert journey.told() == [
        (before.agency, "handover.cancelled"),
        (OTHER, "handover.offered"),
    ]
    assert journey.sent(Kind.HANDOVER_CANCELLED)[0].data["reason"] == "redirected"


def test_redirect_before_its_turn_only_changes_the_address() -> None:
    journey = submit(ALLOCATION)

    journey.acts("redirect", "land-extract", agency=OTHER)
    assert journey.state("land-extract") == "planned"

    journey.walks("commune-intake")
    assert journey.hop("land-extract").agency == OTHER
    assert journey.hop("land-extract").round == 1


def test_a_new_agency_has_hand_over_and_receipt_limits_of_its_own() -> None:
    journey = at_land_extract()
    journey.time("2026-03-02 13:40")
    assert journey.hop("land-extract").clock.breached == (LimitName.RECEIPT,)

    journey.acts("redirect", "land-extract", agency=OTHER)

    assert journey.hop("land-extract").clock.breached == ()
    assert journey.hop("land-extract").deliver_by == vn("2026-03-02 13:50")


@pytest.mark.parametrize(
    ("agency", "slug"),
    [(None, "missing-field"), ("H99.1", "unknown-agency"), ("H31.15.20.001", "illegal-transition")],
)
def test_redirect_needs_another_agency_that_is_in_force(agency: str | None, slug: str) -> None:
    journey = at_land_extract()

    result = journey.tries_to("redirect", "land-extract", agency=agency)

    assert declined(result).slug == slug


def test_resolve_names_the_agency_that_the_tables_could_not() -> None:
    journey = at_land_extract()
    journey.refuses("land-extract", "not_competent")
    assert journey.hop("land-extract").stuck

    journey.acts("resolve", "land-extract", agency=OTHER)

    assert journey.state("land-extract") == "dispatching"
    assert journey.hop("land-extract").failure is None


def test_resolve_of_a_hop_that_has_an_agency_is_declined() -> None:
    journey = submit(ALLOCATION)

    planned = journey.tries_to("resolve", "land-extract", agency=OTHER)
    running = journey.tries_to("resolve", "commune-intake", agency=OTHER)

    assert declined(planned).slug == "illegal-transition"
    assert declined(running).slug == "illegal-transition"


def test_retry_of_a_stuck_hop_looks_at_todays_tables() -> None:
    journey = at_land_extract()
    journey.refuses("land-extract", "not_competent")

    journey.acts("retry", "land-extract")

    assert journey.hop("land-extract").stuck
    assert journey.acted() == ["hop.retried", "hop.unresolved"]


def test_an_operator_pauses_and_resumes_with_a_known_reason() -> None:
    journey = at_land_extract()
    journey.receives("land-extract")

    wrong = journey.tries_to("pause", "land-extract", pause_reason="lunch")
    journey.acts("pause", "land-extract", pause_reason="outage", legal_basis="NĐ 99/2022")
    assert journey.state("land-extract") == "paused"
    journey.later(hours=1).acts("resume", "land-extract")

    assert declined(wrong).slug == "invalid-value"
    assert journey.state("land-extract") == "received"
    assert journey.last.entries[0].actor == "operator:an"


def test_an_operator_extends_a_hop() -> None:
    journey = at_land_extract()

    journey.acts("extend", "land-extract", until=vn("2026-03-05 17:00"), legal_basis="NĐ 61")

    assert journey.hop("land-extract").clock.deadline_at == vn("2026-03-05 17:00")
    assert journey.state("land-extract") == "delivered"


def test_releasing_a_refusal_does_what_its_acknowledgement_would() -> None:
    journey = at_land_extract()
    journey.refuses("land-extract", "rejected")

    journey.acts("release_refusal", "land-extract")

    assert journey.transfer.state is TransferState.REFUSED
    assert journey.acted()[0] == "refusal.released"


def test_stopping_ends_every_open_turn() -> None:
    journey = at_land_extract()

    journey.acts("stop", reason="no-supplement", legal_basis="NĐ 301/2026")

    assert journey.transfer.state is TransferState.STOPPED
    assert journey.state("land-extract") == "stopped"
    assert journey.state("commune-decision") == "cancelled"
    assert (COMMUNE, "transfer.finished") in journey.told()
    assert journey.last.entries[-1].reason == "no-supplement"
    assert journey.last.entries[-1].legal_basis == "NĐ 301/2026"


def test_archiving_changes_nothing_but_the_mark() -> None:
    journey = at_land_extract()
    hops = journey.transfer.hops

    journey.acts("archive", reason="known-duplicate")

    assert journey.transfer.archived == "known-duplicate"
    assert journey.transfer.hops == hops
    assert journey.last.sends == ()


def test_free_text_of_an_operator_does_not_reach_the_ledger() -> None:
    journey = at_land_extract()

    journey.acts("archive", reason="công dân Bí Mật gọi điện")

    assert journey.last.entries[0].reason == "by-operator"


def test_what_has_ended_can_only_be_archived() -> None:
    journey = submit(ALLOCATION).walks("commune-intake", "land-extract", "commune-decision")

    assert declined(journey.tries_to("stop")).slug == "already-finished"
    assert declined(journey.tries_to("retry", "land-extract")).slug == "illegal-transition"
    journey.acts("archive", reason="done")


def test_an_act_on_a_hop_must_name_one_that_is_there() -> None:
    journey = submit(ALLOCATION)

    assert declined(journey.tries_to("retry")).slug == "missing-field"
    assert declined(journey.tries_to("retry", "nowhere")).slug == "unknown-hop"
