"""What the parts of an envelope have to say to one another."""

from collections.abc import Iterator

from connectors.edxml.faults import FaultCode, refuse
from connectors.edxml.limits import Limits
from connectors.edxml.model import Envelope, Reference

_HEADER = "/edXML/edXMLEnvelope/edXMLHeader"
_MANIFEST = "/edXML/edXMLEnvelope/edXMLBody/edXMLManifest"
_FILES = "/edXML/AttachmentEncoded"


def check_sense(envelope: Envelope, limits: Limits) -> None:
    """Refuse an envelope that is neither letter nor status, or whose files are not all there."""
    header = envelope.inner.header
    if header.status is not None and (header.message is not None or header.trace is not None):
        detail = "a header is a letter's or a status, not both"
        raise refuse(FaultCode.REPEATED, detail, path=f"{_HEADER}/Status")
    if header.status is None:
        for part, name in ((header.message, "MessageHeader"), (header.trace, "TraceHeaderList")):
            if part is None:
                detail = "the element is missing"
                raise refuse(FaultCode.MISSING, detail, path=f"{_HEADER}/{name}")
    _check_files(envelope, limits)


def content_key(content_id: str) -> str:
    """Return a content id without its `cid:`, which software writes on one side only."""
    return content_id.removeprefix("cid:")


def references_of(envelope: Envelope) -> tuple[Reference, ...]:
    body = envelope.inner.body
    if body is None or body.manifest is None:
        return ()
    return body.manifest.references


def _check_files(envelope: Envelope, limits: Limits) -> None:
    if len(envelope.files) > limits.attachments:
        detail = f"there are more than {limits.attachments} attachments"
        raise refuse(FaultCode.TOO_MANY_ATTACHMENTS, detail, path=_FILES)
    announced = [content_key(one.content_id) for one in references_of(envelope)]
    brought = [content_key(one.content_id) for one in envelope.files]
    for keys, path in ((announced, f"{_MANIFEST}/Reference"), (brought, f"{_FILES}/Attachment")):
        for place in _repeated(keys):
            detail = "two files have the same ContentId"
            raise refuse(FaultCode.REPEATED, detail, path=f"{path}[{place}]/ContentId")
    for place, key in enumerate(announced, 1):
        if key not in brought:
            detail = "the manifest announces a file that is not there"
            path = f"{_MANIFEST}/Reference[{place}]"
            raise refuse(FaultCode.ATTACHMENT_MISSING, detail, path=path)
    for place, key in enumerate(brought, 1):
        if key not in announced:
            detail = "a file is there that the manifest does not announce"
            path = f"{_FILES}/Attachment[{place}]"
            raise refuse(FaultCode.ATTACHMENT_UNNAMED, detail, path=path)


def _repeated(keys: list[str]) -> Iterator[int]:
    seen: set[str] = set()
    for place, key in enumerate(keys, 1):
        if key in seen:
            yield place
        seen.add(key)
