"""Which documents the files of a letter are, and where the message in it names them."""

from hashlib import sha256
from typing import Any

import pytest

from connectors.edxml.files import DOSSIER_FILE, enclosures_of, listing, without_contents
from connectors.edxml.model import Attachment, Attachments, Envelope, Header, Inner
from connectors.edxml.writing import write
from connectors.protocol import Enclosure
from schemas.kinds import Kind
from tests.unit.connectors.edxml.test_signatures_under_a_policy import LETTER

PDF = b"%PDF-1.7\n synthetic"
DIGEST = sha256(PDF).hexdigest()
URL = f"urn:lienthong:document:{DIGEST}"
SCAN = Enclosure("Quyết định.pdf", "application/pdf", DIGEST, PDF)
LINE = {
    "id": "tep-1",
    "name": "Quyết định.pdf",
    "media_type": "application/pdf",
    "size": len(PDF),
    "sha256": DIGEST,
    "url": URL,
}


def with_files(*files: tuple[str, str | None, bytes]) -> Envelope:
    attached = tuple(
        Attachment(content_id=str(no), name=name, content_type=media, content=content)
        for no, (name, media, content) in enumerate(files)
    )
    return Envelope(inner=Inner(header=Header()), attachments=Attachments(files=attached))


@pytest.mark.parametrize(
    ("name", "said", "media_type"),
    [
        ("a.bin", "application/pdf", "application/pdf"),
        ("a.pdf", "Application/PDF; name=a.pdf", "application/pdf"),
        ("a.PDF", None, "application/pdf"),
        ("a.pdf", "application/octet-stream", "application/pdf"),
        ("a", "pdf", "application/pdf"),
        ("a.jpg", "không rõ", "image/jpeg"),
        ("a.exe", None, "application/octet-stream"),
        ("pdf", "x" * 200 + "/y", "application/pdf"),
    ],
)
def test_a_file_is_what_it_is_said_to_be_or_what_its_name_says(
    name: str, said: str | None, media_type: str
) -> None:
    [found] = enclosures_of(with_files((name, said, PDF)))

    assert found.media_type == media_type


def test_the_message_is_no_document_and_a_content_is_one_however_often_it_came() -> None:
    files = ((DOSSIER_FILE, None, b"{}"), ("một\u202e.pdf", None, PDF), ("hai.pdf", None, PDF))

    [found] = enclosures_of(with_files(*files))

    assert (found.name, found.sha256, found.content) == ("tep-1", DIGEST, PDF)
    assert "tep-1" not in repr(found)


@pytest.mark.parametrize("kind", [Kind.TRANSFER_SUBMITTED, Kind.SUPPLEMENT_PROVIDED])
def test_what_came_along_is_listed_behind_what_the_message_lists(kind: Kind) -> None:
    other = {"id": "1", "sha256": "0" * 64, "url": "https://noi-khac.example/1"}

    assert listing(kind, {"documents": [other]}, [SCAN])["documents"] == [other, LINE]
    assert listing(kind, {}, [SCAN])["documents"] == [LINE]


def test_a_result_of_which_nothing_is_said_is_an_attachment() -> None:
    data = listing(Kind.HOP_COMPLETED, {"outcome": "approved"}, [SCAN])

    assert data == {"outcome": "approved", "results": [{**LINE, "kind": "attachment"}]}


def test_what_is_listed_by_its_digest_is_given_the_bytes_that_came() -> None:
    listed = {"id": "qd", "name": "Quyết định", "kind": "decision", "sha256": DIGEST}

    data = listing(Kind.HOP_COMPLETED, {"results": [listed]}, [SCAN])

    assert data["results"] == [{**listed, "url": URL}]


def test_a_correction_is_given_no_list_that_it_does_not_have() -> None:
    """Its list takes the place of the one before: an explanation is not the whole dossier."""
    assert listing(Kind.TRANSFER_CORRECTED, {"reason": "Sai tên"}, [SCAN]) == {"reason": "Sai tên"}
    said: dict[str, Any] = {"documents": []}
    assert listing(Kind.TRANSFER_CORRECTED, said, [SCAN]) == {"documents": [LINE]}


@pytest.mark.parametrize("listed", ["x", 7, {"a": 1}, None, [1, None, "x"]])
def test_a_list_that_is_none_is_left_to_intake(listed: Any) -> None:
    data = listing(Kind.TRANSFER_SUBMITTED, {"documents": listed}, [SCAN])

    expected = [*listed, LINE] if isinstance(listed, list) else listed
    assert data == {"documents": expected}
    assert listing(Kind.HOP_REFUSED, {"documents": listed}, [SCAN]) == {"documents": listed}


def test_an_envelope_is_stored_as_it_came_but_for_the_bytes_of_its_files() -> None:
    body = write(LETTER)
    enclosures = enclosures_of(LETTER)
    assert enclosures

    kept = without_contents(body, enclosures)

    for one in enclosures:
        assert f">urn:lienthong:document:{one.sha256}<".encode() in kept
    assert without_contents(kept, enclosures) == kept
    assert without_contents(body, ()) == body
