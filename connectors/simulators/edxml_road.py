"""An agency's way to the gateway over the text axis: its answers as envelopes, signed.

What the axis has a status for goes as a status (03, 02, 06), anything else, and whatever has papers
with it, as a letter with the message as `ho-so.json`: as software does that was taught to. Signs
with SHA-1 if told to, as old software does, and now and then sends an envelope that is none before
the one that is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import httpx
import orjson
from cryptography import x509
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.signer import XMLSigner

from connectors.edxml import names
from connectors.edxml.document_ids import LetterName
from connectors.edxml.files import DOSSIER_FILE
from connectors.edxml.model import (
    Attachment,
    Attachments,
    Body,
    Business,
    BusinessType,
    Code,
    Envelope,
    Header,
    Inner,
    Manifest,
    MessageHeader,
    Organ,
    Promulgation,
    Reference,
    ResponseFor,
    Status,
    StatusCode,
    TraceHeader,
    TraceHeaderList,
)
from connectors.edxml.signatures import PrivateKey, write_signed
from connectors.edxml.writing import serialise, write_tree
from connectors.http_calls import authorities
from connectors.simulators.messages import Message
from connectors.simulators.outbox import Carried, NotSent, Receipted
from schemas.kinds import Kind

_STATUSES: Final = {
    Kind.HOP_RECEIVED: StatusCode.RECEIVED,
    Kind.HOP_REFUSED: StatusCode.REFUSED,
    Kind.HOP_COMPLETED: StatusCode.COMPLETED,
}
_TYPES: Final = {
    Kind.TRANSFER_WITHDRAWN: BusinessType.RECALL,
    Kind.TRANSFER_CORRECTED: BusinessType.UPDATE,
    Kind.SUPPLEMENT_PROVIDED: BusinessType.UPDATE,
}
GATEWAY: Final = "G00"
"""The gateway's code on the axis, as this agency knows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What a simulated agency signs with."""

    key: PrivateKey
    certificate: x509.Certificate
    sha1: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that goes with a letter; `media_type` None where the software does not say."""

    name: str
    content: bytes = field(repr=False)
    media_type: str | None = "application/pdf"


class EdxmlRoad:
    """Posts to `/v1/partners/{code}`; `transport` lets tests talk to one in the same process."""

    def __init__(
        self,
        code: str,
        base_url: str,
        *,
        seal: Seal,
        organ_id: str | None = None,
        malformed_every: int = 0,
        within: float = 10.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._organ = Organ(id=organ_id or code, name="Cơ quan mô phỏng")
        self.seal = seal
        self._malformed_every = malformed_every
        self._posts = 0
        self._address = f"{base_url}/v1/partners/{code}"
        self._within = within
        self._transport = transport
        self._opened: httpx.AsyncClient | None = None
        self.letters: set[str] = set()
        """DocumentIds of the letters that were sent."""
        self.papers: dict[tuple[Kind, str], Sequence[Paper]] = {}
        """What goes with which kind of message about which dossier."""

    async def carry(self, message: Message) -> Carried:
        self._posts += 1
        papers = self.papers.get((message.kind, message.subject), ())
        envelope = envelope_of(message, self._organ, papers)
        if envelope.message is not None:
            self.letters.add(envelope.message.document_id)
        body = self._sealed(envelope)
        try:
            if self._malformed_every and self._posts % self._malformed_every == 0:
                await self.post(body[: len(body) // 2])
            answer = await self.post(body)
        except httpx.HTTPError as error:
            return NotSent(type(error).__name__)
        if answer.status_code in (408, 425, 429) or answer.status_code >= 500:
            return NotSent(f"HTTP {answer.status_code}")
        return Receipted(_receipt_in(answer))

    async def post(self, body: bytes) -> httpx.Response:
        """Post bytes, whatever they are."""
        headers = {"content-type": "application/xml; charset=utf-8"}
        return await self._client.post(self._address, content=body, headers=headers)

    async def report(self, about: LetterName, code: StatusCode, at: datetime) -> httpx.Response:
        """Say a status of the agency's own accord; 13, 15 and 16 are said so."""
        status = _status(about, code, None, at, self._organ)
        return await self.post(self._sealed(_with_header(Header(status=status))))

    async def write(
        self,
        document_id: str,
        at: datetime,
        *,
        about: LetterName | None = None,
        to: str = GATEWAY,
        papers: Sequence[Paper] = (),
    ) -> httpx.Response:
        """Write a letter as people do: no message in it, at most an answer to one of ours."""
        local = at.astimezone(names.VIETNAM).replace(microsecond=0)
        answered = (ResponseFor(document_id=about.written(GATEWAY)),) if about else ()
        header = _header(
            self._organ, to, document_id, local, "Trả lời công văn", responses=answered
        )
        return await self.post(self._sealed(_with_header(header, _files(papers))))

    async def aclose(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened.aclose()

    @property
    def _client(self) -> httpx.AsyncClient:
        if self._opened is None:
            self._opened = httpx.AsyncClient(
                timeout=self._within,
                transport=self._transport,
                verify=authorities(),
                trust_env=False,
            )
        return self._opened

    def _sealed(self, envelope: Envelope) -> bytes:
        seal = self.seal
        if not seal.sha1:
            return write_signed(envelope, seal.key, seal.certificate, "rsa-sha256")
        root = write_tree(envelope)
        header = root.find(f".//{names.tag('edXMLHeader')}")
        assert header is not None
        etree.SubElement(header, f"{{{names.XMLDSIG}}}Signature", Id="placeholder")
        signer = _OldSigner(
            SignatureConstructionMethod.enveloped, SignatureMethod.RSA_SHA1, DigestAlgorithm.SHA1
        )
        return serialise(signer.sign(root, key=seal.key, cert=[seal.certificate]))


class _OldSigner(XMLSigner):
    """Signs with SHA-1, which the library refuses to do by itself."""

    def check_deprecated_methods(self) -> None:
        """Let it pass: this is what the simulated agency is there for."""


def envelope_of(message: Message, sender: Organ, papers: Sequence[Paper] = ()) -> Envelope:
    """Write one message of ours as the axis says it."""
    event: dict[str, Any] = orjson.loads(message.body)
    at = datetime.fromisoformat(event["time"])
    data = event["data"]
    if message.kind in _STATUSES and not papers:
        about = LetterName(
            dossier=message.subject,
            transfer=UUID(data["transfer"]),
            step=data["step"],
            round=data["round"],
        )
        text = data.get("explanation") or data.get("raw_status", {}).get("text")
        code = _STATUSES[message.kind]
        return _with_header(Header(status=_status(about, code, text, at, sender)))
    return _letter(message, data, at, sender, papers)


def _status(
    about: LetterName, code: StatusCode, text: str | None, at: datetime, sender: Organ
) -> Status:
    return Status(
        response_for=ResponseFor(
            organ_id=GATEWAY,
            code=f"{about.dossier}/{about.notation}",
            on=about.day,
            document_id=about.written(GATEWAY),
        ),
        sender=sender,
        code=code,
        description=text,
        at=at.astimezone(names.VIETNAM).replace(microsecond=0),
    )


def _letter(
    message: Message, data: dict[str, Any], at: datetime, sender: Organ, papers: Sequence[Paper]
) -> Envelope:
    local = at.astimezone(names.VIETNAM).replace(microsecond=0)
    said = {"kind": message.kind.value, "dossier": message.subject, "data": data}
    document_id = f"{sender.id},{local.strftime(names.DAY)},{message.id}"
    header = _header(
        sender,
        GATEWAY,
        document_id,
        local,
        f"Về hồ sơ {message.subject}",
        number=message.subject,
        type_=_TYPES.get(message.kind, BusinessType.NEW),
    )
    file = Paper(DOSSIER_FILE, orjson.dumps(said), None)
    return _with_header(header, _files((file, *papers)))


def _header(
    sender: Organ,
    to: str,
    document_id: str,
    local: datetime,
    subject: str,
    *,
    number: str | None = None,
    type_: BusinessType = BusinessType.NEW,
    responses: tuple[ResponseFor, ...] = (),
) -> Header:
    return Header(
        message=MessageHeader(
            sender=sender,
            receivers=(Organ(id=to),),
            document_id=document_id,
            code=Code(number=number) if number is not None else None,
            promulgation=Promulgation(on=local.date()),
            subject=subject,
            responses=responses,
        ),
        trace=TraceHeaderList(
            traces=(TraceHeader(organ_id=sender.id, at=local),),
            business=Business(type=type_, reason="Trả lời (mô phỏng)"),
        ),
    )


def _files(papers: Sequence[Paper]) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(
            content_id=str(no),
            name=paper.name,
            content_type=paper.media_type,
            content=paper.content,
        )
        for no, paper in enumerate(papers, 1)
    )


def _with_header(header: Header, files: tuple[Attachment, ...] = ()) -> Envelope:
    if not files:
        return Envelope(inner=Inner(header=header))
    references = tuple(
        Reference(content_id=f"cid:{one.content_id}", name=one.name) for one in files
    )
    body = Body(manifest=Manifest(references=references))
    return Envelope(inner=Inner(header=header, body=body), attachments=Attachments(files=files))


def _receipt_in(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        return {"verdict": f"http-{answer.status_code}"}
    if not isinstance(said, dict):
        return {"verdict": f"http-{answer.status_code}"}
    if said.get("verdict") in ("accepted", "duplicate"):
        return {"verdict": said["verdict"]}
    return {"verdict": "refused", "problem": {"type": said.get("errorCode")}}
