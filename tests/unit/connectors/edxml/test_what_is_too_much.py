"""Sizes, depths and numbers are bounded, and what is over is refused before it costs anything."""

import base64
import tracemalloc
from pathlib import Path

import pytest

from connectors.edxml.faults import EnvelopeRefused, FaultCode
from connectors.edxml.limits import Limits
from connectors.edxml.reading import read

CORPUS = Path(__file__).parents[3] / "contract" / "edxml" / "envelopes"
LETTER = (CORPUS / "letters" / "new.xml").read_bytes()
PACKED = b"VOG7nSBraGFpIHRo4butIG5naGnhu4dtCg=="
NS = b'xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"'


def fault_of(body: bytes, limits: Limits | None = None) -> FaultCode:
    with pytest.raises(EnvelopeRefused) as refused:
        read(body, limits or Limits())
    return refused.value.fault.code


def test_an_envelope_over_its_size_is_not_parsed() -> None:
    assert fault_of(LETTER, Limits(envelope=len(LETTER) - 1)) == FaultCode.TOO_LARGE
    assert read(LETTER, Limits(envelope=len(LETTER))).message is not None


@pytest.mark.parametrize("levels", [30, 200, 3_000, 500_000])
def test_deep_envelopes_are_refused_however_deep(levels: int) -> None:
    body = b"<edXML " + NS + b">" + b"<a>" * levels + b"</a>" * levels + b"</edXML>"

    assert fault_of(body) == FaultCode.TOO_DEEP


def test_wide_envelopes_are_refused() -> None:
    body = b"<edXML " + NS + b">" + b"<a/>" * 30_000 + b"</edXML>"

    assert fault_of(body) == FaultCode.TOO_MANY_NODES


def test_an_element_with_very_many_attributes_is_refused() -> None:
    many = b" ".join(b'a%d="1"' % number for number in range(5_000))

    assert fault_of(b"<edXML " + NS + b" " + many + b"/>") == FaultCode.TOO_MANY_NODES


def test_an_element_that_declares_very_many_namespaces_is_refused() -> None:
    many = b" ".join(b'xmlns:a%d="urn:vi-du"' % number for number in range(5_000))

    assert fault_of(b"<edXML " + NS + b" " + many + b"/>") == FaultCode.TOO_MANY_NODES


def test_declarations_count_as_nodes() -> None:
    ten = b" ".join(b'xmlns:a%d="urn:vi-du"' % number for number in range(10))
    body = b"<edXML " + NS + b">" + (b"<a " + ten + b"/>") * 2_000 + b"</edXML>"

    assert fault_of(body) == FaultCode.TOO_MANY_NODES


def test_an_unknown_element_in_a_namespace_without_an_absolute_name_is_refused() -> None:
    strange = b'<a:Moi xmlns:a="moi"/>'

    body = LETTER.replace(b"</edXML>", strange + b"</edXML>")

    assert fault_of(body) == FaultCode.WRONG_NAMESPACE


def test_a_long_text_is_refused_where_it_stands() -> None:
    body = LETTER.replace("Trần Văn Thử".encode(), b"a" * 70_000)

    assert fault_of(body) == FaultCode.TOO_LARGE


def test_a_large_unknown_element_is_refused() -> None:
    body = LETTER.replace(b"</edXML>", b"<Moi>" + b"a" * 70_000 + b"</Moi></edXML>")

    assert fault_of(body) == FaultCode.TOO_LARGE


def test_an_attachment_may_be_larger_than_the_parsers_own_bound() -> None:
    content = bytes(range(256)) * 48 * 1024  # 12 MiB: 16 MiB packed, libxml2 stops at 10 MB

    envelope = read(LETTER.replace(PACKED, base64.b64encode(content)))

    assert envelope.files[0].content == content


@pytest.mark.parametrize("over", [1, 1000])
def test_an_attachment_over_its_size_is_refused(over: int) -> None:
    limits = Limits(attachment=3000)

    assert read(LETTER.replace(PACKED, base64.encodebytes(b"a" * 3000)), limits).files
    body = LETTER.replace(PACKED, base64.b64encode(b"a" * (3000 + over)))
    assert fault_of(body, limits) == FaultCode.ATTACHMENT_TOO_LARGE


def test_what_is_far_too_large_is_refused_without_being_decoded() -> None:
    limits = Limits(attachment=1000)
    body = LETTER.replace(PACKED, base64.b64encode(b"a" * 3_000_000))
    fault_of(LETTER.replace(PACKED, b"?"))  # what is loaded once is loaded

    tracemalloc.start()
    try:
        assert fault_of(body, limits) == FaultCode.ATTACHMENT_TOO_LARGE
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The text as Python sees it, and no decoded copy (libxml2's own memory is not traced).
    assert peak < 1.5 * len(body)


def test_attachments_are_bounded_together_and_in_number() -> None:
    files = b"".join(
        b"<Attachment><ContentId>%d</ContentId><AttachmentName>a</AttachmentName>"
        b"<ContentTransferEncoded>YWFh</ContentTransferEncoded></Attachment>" % number
        for number in range(40)
    )
    references = b"".join(
        b"<Reference><ContentId>cid:%d</ContentId><AttachmentName>a</AttachmentName></Reference>"
        % number
        for number in range(40)
    )
    before, _, rest = LETTER.partition(b"<edXML:edXMLBody>")
    _, _, after = rest.partition(b"</edXML:edXMLBody>")
    envelope_end = after.partition(b"<AttachmentEncoded>")[0]
    body = (
        before
        + b"<edXMLBody><edXMLManifest>"
        + references
        + b"</edXMLManifest></edXMLBody>"
        + envelope_end
        + b"<AttachmentEncoded>"
        + files
        + b"</AttachmentEncoded></edXML>"
    )

    assert len(read(body).files) == 40
    assert fault_of(body, Limits(attachments=39)) == FaultCode.TOO_MANY_ATTACHMENTS
    together = Limits(attachments_together=119)
    assert fault_of(body, together) == FaultCode.ATTACHMENT_TOO_LARGE


def test_receivers_are_bounded() -> None:
    limits = Limits(receivers=2)
    body = (CORPUS / "letters" / "several-receivers.xml").read_bytes()

    assert fault_of(body, limits) == FaultCode.TOO_LARGE
