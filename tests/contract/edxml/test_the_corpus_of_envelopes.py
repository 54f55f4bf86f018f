"""Every envelope in `envelopes/` is read, or refused with the very fault that is written down.

The files are ours, in the shapes that are met on the axis; `refused.tsv` says for each that is not
an envelope what is wrong, where and on which line.
"""

import hashlib
from pathlib import Path

import pytest

from connectors.edxml.faults import EnvelopeRefused
from connectors.edxml.model import BusinessType, StatusCode
from connectors.edxml.reading import read
from connectors.edxml.writing import write

FOLDER = Path(__file__).parent / "envelopes"
LETTERS = sorted(path.name for path in (FOLDER / "letters").iterdir())
STATUSES = sorted(path.name for path in (FOLDER / "statuses").iterdir())
REFUSED = [
    line.split("\t")
    for line in (FOLDER / "refused.tsv").read_text().splitlines()
    if not line.startswith("#")
]
CONTENT = "Tờ khai thử nghiệm\n".encode()


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_read_and_written_back_the_same(name: str) -> None:
    letter = read((FOLDER / "letters" / name).read_bytes())

    assert letter.message is not None
    assert letter.business is not None
    assert read(write(letter)) == letter
    assert write(read(write(letter))) == write(letter)
    assert [one.content for one in letter.files] in ([CONTENT], [])


@pytest.mark.parametrize("name", STATUSES)
def test_a_status_is_read_and_written_back_the_same(name: str) -> None:
    report = read((FOLDER / "statuses" / name).read_bytes())

    assert report.status is not None
    assert report.status.response_for.document_id == "000.07.15.H54,2026/03/02,0417/UBND-TP"
    assert report.status.sender.id == "000.00.00.G01"
    assert report.status.sender.address is None
    assert read(write(report)) == report


@pytest.mark.parametrize("type_", BusinessType)
def test_there_is_a_letter_of_each_business_type(type_: BusinessType) -> None:
    letter = read((FOLDER / "letters" / f"{type_.name.lower()}.xml").read_bytes())

    assert letter.business is not None
    assert letter.business.type is type_


@pytest.mark.parametrize("code", StatusCode)
def test_there_is_a_status_of_each_code(code: StatusCode) -> None:
    report = read((FOLDER / "statuses" / f"{code}.xml").read_bytes())

    assert report.status is not None
    assert report.status.code is code


@pytest.mark.parametrize(("name", "code", "path", "line"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_no_envelope_is_refused_with_its_fault(
    name: str, code: str, path: str, line: str
) -> None:
    body = (FOLDER / name).read_bytes()

    with pytest.raises(EnvelopeRefused) as refused:
        read(body)

    fault = refused.value.fault
    assert fault.whose == "sender"
    assert (fault.code, fault.path or "/", str(fault.line or "-")) == (code, path, line)


def test_no_fault_says_what_stood_in_the_envelope() -> None:
    for name, *_ in REFUSED:
        with pytest.raises(EnvelopeRefused) as refused:
            read((FOLDER / name).read_bytes())
        for word in ("Trần", "Lê", "Thử Nghiệm", "0900", "vi-du", "passwd"):
            assert word not in str(refused.value)


def test_every_file_that_is_no_envelope_is_written_down() -> None:
    there = {
        f"{folder}/{path.name}"
        for folder in ("malformed", "hostile")
        for path in (FOLDER / folder).iterdir()
    }

    assert there == {row[0] for row in REFUSED}


def test_what_is_unknown_is_kept_and_comes_out_again() -> None:
    letter = read((FOLDER / "letters" / "unknown-parts.xml").read_bytes())

    assert letter.message is not None
    kept = letter.message.extra.elements
    assert len(kept) == 2
    assert "Hỏa tốc" in kept[0]
    assert 'kieu="1"' in kept[0]
    trace = letter.inner.header.trace
    assert trace is not None
    assert dict(trace.extra.attributes)["mustUnderstand"] == "1"
    assert b"H\xe1\xbb\x8fa t\xe1\xbb\x91c" in write(letter)


def test_spellings_and_prefixes_make_no_difference() -> None:
    letters = FOLDER / "letters"
    plain = read((letters / "new.xml").read_bytes())

    for name in (
        "everything-unprefixed.xml",
        "other-spelling-of-business.xml",
        "parts-in-another-order.xml",
        "content-in-lines.xml",
        "byte-order-mark-and-crlf.xml",
    ):
        assert read((letters / name).read_bytes()) == plain, name


def test_an_inclusion_is_a_part_like_any_other_and_never_followed() -> None:
    letter = read((FOLDER / "letters" / "xinclude-is-not-followed.xml").read_bytes())

    assert letter.message is not None
    (kept,) = letter.message.extra.elements
    assert 'href="file:///etc/passwd"' in kept
    assert "root:" not in kept


def test_the_written_form_does_not_change_by_itself() -> None:
    """A partner's system compares bytes. Whoever changes the form changes this, and says so."""
    written = write(read((FOLDER / "letters" / "replace.xml").read_bytes()))

    assert hashlib.sha256(written).hexdigest() == (
        "fb67432e9152c43fe313b24efe74e87bde70782c6f4a58653853f9f4e237ed7b"
    )
