"""Which documents go into a letter: what the receiver lacks, within a bound; the rest is said."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import orjson
import pytest

from connectors.agency_book import EmptyBook
from connectors.edxml.files import DOSSIER_FILE
from connectors.edxml.letters import letter_of
from connectors.edxml.limits import DEFAULT_LIMITS
from connectors.edxml.model import Envelope
from connectors.edxml.papers import MOST_FILES, Left, Paper, papers_in, references_left
from connectors.edxml.partner import Partner, read_partner
from connectors.edxml.policy import PolicyError, SignaturePolicy
from connectors.edxml.reading import read
from connectors.edxml.writing import write
from connectors.protocol import Endpoint
from tests.contract.connectors.ways import handover

PARTNER = Partner(agency="G01", policy=SignaturePolicy())


def document(no: int, size: int = 10, **changes: Any) -> dict[str, Any]:
    digest = sha256(str(no).encode()).hexdigest()
    return {
        "id": f"doc-{no}",
        "name": f"Giấy {no}.pdf",
        "media_type": "application/pdf",
        "size": size,
        "sha256": digest,
        "url": f"urn:lienthong:document:{digest}",
        **changes,
    }


def sizes(papers: list[Paper]) -> list[tuple[int, Left | None]]:
    return [(one.size, one.left) for one in papers]


def test_documents_are_found_wherever_a_message_lists_them_each_once() -> None:
    data = {
        "submission": {"documents": [document(1), document(2, url="https://noi-khac.example/2")]},
        "corrections": [{"documents": None}, {"documents": [document(3), document(1)]}],
        "supplements": [{"documents": [document(4)]}],
        "correction": {"documents": [document(5)]},
        "supplement": {"documents": [document(6)]},
        "results": [{"step": "a"}, {"step": "b", "results": [document(7)]}],
    }

    found = papers_in(data, 1000)

    assert [one.name for one in found] == [f"Giấy {no}.pdf" for no in (1, 3, 4, 5, 6, 7)]
    assert {one.left for one in found} == {None}


def test_what_does_not_fit_stays_a_reference_and_what_fits_behind_it_goes() -> None:
    listed = [document(1, 60), document(2, 50), document(3, 40), document(4, 1)]

    found = papers_in({"submission": {"documents": listed}}, 100)

    assert sizes(found) == [(60, None), (50, Left.TOO_LARGE), (40, None), (1, Left.TOO_LARGE)]
    assert references_left(found) == 2


def test_no_letter_brings_more_than_our_own_reader_takes() -> None:
    large = [document(0, DEFAULT_LIMITS.attachment + 1)]
    many = [document(no, 1) for no in range(1, MOST_FILES + 2)]

    found = papers_in({"submission": {"documents": large + many}}, 2**40)

    assert [one.left for one in found].count(Left.TOO_LARGE) == 2
    assert sum(one.left is None for one in found) == MOST_FILES


def test_what_the_receiver_has_already_is_not_sent_and_not_missed() -> None:
    held = {"sha256": document(1)["sha256"], "size": 10, "media_type": "application/pdf"}
    data = {
        "submission": {"documents": [document(1), document(2)]},
        "documents": [{**held, "held": True}],
    }

    found = papers_in(data, 1000)

    assert [one.left for one in found] == [Left.HELD, None]
    assert references_left(found) == 0


def test_a_letter_says_of_each_document_where_it_is() -> None:
    content = b"%PDF-1.7"
    brought = replace(
        papers_in({"submission": {"documents": [document(1, len(content))]}}, 100)[0],
        content=content,
    )
    gone = replace(brought, sha256="0" * 64, content=None, left=Left.NOT_AVAILABLE)

    letter = letter_of(handover(), PARTNER, EmptyBook(), [brought, gone])

    assert isinstance(letter, Envelope)
    assert letter.message is not None
    assert letter.message.content == (
        "Đăng ký khai sinh. Kèm theo 1 tệp. Có 1 tài liệu chỉ được dẫn chiếu, không kèm tệp."
    )
    [message, file] = letter.files
    assert orjson.loads(message.content)["files"] == [
        {"sha256": brought.sha256, "content_id": file.content_id},
        {"sha256": "0" * 64, "left": "not-available"},
    ]
    assert (file.name, file.content_type, file.content) == (
        "Giấy 1.pdf",
        "application/pdf",
        content,
    )
    assert read(write(letter)) == letter


def test_no_document_is_taken_for_the_message() -> None:
    one = Paper("1" * 64, 2, DOSSIER_FILE, "application/json", None, b"{}")

    letter = letter_of(handover(), PARTNER, EmptyBook(), [one])

    assert isinstance(letter, Envelope)
    assert [file.name for file in letter.files] == [DOSSIER_FILE, f"tep-{'1' * 16}.json"]


def test_the_bound_is_the_endpoints() -> None:
    def bound(said: Any) -> int:
        return read_partner(Endpoint("G01", "edxml", options={"files_megabytes": said})).files_bound

    assert bound(0) == 0
    assert bound(27) == 27 * 1024 * 1024
    for wrong in (-1, 28, True, "5", 1.5):
        with pytest.raises(PolicyError):
            bound(wrong)
