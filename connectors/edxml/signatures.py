"""Signing envelopes, and opening signed ones: only what was verified is ever read.

An envelope's signature covers the whole of it (one reference, URI "", nothing but the enveloped
and canonical transforms), or it is refused: with parts signed and parts not, somebody would read
the wrong part. What is read is the very element that the verification returns, not the one that
came. Certificates are pinned: what a signature says about its own key is not asked.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree
from signxml.algorithms import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConstructionMethod,
    SignatureMethod,
)
from signxml.exceptions import (
    InvalidCertificate,
    InvalidDigest,
    InvalidInput,
    SignXMLException,
)
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from connectors.edxml import names
from connectors.edxml.faults import EnvelopeRefused, FaultCode, FromNobody, refuse
from connectors.edxml.limits import DEFAULT_LIMITS, Limits
from connectors.edxml.model import Envelope
from connectors.edxml.parsing import parse, parser
from connectors.edxml.policy import ALGORITHMS, SignaturePolicy
from connectors.edxml.reading import read_tree
from connectors.edxml.writing import serialise, write_tree

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

_TRANSFORMS: Final = {SignatureConstructionMethod.enveloped.value} | {
    method.value for method in CanonicalizationMethod
}
_PLACES: Final = {names.tag(name) for name in ("edXML", "edXMLEnvelope", "edXMLHeader")}
_PATH: Final = "/edXML/edXMLEnvelope/edXMLHeader/Signature"


@dataclass(frozen=True, slots=True)
class Opened:
    """An envelope and who signed it: the certificate's sha-256, and how; None if nobody did."""

    envelope: Envelope
    certificate: str | None = None
    algorithm: str | None = None


def open_envelope(
    body: bytes, policy: SignaturePolicy, now: datetime, limits: Limits = DEFAULT_LIMITS
) -> Opened:
    """Verify as the policy says and read what was verified; raise EnvelopeRefused.

    It is FromNobody as long as no signature has said whose the envelope is.
    """
    try:
        root = parse(body, limits)
        proof = _proof(root, policy, now)
    except EnvelopeRefused as refused:
        raise FromNobody(refused.fault) from None
    if proof is None:
        return Opened(read_tree(root, limits))
    certificate, signed, method = proof
    fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
    return Opened(_read_signed(signed, body, limits), fingerprint, method)


