"""A partner's envelope as a message of ours, an event, or a refusal; nothing in between."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
import pytest

from connectors.agency_book import EmptyBook
from connectors.edxml.document_ids import LetterName, Mark
from connectors.edxml.faults import EnvelopeRefused, Fault, FaultCode
from connectors.edxml.files import DOSSIER_FILE
from connectors.edxml.hearing import hear
from connectors.edxml.model import (
    Attachment,
    Attachments,
    Business,
    BusinessType,
    Envelope,
    Header,
    Inner,
    Organ,
    ResponseFor,
    Status,
    StatusCode,
    TraceHeaderList,
)
from connectors.edxml.partner import Partner
from connectors.edxml.policy import SignaturePolicy
from connectors.edxml.speaker import EdxmlSpeaker, problem_of
from connectors.edxml.writing import write
from connectors.protocol import Endpoint, Heard, Judgement, Message, Remark, Unheard
from schemas.kinds import Kind
from schemas.problems import ProblemType, problem
from tests.unit.connectors.edxml.keys import NOW, signer
from tests.unit.connectors.edxml.test_signatures_under_a_policy import LETTER, REASON

TRANSFER = UUID("0195553b-7ed0-7000-8000-000000000001")
CODE = "H54.15.07-260302-0001"
TURN = LetterName(dossier=CODE, transfer=TRANSFER, step="civil-status", round=1)
PARTNER = Partner(agency="G01", policy=SignaturePolicy(), completed_as="approved")
HOP = {"transfer": str(TRANSFER), "step": "civil-status", "round": 1}


def status(
    code: StatusCode,
    *,
    about: LetterName | str = TURN,
    sender: str = "G01",
    text: str | None = "Đã xử lý",
) -> Envelope:
    document_id = about if isinstance(about, str) else about.written("H54.15.07")
    said = Status(
        response_for=ResponseFor(document_id=document_id),
        sender=Organ(id=sender),
        code=code,
        description=text,
        at=NOW,
    )
    return Envelope(inner=Inner(header=Header(status=said)))


def letter(
    type_: BusinessType, said: Any = None, *, sender: str = "G01", **changes: Any
) -> Envelope:
    message, trace = LETTER.message, LETTER.inner.header.trace
    assert message is not None
    assert trace is not None
    message = replace(message, sender=Organ(id=sender), **changes)
    trace = TraceHeaderList(traces=trace.traces, business=Business(type=type_, reason="Gửi nhầm"))
    files = []
    if said is not None:
        content = said if isinstance(said, bytes) else orjson.dumps(said)
        files = [Attachment(content_id="1", name=DOSSIER_FILE, content=content)]
    return Envelope(
        inner=Inner(header=Header(message=message, trace=trace)),
        attachments=Attachments(files=tuple(files)),
    )


def heard(envelope: Envelope, partner: Partner = PARTNER) -> Message | Remark:
    return hear(envelope, partner, EmptyBook())


def fault_of(envelope: Envelope, partner: Partner = PARTNER) -> Fault:
    with pytest.raises(EnvelopeRefused) as refused:
        heard(envelope, partner)
    return refused.value.fault


@pytest.mark.parametrize(
    ("code", "kind", "data"),
    [
        (StatusCode.RECEIVED, Kind.HOP_RECEIVED, {}),
        (
            StatusCode.REFUSED,
            Kind.HOP_REFUSED,
            {"reason": "rejected", "explanation": "Đã xử lý"},
        ),
        (
            StatusCode.COMPLETED,
            Kind.HOP_COMPLETED,
            {"outcome": "approved", "explanation": "Đã xử lý"},
        ),
    ],
)
def test_a_status_that_says_the_same_is_the_message(
    code: StatusCode, kind: Kind, data: dict[str, str]
) -> None:
    message = heard(status(code))

    assert isinstance(message, Message)
    assert message.kind is kind
    assert message.subject == CODE
    assert message.claimed_at == NOW
    assert message.data == {**HOP, **data, "raw_status": {"code": code, "text": "Đã xử lý"}}


@pytest.mark.parametrize(
    ("code", "event"),
    [
        (StatusCode.ARRIVED, "letter.arrived"),
        (StatusCode.ASSIGNED, "letter.assigned"),
        (StatusCode.IN_PROGRESS, "letter.in-progress"),
        (StatusCode.RECALL_REQUESTED, "letter.asked-back"),
        (StatusCode.RECALL_AGREED, "letter.agreed"),
        (StatusCode.RECALL_REFUSED, "letter.declined"),
    ],
)
def test_a_status_that_moves_nothing_is_an_event_with_code_and_text(
    code: StatusCode, event: str
) -> None:
    noted = heard(status(code))

    assert isinstance(noted, Remark)
    assert (noted.event, noted.code, noted.text) == (event, code, "Đã xử lý")
    assert (noted.transfer, noted.step, noted.round) == (TRANSFER, "civil-status", 1)


@pytest.mark.parametrize("code", StatusCode)
@pytest.mark.parametrize("mark", Mark)
def test_nothing_said_about_a_recall_or_an_update_moves_the_dossier(
    code: StatusCode, mark: Mark
) -> None:
    """After acceptance a recall is negotiated: agreed or declined, it is told and no more."""
    noted = heard(status(code, about=replace(TURN, mark=mark)))

    assert isinstance(noted, Remark)
    assert noted.event.startswith("recall." if mark is Mark.RECALL else "update.")
    assert noted.code == code


def test_another_receiver_of_the_letter_has_a_state_of_its_own() -> None:
    several = replace(PARTNER, also_to=("H54.3",))

    noted = heard(status(StatusCode.COMPLETED, sender="H54.3"), several)

    assert isinstance(noted, Remark)
    assert noted.said_by == "H54.3"
    assert noted.event == "letter.completed"


def test_nobody_speaks_for_the_partner() -> None:
    assert fault_of(status(StatusCode.RECEIVED, sender="H54.9")).code == FaultCode.NOT_ALLOWED
    assert fault_of(letter(BusinessType.NEW, sender="H54.9")).code == FaultCode.NOT_ALLOWED


def test_a_partner_may_write_under_further_codes_of_its_own() -> None:
    known = replace(PARTNER, organ_ids=("000.00.00.G01",))

    assert isinstance(heard(status(StatusCode.RECEIVED, sender="000.00.00.G01"), known), Message)


@pytest.mark.parametrize("about", ["H54.15.07,2026/03/02,0417/UBND", "x", CODE])
def test_a_status_about_no_letter_of_ours_is_refused(about: str) -> None:
    fault = fault_of(status(StatusCode.RECEIVED, about=about))

    assert fault.code == FaultCode.BAD_VALUE
    assert fault.path.endswith("/ResponseFor/DocumentId")


def test_06_says_no_outcome_and_none_is_made_up() -> None:
    fault = fault_of(status(StatusCode.COMPLETED), replace(PARTNER, completed_as=None))

    assert fault.code == FaultCode.UNKNOWN_CODE
    assert fault.whose == "gateway"


def test_the_same_status_again_is_the_same_message_and_a_later_one_is_not() -> None:
    first, again = heard(status(StatusCode.RECEIVED)), heard(status(StatusCode.RECEIVED))
    other = heard(status(StatusCode.COMPLETED))

    assert first.id == again.id
    assert first.id != other.id


def test_a_text_that_is_no_line_stays_out_of_the_raw_status() -> None:
    message = heard(status(StatusCode.REFUSED, text="một\nhai \u202e ba"))

    assert isinstance(message, Message)
    assert message.data["raw_status"] == {"code": "02"}
    assert message.data["explanation"] == "Từ chối tiếp nhận"


def test_a_letter_with_a_message_of_ours_is_that_message() -> None:
    said = {"kind": "hop.paused", "dossier": CODE, "data": {**HOP, "reason": "supplement"}}

    message = heard(letter(BusinessType.NEW, said))

    assert isinstance(message, Message)
    assert message.kind is Kind.HOP_PAUSED
    assert message.data == said["data"]


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        (BusinessType.RECALL, "transfer.withdrawn"),
        (BusinessType.UPDATE, "transfer.corrected"),
        (BusinessType.UPDATE, "supplement.provided"),
        (BusinessType.REPLACE, "transfer.corrected"),
        (BusinessType.NEW, "transfer.submitted"),
    ],
)
def test_what_a_letter_does_fits_what_it_carries(type_: BusinessType, kind: str) -> None:
    said = {"kind": kind, "dossier": CODE, "data": {"transfer": str(TRANSFER)}}

    assert isinstance(heard(letter(type_, said)), Message)
    others = set(BusinessType) - {BusinessType.NEW, type_}
    if kind in ("transfer.withdrawn", "transfer.submitted"):
        for other in others:
            assert fault_of(letter(other, said)).path.endswith("/BussinessDocType")


def test_a_recall_says_enough_by_itself() -> None:
    message = heard(letter(BusinessType.RECALL))

    assert isinstance(message, Message)
    assert message.kind is Kind.TRANSFER_WITHDRAWN
    assert message.subject == "0417"
    assert message.data == {"reason": "Gửi nhầm"}


def test_a_letter_that_answers_ours_without_a_message_is_an_event() -> None:
    response = ResponseFor(document_id=TURN.written("H54.15.07"))

    noted = heard(letter(BusinessType.NEW, responses=(response,)))

    assert isinstance(noted, Remark)
    assert noted.event == "letter.answered"
    assert (noted.transfer, noted.step, noted.round) == (TRANSFER, "civil-status", 1)


@pytest.mark.parametrize(
    "said",
    [
        b"{",
        b"[]",
        {"kind": "handover.offered", "data": {}},
        {"kind": "hop.exploded", "data": {}},
        {"kind": ["hop.received"], "data": {}},
        {"kind": "hop.received", "data": []},
        {"data": {}},
    ],
)
def test_a_file_that_is_no_message_of_an_agency_is_refused(said: Any) -> None:
    assert fault_of(letter(BusinessType.NEW, said)).code == FaultCode.BAD_VALUE


@pytest.mark.parametrize("type_", [BusinessType.NEW, BusinessType.UPDATE, BusinessType.REPLACE])
def test_a_letter_about_nothing_of_ours_is_refused(type_: BusinessType) -> None:
    assert fault_of(letter(type_)).code == FaultCode.MISSING


def endpoint(**signatures: Any) -> Endpoint:
    said = {"certificates": [signer("đối tác").pem], **signatures}
    return Endpoint("G01", "edxml", options={"signatures": said})


def test_the_speaker_answers_in_the_words_of_the_axis() -> None:
    speaker = EdxmlSpeaker(now=lambda: NOW)
    unsigned = endpoint(unsigned={"until": "2026-06-30", "reason": REASON})
    got = speaker.read({}, write(status(StatusCode.RECEIVED)), unsigned)

    assert isinstance(got, Heard)
    for verdict, said in (("accepted", "DONE"), ("duplicate", "DONE"), ("unanswered", "FAIL")):
        reply = speaker.answer(got, [Judgement(verdict)], unsigned)  # type: ignore[arg-type]
        assert orjson.loads(reply.body)["status"] == said
    refused = Judgement("refused", problem(ProblemType.NOT_YOUR_HOP, "Not yours."))
    reply = speaker.answer(got, [refused], unsigned)
    assert orjson.loads(reply.body)["errorCode"] == "not-your-hop"
    assert reply.status == 403


def test_who_may_write_unsigned_has_to_show_a_token() -> None:
    speaker = EdxmlSpeaker(now=lambda: NOW)

    assert speaker.shows_token(endpoint(unsigned={"until": "2026-06-30", "reason": REASON}))
    assert not speaker.shows_token(endpoint())


def test_what_is_not_signed_and_has_to_be_is_nobodys() -> None:
    got = EdxmlSpeaker(now=lambda: NOW).read({}, write(status(StatusCode.RECEIVED)), endpoint())

    assert isinstance(got, Unheard)
    assert got.problem.slug is ProblemType.UNAUTHENTICATED
    assert got.reply.status == 401


def test_every_fault_has_a_problem_that_says_what_where_and_whose() -> None:
    for code in FaultCode:
        said = problem_of(Fault(code, "/edXML/x", "words", 7, "sender"))
        assert said.pointer == "/edXML/x"
        assert said.detail == f"{code}: words (line 7)."
        assert said.fault == "sender"


def test_an_endpoint_that_cannot_be_read_is_our_fault() -> None:
    got = EdxmlSpeaker(now=lambda: NOW).read({}, b"", Endpoint("G01", "edxml", options={"x": 1}))

    assert isinstance(got, Unheard)
    assert got.problem.fault == "gateway"
