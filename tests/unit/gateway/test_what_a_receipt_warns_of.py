"""A receipt warns of what was accepted and will stand still, or looks like a slip; else of nothing.

A warning refuses nothing: the verdict, the itinerary and the deadlines are as without it.
"""

from typing import Any

import orjson
import pytest

from gateway.receipt_warnings import warnings_of
from schemas.kinds import Kind
from schemas.receipt_warnings import WARNING_WORDS, ReceiptWarning, WarningCode
from schemas.receipts import Receipt
from tests.stage.dossiers import COMMUNE, POLICE, birth, event
from tests.unit.gateway.desk import Batch, nobody, opened, read, receipt, rulebook, said, submitted

OTHER_COMMUNE = "00004"
"""A commune of another province, which the packaged directory does not staff."""


def warned(batch: Batch | None = None, **changes: Any) -> list[dict[str, Any]]:
    """Submit a dossier; return the warnings of its receipt, which has to be a valid one."""
    sender = changes.get("agency", COMMUNE)
    document = event(1, birth(**changes.get("data", {})), **changes.get("event", {}))
    document["source"] = f"urn:lienthong:agency:{sender}"
    [answer] = (batch or Batch()).decide(read(document, agency=sender))
    Receipt.model_validate_json(answer.receipt)
    assert answer.verdict == "accepted"
    found: list[dict[str, Any]] = receipt(answer).get("warnings", [])
    return found


def test_an_ordinary_receipt_does_not_speak_of_warnings() -> None:
    [answer] = Batch().decide(submitted())

    assert "warnings" not in receipt(answer)


def test_a_step_without_an_agency_is_warned_of_with_what_to_do() -> None:
    found = warned(data={"places": {"applicant": OTHER_COMMUNE}})

    assert [one["step"] for one in found][:1] == ["civil-status"]
    assert {one["code"] for one in found} == {"no-candidate"}
    assert all("operator" in one["remedy"] for one in found)


def test_an_agency_that_is_not_connected_is_warned_of() -> None:
    found = warned(Batch(is_connected=lambda agency: agency != POLICE))

    assert [(one["code"], one["step"], one["agency"]) for one in found] == [
        ("not-connected", "residence", POLICE)
    ]


def test_a_step_that_will_not_run_is_not_warned_of() -> None:
    without = warned(Batch(is_connected=nobody), data={"facts": {"identity_card": False}})
    with_card = warned(Batch(is_connected=nobody), data={"facts": {"identity_card": True}})

    assert "identity-card" not in [one["step"] for one in without]
    assert "identity-card" in [one["step"] for one in with_card]


def test_a_correction_is_warned_of_the_route_that_it_leads_to() -> None:
    live = opened()
    batch = Batch()
    batch.loaded.live[live.transfer.id] = live

    [answer] = batch.decide(
        said(
            Kind.TRANSFER_CORRECTED,
            live.transfer.id,
            COMMUNE,
            places={"applicant": OTHER_COMMUNE},
            reason="Sửa nơi cư trú",
        )
    )

    assert answer.verdict == "accepted"
    assert {one["code"] for one in receipt(answer)["warnings"]} == {"no-candidate"}


def test_other_messages_are_warned_of_nothing() -> None:
    context = rulebook().at(Batch().now)

    assert warnings_of(Kind.HOP_RECEIVED, opened().transfer, context, nobody) == []


@pytest.mark.parametrize(
    ("sender", "code"),
    [
        (COMMUNE, "H31.143-260302-0001"),
        (COMMUNE, "H31.143-20260302-00012345"),
        (COMMUNE, "H31-260302-0001"),  # the province's system numbers for its communes
        (COMMUNE, "H54.21.01-260302-0001"),  # its work went to this commune among others
        (COMMUNE, "G22.99.08-260302-890000"),  # the interconnection software's
        ("H31.01", "000.00.01.H31-260302-0001"),  # its own older code
    ],
)
def test_a_code_that_the_senders_dossiers_may_well_bear_is_not_doubted(
    sender: str, code: str
) -> None:
    assert warned(agency=sender, event={"subject": code}) == []


@pytest.mark.parametrize(
    "code", ["H31.102-260302-0001", "H99-260302-0001", "G24.33.12-260302-0001"]
)
def test_another_agencys_code_is_accepted_and_doubted(code: str) -> None:
    [found] = warned(event={"subject": code})

    assert (found["code"], found["pointer"]) == ("foreign-code", "/subject")


@pytest.mark.parametrize("code", ["H31.143-260301-0001", "H31.143-20250302-0001"])
def test_another_day_than_that_of_receipt_is_accepted_and_doubted(code: str) -> None:
    [found] = warned(event={"subject": code})

    assert (found["code"], found["pointer"]) == ("other-day", "/subject")


def test_the_day_is_that_in_vietnam() -> None:
    late = {"received_at": "2026-03-01T17:30:00Z"}

    assert warned(data=late) == []


def test_every_code_has_its_words_and_fits_the_published_schema() -> None:
    assert set(WARNING_WORDS) == set(WarningCode)
    for code, words in WARNING_WORDS.items():
        ReceiptWarning(code=code, detail=words.detail, remedy=words.remedy)
        assert words.detail.endswith(".")
        assert words.remedy.endswith(".")


def test_a_duplicate_is_warned_again() -> None:
    first = submitted(subject="H31.102-260302-0001")
    again = submitted(subject="H31.102-260302-0001")
    batch = Batch().claimed(first)

    answers = [receipt(answer) for answer in batch.decide(first, again)]

    assert [one["verdict"] for one in answers] == ["accepted", "duplicate"]
    assert answers[0]["warnings"] == answers[1]["warnings"]


def test_the_citizen_is_not_in_a_warning() -> None:
    found = warned(
        Batch(is_connected=nobody),
        data={"places": {"applicant": OTHER_COMMUNE}},
        event={"subject": "H31.102-260301-0001"},
    )

    written = orjson.dumps(found).decode()
    assert "Nguyễn" not in written
    assert OTHER_COMMUNE not in written
