"""Where a dossier stands, as a status about the letter it came by: never a word that is not so."""

from datetime import date
from typing import Any, get_args
from uuid import UUID

import pytest

from connectors.agency_book import EmptyBook
from connectors.edxml.letters import Untold
from connectors.edxml.model import Envelope, Status, StatusCode
from connectors.edxml.partner import Partner
from connectors.edxml.policy import SignaturePolicy
from connectors.edxml.reading import read
from connectors.edxml.status_letters import states, status_of
from connectors.edxml.writing import write
from connectors.letter_book import Behind, Posted
from schemas.kinds import Kind
from schemas.states import DossierStateName
from tests.contract.connectors.ways import parcel

CODE = "H54.15.07-260302-0001"
PARTNER = Partner(agency="H54.15.07", policy=SignaturePolicy())
LETTER = Posted("H54.15.07,2026/03/02,0417/UBND", Kind.TRANSFER_SUBMITTED)
RECALL = Posted("H54.15.07,2026/03/03,0418/UBND", Kind.TRANSFER_WITHDRAWN)


def written(behind: Behind, partner: Partner = PARTNER, **changes: Any) -> Envelope | Untold:
    data = {
        "transfer": str(UUID(int=7)),
        "dossier": {"issuer": "H54.15.07", "code": CODE},
        "state": "processing",
        "at": "2026-03-02T02:00:00.250Z",
        "progress": {"agency": "G01"},
        **changes,
    }
    return status_of(parcel(Kind.DOSSIER_CHANGED, CODE, data, "one"), behind, partner, EmptyBook())


def status(behind: Behind, **changes: Any) -> Status:
    envelope = written(behind, **changes)
    assert isinstance(envelope, Envelope)
    assert read(write(envelope)) == envelope
    assert envelope.status is not None
    return envelope.status


def test_a_status_quotes_the_letter_and_says_state_and_reason_as_codes() -> None:
    said = status(Behind(first=LETTER), state="unresolved", reason="not_competent")

    assert said.code is StatusCode.REFUSED
    assert said.description == "Từ chối giải quyết [unresolved: not_competent]"
    about = said.response_for
    assert about.document_id == LETTER.id
    assert (about.organ_id, about.code, about.on) == ("H54.15.07", "0417/UBND", date(2026, 3, 2))
    assert said.at.isoformat() == "2026-03-02T09:00:00+07:00"


def test_a_name_of_another_form_is_quoted_as_it_came() -> None:
    about = status(Behind(first=Posted("số 7/2026", Kind.TRANSFER_SUBMITTED))).response_for

    assert (about.document_id, about.organ_id, about.code) == ("số 7/2026", None, None)


def test_who_speaks_is_whom_the_partner_writes_to() -> None:
    known = Partner(agency="H54.15.07", policy=SignaturePolicy(), addressed_as=("000.00.00.H54",))

    spoken = written(Behind(first=LETTER), known)

    assert isinstance(spoken, Envelope)
    assert spoken.status is not None
    assert spoken.status.sender.id == "000.00.00.H54"
    assert status(Behind(first=LETTER)).sender.id == "G01"
    assert status(Behind(first=LETTER), progress={}).sender.id == "H54.15.07"


@pytest.mark.parametrize(
    "kind", [Kind.TRANSFER_WITHDRAWN, Kind.TRANSFER_CORRECTED, Kind.SUPPLEMENT_PROVIDED]
)
def test_a_recall_or_update_that_was_taken_is_agreed_to_by_its_own_name(kind: Kind) -> None:
    said = status(Behind(LETTER, Posted(RECALL.id, kind)))

    assert (said.code, said.response_for.document_id) == (StatusCode.RECALL_AGREED, RECALL.id)


def test_an_answer_of_the_partners_own_as_an_agency_on_the_way_is_no_update() -> None:
    said = status(Behind(LETTER, Posted("x", Kind.HOP_COMPLETED)))

    assert (said.code, said.response_for.document_id) == (StatusCode.IN_PROGRESS, LETTER.id)


@pytest.mark.parametrize("state", ["withdrawn", "stopped"])
def test_what_the_axis_has_no_word_for_is_not_said_by_another(state: str) -> None:
    assert isinstance(written(Behind(first=LETTER), state=state), Untold)


def test_a_dossier_that_came_by_no_letter_is_answered_by_none() -> None:
    assert isinstance(written(Behind()), Untold)


def test_every_state_of_a_dossier_has_a_line() -> None:
    assert set(states()) == set(get_args(DossierStateName))