def write_signed(
    envelope: Envelope, key: PrivateKey, certificate: x509.Certificate, algorithm: str
) -> bytes:
    """Return the envelope's bytes with an enveloped signature in its header.

    RSA signatures of the same envelope are the same bytes; ECDSA's are not.
    """
    root = write_tree(envelope)
    header = root.find(f".//{names.tag('edXMLHeader')}")
    assert header is not None
    etree.SubElement(header, _ds("Signature"), Id="placeholder", nsmap={"ds": names.XMLDSIG})
    signer = _Signer(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=ALGORITHMS[algorithm],
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    return serialise(signer.sign(root, key=key, cert=[certificate]))


class _Signer(XMLSigner):
    """Signs with our parser: the library's own stops at texts of 10 MB."""

    @property
    def parser(self) -> etree.XMLParser:
        return parser()


def _proof(
    root: etree._Element, policy: SignaturePolicy, now: datetime
) -> tuple[x509.Certificate, etree._Element, str] | None:
    """Return who signed, what and how; None where the policy takes it unsigned."""
    found = list(root.iter(_ds("Signature")))
    if not found:
        if policy.takes_unsigned(now.astimezone(names.VIETNAM).date()):
            return None
        detail = "the envelope is not signed, and this partner's have to be"
        raise refuse(FaultCode.UNSIGNED, detail, path=_PATH)
    _check_scope(root, found)
    method = _check_algorithms(found[0], policy, now)
    return (*_verified(root, policy, now), method)


def _check_scope(root: etree._Element, found: list[etree._Element]) -> None:
    """Refuse signatures of parts, of something else, or of more than one kind."""
    signature = found[0]
    line = signature.sourceline
    if len(found) > 1:
        detail = "there is more than one signature"
        raise refuse(FaultCode.SIGNATURE_SCOPE, detail, path=_PATH, line=found[1].sourceline)
    parent = signature.getparent()
    if parent is None or parent.tag not in _PLACES:
        detail = "a signature stands in the envelope's header"
        raise refuse(FaultCode.SIGNATURE_SCOPE, detail, path=_PATH, line=line)
    references = signature.findall(f"{_ds('SignedInfo')}/{_ds('Reference')}")
    if len(references) != 1 or references[0].get("URI") != "":
        detail = 'the signature has to cover the whole envelope: one Reference with URI=""'
        raise refuse(FaultCode.SIGNATURE_SCOPE, detail, path=_PATH, line=line)
    transforms = [one.get("Algorithm") for one in references[0].iter(_ds("Transform"))]
    enveloped = SignatureConstructionMethod.enveloped.value
    if transforms.count(enveloped) != 1 or len(transforms) > 2 or set(transforms) - _TRANSFORMS:
        detail = "the transforms are enveloped-signature and one canonical form, no others"
        raise refuse(FaultCode.SIGNATURE_SCOPE, detail, path=_PATH, line=line)
    if signature.find(_ds("Object")) is not None:
        detail = "a signature holds no objects"
        raise refuse(FaultCode.SIGNATURE_SCOPE, detail, path=_PATH, line=line)


def _check_algorithms(signature: etree._Element, policy: SignaturePolicy, now: datetime) -> str:
    """Return the name of the signature's method; refuse what the policy does not take today."""
    day = now.astimezone(names.VIETNAM).date()
    for part, allowed in (
        ("SignatureMethod", {one.value for one in policy.methods(day)}),
        ("DigestMethod", {one.value for one in policy.digests(day)}),
    ):
        element = signature.find(f"{_ds('SignedInfo')}//{_ds(part)}")
        if element is None or element.get("Algorithm") not in allowed:
            path = f"{_PATH}/SignedInfo/{part}"
            detail = "the policy for this partner does not take this algorithm now"
            line = signature.sourceline if element is None else element.sourceline
            raise refuse(FaultCode.SIGNATURE_ALGORITHM, detail, path=path, line=line)
    method = signature.find(f"{_ds('SignedInfo')}/{_ds('SignatureMethod')}")
    assert method is not None
    return SignatureMethod(method.get("Algorithm")).name.lower().replace("_", "-")


def _verified(
    root: etree._Element, policy: SignaturePolicy, now: datetime
) -> tuple[x509.Certificate, etree._Element]:
    """Return the pinned certificate that signed, and the element that it signed."""
    if not policy.certificates:
        detail = "no certificate of this partner is pinned"
        raise refuse(FaultCode.SIGNATURE_KEY, detail, path=_PATH, whose="gateway")
    day = now.astimezone(names.VIETNAM).date()
    config = SignatureConfiguration(
        expect_references=1,
        signature_methods=policy.methods(day),
        digest_algorithms=policy.digests(day),
        ignore_ambiguous_key_info=True,
        verification_time=now,
    )
    expired = False
    for certificate in policy.certificates:
        try:
            result = XMLVerifier().verify(
                root, x509_cert=certificate, parser=parser(), expect_config=config
            )
        except InvalidDigest:
            detail = "the envelope is not what was signed"
            raise refuse(FaultCode.SIGNATURE_WRONG, detail, path=_PATH) from None
        except InvalidCertificate:
            expired = True
        except (InvalidInput, SignXMLException):
            continue  # another key's signature, or another kind of key's
        except (etree.LxmlError, ValueError):
            detail = "the signature is not made as XML Signature says"
            raise refuse(FaultCode.SIGNATURE_WRONG, detail, path=_PATH) from None
        else:
            assert not isinstance(result, list)
            signed = result.signed_xml
            if signed is None or signed.tag != names.tag("edXML"):
                detail = "what was signed is not the envelope"
                raise refuse(FaultCode.SIGNATURE_SCOPE, detail, path=_PATH)
            return certificate, signed
    detail = "none of the partner's pinned certificates made this signature"
    if expired:
        detail += ", and one of them is out of its time"
    raise refuse(FaultCode.SIGNATURE_KEY, detail, path=_PATH)


def _read_signed(signed: etree._Element, body: bytes, limits: Limits) -> Envelope:
    """Read what was signed. A fault's line is that of what came: the signed form has others."""
    try:
        return read_tree(signed, limits)
    except EnvelopeRefused as refused:
        try:
            read_tree(parse(body, limits), limits)
        except EnvelopeRefused as where:
            if where.fault.path == refused.fault.path:
                raise where from None
        raise refused.on_line(None) from None


def _ds(name: str) -> str:
    return f"{{{names.XMLDSIG}}}{name}"
