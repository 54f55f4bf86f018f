"""Each stored message lands in its own field of what an agency is sent, and nowhere else."""

from typing import Any
from uuid import UUID

import orjson
import pytest

from gateway.dispatch.parcels import spliced
from schemas import kinds
from schemas.kinds import Kind, examples
from schemas.registry import REGISTRY
from tests.unit.gateway.desk import offered, opened

OFFER: dict[str, Any] = {
    "transfer": str(UUID(int=7)),
    "step": "residence",
    "round": 1,
    "results": [
        {"step": "civil-status", "agency": "H31.143", "outcome": "issued", "results": []},
        {"step": "population-id", "agency": "G01.899.001", "outcome": "issued", "results": []},
    ],
}


def about(step: str, **fields: Any) -> dict[str, Any]:
    return {"transfer": str(UUID(int=7)), "step": step, "round": 1, **fields}


def put(
    *said: tuple[Kind, dict[str, Any]], into: dict[str, Any], kind: Kind = Kind.HANDOVER_OFFERED
) -> dict[str, Any]:
    """Splice messages, named once by type and once by bare kind, into a copy."""
    live = opened()
    owed = offered(live, "civil-status")
    object.__setattr__(owed, "kind", kind)
    by_type = spliced(orjson.loads(orjson.dumps(into)), [(k.type, m) for k, m in said], owed)
    by_kind = spliced(orjson.loads(orjson.dumps(into)), [(k.value, m) for k, m in said], owed)
    assert by_type == by_kind
    return by_type


def test_the_submission_is_the_submission() -> None:
    submission = {"procedure": "2.000987", "note": "xin"}

    sent = put((Kind.TRANSFER_SUBMITTED, submission), into=OFFER)

    assert sent == {**OFFER, "submission": submission}


def test_corrections_and_supplements_keep_their_order() -> None:
    first, second = {"reason": "one"}, {"reason": "two"}
    more = {"facts": {"x": 1}}

    sent = put(
        (Kind.TRANSFER_CORRECTED, first),
        (Kind.SUPPLEMENT_PROVIDED, more),
        (Kind.TRANSFER_CORRECTED, second),
        into=OFFER,
    )

    assert sent == {**OFFER, "corrections": [first, second], "supplements": [more]}


def test_a_supplement_and_a_correction_go_into_the_notice_of_them() -> None:
    notice = about("residence", state="received", reason="supplement")
    more = about("residence", documents=[{"id": "d1"}], note="xin")
    told = {"transfer": str(UUID(int=7)), "state": "open", "change": "corrected"}
    mended = {"transfer": str(UUID(int=7)), "reason": "sai tên", "applicant": {"name": "Mẫu"}}

    added = put((Kind.SUPPLEMENT_PROVIDED, more), into=notice, kind=Kind.HOP_CHANGED)
    corrected = put((Kind.TRANSFER_CORRECTED, mended), into=told, kind=Kind.TRANSFER_CHANGED)

    assert added == {**notice, "supplement": more}
    assert corrected == {**told, "correction": mended}


def test_result_documents_go_to_the_step_that_brought_them() -> None:
    papers = [{"id": "res-1"}]

    sent = put(
        (Kind.HOP_COMPLETED, about("population-id", results=papers)),
        (Kind.HOP_COMPLETED, about("civil-status")),
        (Kind.HOP_COMPLETED, about("unheard-of", results=[{"id": "res-2"}])),
        into=OFFER,
    )

    assert [line["results"] for line in sent["results"]] == [[], papers]


@pytest.mark.parametrize(
    "kind", [Kind.HOP_PAUSED, Kind.HOP_REFUSED, Kind.HOP_RETURNED, Kind.TRANSFER_WITHDRAWN]
)
def test_a_notice_gets_the_explanation_and_nothing_else(kind: Kind) -> None:
    message = about("residence", explanation="vì thiếu", document="CV-1", reason="incomplete")
    notice = about("residence", agency="G01.833.143", state="refused", reason="incomplete")

    sent = put((kind, message), into=notice, kind=Kind.HOP_CHANGED)

    assert sent == {**notice, "explanation": "vì thiếu"}


def test_a_request_for_more_also_names_the_document() -> None:
    message = about("residence", explanation="vì thiếu", document="CV-1", until=None)
    asked = about("residence", requested_by="G01.833.143", legal_basis="NĐ 61")

    sent = put((Kind.HOP_PAUSED, message), into=asked, kind=Kind.SUPPLEMENT_REQUESTED)

    assert sent == {**asked, "explanation": "vì thiếu", "document": "CV-1"}


def test_words_that_were_not_said_leave_no_empty_field() -> None:
    notice = about("residence", agency="G01.833.143", state="paused")

    sent = put((Kind.HOP_PAUSED, about("residence", explanation=None)), into=notice)

    assert sent == notice


def test_a_whole_offer_is_what_its_schema_says() -> None:
    offer = {**examples.HANDOVER_OFFERED}
    offer.pop("submission")
    results = [line["step"] for line in offer["results"]]

    sent = put(
        (Kind.TRANSFER_SUBMITTED, examples.TRANSFER_SUBMITTED),
        (Kind.TRANSFER_CORRECTED, examples.TRANSFER_CORRECTED),
        (Kind.SUPPLEMENT_PROVIDED, examples.SUPPLEMENT_PROVIDED),
        *((Kind.HOP_COMPLETED, {**examples.HOP_COMPLETED, "step": step}) for step in results),
        into=offer,
    )

    read = REGISTRY.read(Kind.HANDOVER_OFFERED.type, orjson.dumps(sent))
    assert isinstance(read, kinds.HandoverOffered)
    assert read.submission.procedure == examples.TRANSFER_SUBMITTED["procedure"]
    assert all(line.results for line in read.results)
