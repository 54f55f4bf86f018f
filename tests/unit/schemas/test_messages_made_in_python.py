"""The gateway makes messages from its own values, and they are as strict there."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from pydantic import ValidationError

from schemas.kinds import HopReceived
from schemas.problems import problem
from schemas.receipts import Deadlines, DossierKey, HopLimits, Receipt, ReceiptHop, Verdict
from tests.unit.schemas.cases import validator

TRANSFER = UUID("019cacf4-0940-7000-8000-000000000001")
NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)


def test_a_receipt_is_made_of_values_and_is_valid_when_written() -> None:
    receipt = Receipt(
        id="019cacf4-0940-7000-8000-000000000002",
        verdict=Verdict.ACCEPTED,
        message="m-1",
        transfer=TRANSFER,
        dossier=DossierKey(issuer="H31.182", code="H31.182-260302-0001"),
        itinerary=[ReceiptHop(step="civil-status", round=1, agency="H31.182", state="planned")],
        deadlines=Deadlines(
            hop=HopLimits(step="civil-status", receive_by=NOON, complete_by=None),
            latest={"civil-status": NOON},
        ),
    )

    written = receipt.model_dump_json(exclude_none=True)

    assert '"receive_by":"2026-03-02T05:00:00Z"' in written
    validator("receipt").validate(json.loads(written))
    validator("receipt").validate(json.loads(receipt.model_dump_json()))


def test_a_refusal_carries_its_problem() -> None:
    receipt = Receipt(
        id="r", verdict=Verdict.REFUSED, message="", problem=problem("not-json", "Not JSON.")
    )

    validator("receipt").validate(json.loads(receipt.model_dump_json()))


def test_an_instant_without_offset_is_a_bug() -> None:
    with pytest.raises(ValidationError):
        HopReceived(
            transfer=TRANSFER, step="civil-status", round=1, received_at=NOON.replace(tzinfo=None)
        )


def test_a_message_never_changes_once_it_was_read() -> None:
    received = HopReceived(transfer=TRANSFER, step="civil-status", round=1)

    with pytest.raises(ValidationError):
        received.round = 2  # type: ignore[misc]
