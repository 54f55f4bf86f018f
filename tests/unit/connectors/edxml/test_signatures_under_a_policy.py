"""A signature is believed if the policy takes it, a pinned key made it, and it covers it all."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.signer import XMLSigner

from connectors.edxml.faults import EnvelopeRefused, Fault, FaultCode
from connectors.edxml.model import StatusCode
from connectors.edxml.names import EDXML, XMLDSIG
from connectors.edxml.policy import PolicyError, read_policy
from connectors.edxml.reading import read
from connectors.edxml.signatures import Opened, open_envelope, write_signed
from tests.unit.connectors.edxml.keys import NOW, Signer, signer

CORPUS = Path(__file__).parents[3] / "contract" / "edxml" / "envelopes"
LETTER = read((CORPUS / "letters" / "new.xml").read_bytes())
STATUS = read((CORPUS / "statuses" / "03.xml").read_bytes())
REASON = "phần mềm cũ, thay trong quý II"


class OldSigner(XMLSigner):
    """Signs as old software does."""

    def check_deprecated_methods(self) -> None:
        """Take them."""


def partner(name: str = "đối tác", **said: Any) -> Mapping[str, Any]:
    return {"signatures": {"certificates": [signer(name).pem], **said}}


def opened(body: bytes, options: Mapping[str, Any] | None = None) -> Opened:
    return open_envelope(body, read_policy(partner() if options is None else options), NOW)


def fault_of(body: bytes, options: Mapping[str, Any] | None = None) -> Fault:
    with pytest.raises(EnvelopeRefused) as refused:
        opened(body, options)
    return refused.value.fault


def signed(by: Signer | None = None) -> bytes:
    by = by or signer("đối tác")
    return write_signed(STATUS, by.key, by.certificate, "rsa-sha256")


def signed_the_old_way(body: bytes, *, digest: str = "sha1", uri: str | None = None) -> bytes:
    """Sign an envelope as it stands, with SHA-1, the signature under the header."""
    by = signer("đối tác")
    root = etree.fromstring(body)
    header = root.find(f".//{{{EDXML}}}edXMLHeader")
    assert header is not None
    etree.SubElement(header, f"{{{XMLDSIG}}}Signature", Id="placeholder")
    old = OldSigner(
        SignatureConstructionMethod.enveloped,
        SignatureMethod.RSA_SHA1,
        DigestAlgorithm[digest.upper()],
    )
    return etree.tostring(old.sign(root, key=by.key, cert=[by.certificate], reference_uri=uri))


def test_what_a_pinned_key_signed_is_read() -> None:
    got = opened(signed())

    assert got.envelope == STATUS
    assert got.algorithm == "rsa-sha256"
    assert got.certificate is not None


def test_the_same_envelope_is_signed_with_the_same_bytes() -> None:
    assert signed() == signed()


def test_any_letter_of_the_corpus_can_be_signed_and_opened() -> None:
    by = signer("đối tác")
    for path in sorted((CORPUS / "letters").iterdir()):
        letter = read(path.read_bytes())
        body = write_signed(letter, by.key, by.certificate, "rsa-sha256")
        assert opened(body).envelope == letter, path.name


def test_a_large_attachment_is_signed_and_opened() -> None:
    by = signer("đối tác")
    files = LETTER.attachments
    assert files is not None
    large = replace(files.files[0], content=bytes(range(256)) * 48 * 1024)  # 16 MiB as text
    letter = replace(LETTER, attachments=replace(files, files=(large,)))

    got = opened(write_signed(letter, by.key, by.certificate, "rsa-sha256"))

    assert got.envelope == letter


@pytest.mark.parametrize(
    ("what", "other"),
    [
        (b">03<", b">06<"),
        (b"000.00.00.G01", b"000.00.00.H41"),
        (b"</edXML:Status>", b"</edXML:Status><edXML:Them>x</edXML:Them>"),
        (b"2026/03/02 09:30:00", b"2026/03/01 09:30:00"),
    ],
)
def test_what_was_changed_after_signing_is_refused(what: bytes, other: bytes) -> None:
    body = signed()
    assert what in body

    assert fault_of(body.replace(what, other)).code == FaultCode.SIGNATURE_WRONG


def test_a_key_that_is_not_pinned_is_not_believed_whatever_the_signature_says() -> None:
    assert fault_of(signed(signer("kẻ khác"))).code == FaultCode.SIGNATURE_KEY


def test_one_of_several_pinned_keys_is_enough() -> None:
    both = {"signatures": {"certificates": [signer("khóa cũ").pem, signer("đối tác").pem]}}

    assert opened(signed(), both).envelope == STATUS


def test_without_a_pinned_key_nothing_is_believed_and_that_is_our_fault() -> None:
    fault = fault_of(signed(), {})

    assert fault.code == FaultCode.SIGNATURE_KEY
    assert fault.whose == "gateway"


def test_a_pinned_certificate_out_of_its_time_is_not_believed() -> None:
    old = signer("hết hạn", begins=NOW - timedelta(days=40), days=30)
    fault = fault_of(signed(old), {"signatures": {"certificates": [old.pem]}})

    assert fault.code == FaultCode.SIGNATURE_KEY
    assert "out of its time" in fault.detail


def test_unsigned_envelopes_are_refused_unless_the_policy_says_so_and_until_when() -> None:
    body = (CORPUS / "statuses" / "03.xml").read_bytes()

    assert fault_of(body).code == FaultCode.UNSIGNED
    allowed = partner(unsigned={"until": "2026-03-02", "reason": REASON})
    assert opened(body, allowed).certificate is None
    past = partner(unsigned={"until": "2026-03-01", "reason": REASON})
    assert fault_of(body, past).code == FaultCode.UNSIGNED


def test_a_signature_outside_its_namespace_is_none() -> None:
    body = (CORPUS / "letters" / "signature-outside-its-namespace.xml").read_bytes()

    assert fault_of(body).code == FaultCode.UNSIGNED


def test_sha1_is_taken_from_named_partners_for_a_while_only() -> None:
    body = signed_the_old_way((CORPUS / "statuses" / "03.xml").read_bytes())

    assert fault_of(body).code == FaultCode.SIGNATURE_ALGORITHM
    named = partner(sha1={"until": "2026-06-30", "reason": REASON})
    got = opened(body, named)
    assert got.algorithm == "rsa-sha1"
    assert got.envelope.status is not None
    assert got.envelope.status.code is StatusCode.RECEIVED
    past = partner(sha1={"until": "2026-02-28", "reason": REASON})
    assert fault_of(body, past).code == FaultCode.SIGNATURE_ALGORITHM


def test_a_weak_digest_under_a_strong_method_is_refused_too() -> None:
    body = signed().replace(
        b"http://www.w3.org/2001/04/xmlenc#sha256", b"http://www.w3.org/2000/09/xmldsig#sha1"
    )

    assert fault_of(body).code == FaultCode.SIGNATURE_ALGORITHM


def test_a_shared_secret_is_no_signature() -> None:
    body = signed().replace(
        b"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        b"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
    )

    assert fault_of(body).code == FaultCode.SIGNATURE_ALGORITHM


def test_a_signed_part_wrapped_into_another_envelope_is_refused() -> None:
    """The signed status is carried along unread, while another one stands where it is read."""
    genuine = signed()
    inner = genuine.partition(b"?>\n")[2]
    forged = (CORPUS / "statuses" / "06.xml").read_bytes()
    wrapped = forged.replace(b"</edXML:Status>", b"</edXML:Status>" + inner)

    assert fault_of(wrapped).code in (FaultCode.SIGNATURE_WRONG, FaultCode.SIGNATURE_SCOPE)


def test_a_signature_of_a_part_is_refused() -> None:
    body = (CORPUS / "statuses" / "03.xml").read_bytes()
    body = body.replace(b"<edXML:Status>", b'<edXML:Status Id="phan">')
    named = partner(sha1={"until": "2026-06-30", "reason": REASON})

    fault = fault_of(signed_the_old_way(body, uri="#phan"), named)

    assert fault.code == FaultCode.SIGNATURE_SCOPE


def test_two_signatures_are_refused() -> None:
    body = signed()
    (one,) = re.findall(rb"<ds:Signature .*</ds:Signature>", body, re.DOTALL)

    assert fault_of(body.replace(one, one + one)).code == FaultCode.SIGNATURE_SCOPE


def test_a_signature_somewhere_else_is_refused() -> None:
    body = signed()
    (one,) = re.findall(rb"<ds:Signature .*</ds:Signature>", body, re.DOTALL)
    moved = body.replace(one, b"").replace(b"</edXML:From>", one + b"</edXML:From>")

    assert fault_of(moved).code == FaultCode.SIGNATURE_SCOPE


@pytest.mark.parametrize(
    "transform",
    [
        b"http://www.w3.org/TR/1999/REC-xpath-19991116",
        b"http://www.w3.org/TR/1999/REC-xslt-19991116",
        b"http://www.w3.org/2000/09/xmldsig#base64",
    ],
)
def test_a_transform_that_picks_parts_is_refused(transform: bytes) -> None:
    body = signed()
    exclusive = b'<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">'
    assert exclusive in body

    fault = fault_of(body.replace(exclusive, b'<ds:Transform Algorithm="' + transform + b'">'))

    assert fault.code == FaultCode.SIGNATURE_SCOPE


def test_a_broken_signature_is_refused_with_a_fault_like_any_other() -> None:
    body = signed()
    for damage in (
        body.replace(b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA"),
        re.sub(rb"<ds:SignatureValue>.*</ds:SignatureValue>", b"", body, flags=re.DOTALL),
        re.sub(rb"<ds:SignedInfo>.*</ds:SignedInfo>", b"", body, flags=re.DOTALL),
        re.sub(rb"<ds:DigestValue>.*</ds:DigestValue>", b"<ds:DigestValue/>", body),
    ):
        assert damage != body
        assert fault_of(damage).code in (
            FaultCode.SIGNATURE_WRONG,
            FaultCode.SIGNATURE_KEY,
            FaultCode.SIGNATURE_SCOPE,
            FaultCode.SIGNATURE_ALGORITHM,
        )


def test_a_comment_in_a_signed_text_changes_nothing() -> None:
    """It is no part of what was signed, and so must not cut what is read."""
    body = signed().replace(b">03<", b">0<!-- 6 -->3<")

    got = opened(body)

    assert got.envelope.status is not None
    assert got.envelope.status.code is StatusCode.RECEIVED


def test_a_fault_in_a_signed_envelope_has_the_line_of_what_came() -> None:
    body = (CORPUS / "malformed" / "no-such-day.xml").read_bytes()
    named = partner(sha1={"until": "2026-06-30", "reason": REASON})

    fault = fault_of(signed_the_old_way(body), named)

    assert fault.code == FaultCode.BAD_VALUE
    assert fault.path.endswith("/DueDate")
    assert fault.line == 41  # the declaration's line went when the old way signed it


@pytest.mark.parametrize(
    "said",
    [
        {"accept": ["rsa-sha1"]},
        {"accept": ["rsa-md5"]},
        {"accept": "rsa-sha256"},
        {"sha1": {"reason": REASON}},
        {"sha1": {"until": "2026-06-30", "reason": "vì"}},
        {"sha1": {"until": "30/06/2026", "reason": REASON}},
        {"sha1": True},
        {"unsigned": {"until": "2026-06-30"}},
        {"certificates": ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]},
        {"certificats": []},
        {"sign": "rsa-sha1"},
    ],
)
def test_a_policy_that_does_not_say_it_all_is_no_policy(said: Mapping[str, Any]) -> None:
    with pytest.raises(PolicyError, match="signatures"):
        read_policy({"signatures": said})
