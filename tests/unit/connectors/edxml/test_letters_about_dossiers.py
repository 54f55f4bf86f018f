"""What is owed to an agency as a letter: the same every time, complete, and named so that answers
find back."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.agency_book import EmptyBook
from connectors.edxml.document_ids import LetterName, Mark, read_document_id
from connectors.edxml.letters import letter_of
from connectors.edxml.model import BusinessType, Envelope, MessageHeader
from connectors.edxml.partner import NoSuchCode, Partner, read_partner
from connectors.edxml.policy import PolicyError, SignaturePolicy
from connectors.edxml.reading import read
from connectors.edxml.tables import delivery_states, letters, statuses
from connectors.edxml.writing import write
from connectors.protocol import Endpoint, Parcel
from schemas.kinds import FROM_AGENCIES, Kind
from tests.contract.connectors.ways import handover, parcel
from tests.unit.connectors.edxml.keys import signer

TRANSFER = UUID("0195553b-7ed0-7000-8000-000000000001")
PARTNER = Partner(agency="G01", policy=SignaturePolicy())


class OldBook:
    """A directory in which every agency here has its older code."""

    def present(self, code: str) -> str | None:
        return {"000.07.15.H54": "H54.15.07", "000.00.00.G01": "G01"}.get(code, code)

    def older(self, code: str) -> str | None:
        return {"H54.15.07": "000.07.15.H54", "G01": "000.00.00.G01"}.get(code)

    def name(self, code: str) -> str | None:
        return {"H54.15.07": "UBND xã Thử Nghiệm", "G01": "Bộ Công an"}.get(code)


def letter(parcel: Parcel, partner: Partner = PARTNER, book: object = None) -> Envelope:
    written = letter_of(parcel, partner, book or EmptyBook())  # type: ignore[arg-type]
    assert isinstance(written, Envelope)
    return written


def header(envelope: Envelope) -> MessageHeader:
    assert envelope.message is not None
    return envelope.message


names = st.builds(
    LetterName,
    dossier=st.sampled_from(
        [
            "H54.15.07-260302-0001",
            "000.00.15.H19-200101-0001",
            "G22.99.08-260921-890123",
            "G09.20-20260609-0012345",
            "G01.899.909-999999-890123",
        ]
    ),
    transfer=st.uuids(version=None) | st.just(TRANSFER),
    step=st.from_regex(r"\A[a-z][a-z0-9-]{0,63}\Z"),
    round=st.integers(1, 10_000),
    mark=st.none() | st.sampled_from(list(Mark)),
)


@given(names, st.sampled_from(["H54.15.07", "000.07.15.H54", "G01"]))
def test_the_name_of_a_letter_says_which_turn_it_is_about(name: LetterName, organ: str) -> None:
    written = name.written(organ)

    assert read_document_id(written) == name
    assert len(written) <= 255
    assert written.split(",")[0] == organ


@given(st.text(max_size=80) | st.from_regex(r"[^,]*,[^,]*,[^/]*/LT\.[0-9a-f.]*"))
def test_what_is_no_letter_of_ours_names_no_turn(text: str) -> None:
    named = read_document_id(text)

    assert named is None or named.notation in text


def test_a_day_that_the_code_does_not_have_is_the_transfers() -> None:
    name = LetterName(dossier="G01.899.909-999999-890123", transfer=TRANSFER)

    assert name.day == date(2025, 3, 2)


def test_every_message_to_agencies_has_a_line_and_none_from_them() -> None:
    assert set(letters()) == set(Kind) - FROM_AGENCIES
    assert {line.kind for line in statuses().values()} - {None} <= FROM_AGENCIES
    assert set(delivery_states()) == {"INITIAL", "PROCESSING", "DONE", "FAIL"}


def test_a_handover_is_a_new_letter_with_the_whole_message_in_it() -> None:
    offered = handover()

    written = letter(offered)

    said = header(written)
    assert said.code is not None
    assert said.code.number == offered.envelope["subject"]
    assert said.subject == f"Chuyển hồ sơ {said.code.number}: Liên thông khai sinh"
    assert said.due == date(2026, 3, 3)
    assert written.business is not None
    assert written.business.type is BusinessType.NEW
    [file] = written.files
    assert orjson.loads(file.content) == {
        "delivery": str(offered.delivery),
        "kind": "handover.offered",
        "dossier": offered.envelope["subject"],
        "data": offered.envelope["data"],
    }


def test_the_same_parcel_is_the_same_bytes() -> None:
    again = handover()
    shuffled = replace(again, envelope=dict(reversed(list(again.envelope.items()))))

    assert write(letter(again)) == write(letter(shuffled))
    assert read(write(letter(again))) == letter(again)


def test_the_applicants_name_stands_in_the_attachment_alone() -> None:
    body = write(letter(handover()))

    assert "Nguyễn Thị Thử".encode() not in body


def test_a_partner_of_older_codes_is_told_older_codes_everywhere() -> None:
    old = replace(PARTNER, older_codes=True)

    said = header(letter(handover(), old, OldBook()))

    assert said.sender.id == "000.07.15.H54"
    assert said.sender.name == "UBND xã Thử Nghiệm"
    assert [one.id for one in said.receivers] == ["000.00.00.G01"]
    assert said.document_id.startswith("000.07.15.H54,2026/03/02,")


def test_an_agency_without_an_older_code_is_not_given_one() -> None:
    old = replace(PARTNER, agency="H54.3", older_codes=True)

    with pytest.raises(NoSuchCode):
        letter_of(handover(), old, OldBook())


def test_a_letter_may_go_to_several_and_is_one() -> None:
    several = replace(PARTNER, also_to=("H54.3", "H54.4"))

    said = header(letter(handover(), several))

    assert [one.id for one in said.receivers] == ["G01", "H54.3", "H54.4"]


def test_updates_of_one_turn_have_names_of_their_own() -> None:
    data = {"transfer": str(TRANSFER), "state": "open", "change": "corrected"}
    code = "H54.15.07-260302-0001"
    first, second = (
        header(letter(parcel(Kind.TRANSFER_CHANGED, code, data, identity))).document_id
        for identity in ("one", "two")
    )

    assert first != second
    named = read_document_id(first)
    assert named is not None
    assert (named.transfer, named.step, named.mark) == (TRANSFER, None, Mark.UPDATE)


def test_a_test_of_the_way_is_a_letter_about_nothing() -> None:
    data = {"agency": "G01", "sent_at": "2026-03-02T01:00:00Z"}
    tested = parcel(Kind.CONNECTION_TESTED, "", data, "test")
    tested.envelope.pop("subject")

    said = header(letter(tested))

    assert said.document_id == f"G01,2026/03/02,LT.{tested.delivery.hex}"
    assert read_document_id(said.document_id) is None
    assert (said.sender.id, [one.id for one in said.receivers]) == ("G01", ["G01"])


@pytest.mark.parametrize(
    "options",
    [
        {"sha1": {}},
        {"codes": "cũ"},
        {"completed_as": "done"},
        {"refused_as": "no"},
        {"organ_ids": "G01"},
        {"also_to": [1]},
        {"ask": 7},
        {"error_codes": {"20": "maybe"}},
        {"error_codes": []},
    ],
)
def test_options_that_say_nothing_known_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(PolicyError):
        read_partner(Endpoint("G01", "edxml", options=options))


@pytest.mark.parametrize(
    "ask",
    ["https://elsewhere.example/", "//elsewhere.example/x", "http://truc.example/x", "file:/x"],
)
def test_a_question_goes_to_no_other_host_than_letters(ask: str) -> None:
    with pytest.raises(PolicyError):
        read_partner(Endpoint("G01", "edxml", "https://truc.example/a", options={"ask": ask}))


def test_the_secret_holds_key_certificate_and_token_and_shows_none() -> None:
    us = signer("cổng")
    endpoint = Endpoint("G01", "edxml", secret=f"ma-truy-cap-thu\n{us.secret}")

    partner = read_partner(endpoint)

    assert partner.token == "ma-truy-cap-thu"
    assert partner.certificate == us.certificate
    assert partner.key is not None
    assert "ma-truy-cap" not in repr(partner)
    assert "RSAPrivateKey" not in repr(partner)
