"""Correction: the originator mends what it submitted while the dossier is on its way."""

from schemas.kinds import Kind
from tests.unit.lifecycle.journey import ALLOCATION, COMMUNE, LAND, declined, submit


def test_who_has_the_dossier_is_told_and_the_correction_travels_on() -> None:
    journey = submit(ALLOCATION).walks("commune-intake")
    journey.later(seconds=5).delivered("land-extract")

    journey.says(Kind.TRANSFER_CORRECTED, note="Bí Mật", reason="sai tên Bí Mật")

    assert journey.told() == [(journey.hop("land-extract").agency, "transfer.changed")]
    assert journey.last.sends[0].data["change"] == "corrected"
    assert journey.last.sends[0].splice == journey.transfer.corrections
    journey.receives("land-extract")
    journey.completes("land-extract")
    assert journey.transfer.corrections[0] in journey.sent(Kind.HANDOVER_OFFERED)[0].splice


def test_who_is_just_being_handed_the_dossier_is_told_too() -> None:
    journey = submit(ALLOCATION)
    journey.available("commune-intake")

    journey.says(Kind.TRANSFER_CORRECTED, note="chưa kịp lấy", reason="sai tên")

    assert journey.state("commune-intake") == "dispatching"
    assert journey.told() == [(journey.hop("commune-intake").agency, "transfer.changed")]


def test_steps_that_are_still_to_come_are_resolved_again() -> None:
    journey = submit(LAND, obligation="transfer_taxes")
    before = journey.hop("tax").agency

    journey.says(Kind.TRANSFER_CORRECTED, places={"land_parcel": "12452"}, reason="thửa khác")

    assert journey.hop("tax").agency != before
    assert journey.hop("land-check").state == "dispatching"
    assert "hop.rerouted" in journey.acted()


def test_a_place_that_does_not_exist_is_declined() -> None:
    journey = submit(LAND)

    result = journey.tries(Kind.TRANSFER_CORRECTED, places={"land_parcel": "99999"}, reason="nhầm")

    assert declined(result).slug == "unknown-unit"
    assert journey.transfer.places["land_parcel"] == "11953"


def test_a_correction_of_nothing_is_declined() -> None:
    journey = submit(LAND)

    nothing = journey.tries(Kind.TRANSFER_CORRECTED, places={}, facts={}, reason="x")
    without = journey.says(Kind.TRANSFER_CORRECTED, documents=[], reason="bỏ hết giấy tờ")

    assert (declined(nothing).slug, declined(nothing).pointer) == ("missing-field", "/data")
    assert without.entries


def test_only_the_originator_corrects_and_only_while_it_is_open() -> None:
    journey = submit(ALLOCATION)
    stranger = journey.tries(Kind.TRANSFER_CORRECTED, by="H31.102", reason="x")
    journey.says(Kind.TRANSFER_WITHDRAWN, reason="thôi")

    late = journey.tries(Kind.TRANSFER_CORRECTED, by=COMMUNE, reason="x")

    assert declined(stranger).slug == "not-your-hop"
    assert declined(late).slug == "already-finished"
