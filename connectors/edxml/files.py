"""The files of a partner's letter, as documents: what each is, and where its message names it.

`ho-so.json` is no document but the message itself. Every other file is one: kept by the gateway,
and referred to by whatever the letter is about. A message that lists documents, or results, lists
these too; what it lists by digest alone is given the reference to the bytes that came along. The
kind of a result that is in no list is unknown, and called so.
"""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

from connectors.edxml.model import Attachment, Envelope
from connectors.edxml.tables import rows
from connectors.protocol import Enclosure
from schemas.kinds import Kind
from schemas.kinds.common import DOCUMENT_SCHEME
from schemas.wire import LINE_PATTERN

DOSSIER_FILE: Final = "ho-so.json"
UNNAMED_RESULT: Final = "attachment"
_LINE: Final = re.compile(LINE_PATTERN)
_MEDIA: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_SAYS_NOTHING: Final = "application/octet-stream"
_CONTENT: Final = re.compile(rb">([A-Za-z0-9+/=\s]{4,})<")
_LISTED: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.TRANSFER_SUBMITTED: "documents",
        Kind.SUPPLEMENT_PROVIDED: "documents",
        Kind.HOP_COMPLETED: "results",
    }
)
"""Which member of a message lists documents, whether or not it is there.

A correction's list takes the place of the one before it: where a correction has none, files that
came along are no reason to make one.
"""


def enclosures_of(envelope: Envelope) -> tuple[Enclosure, ...]:
    """Return a letter's files but the message itself, each content once, in their order."""
    files = [one for one in envelope.files if one.name != DOSSIER_FILE]
    found: dict[str, Enclosure] = {}
    for no, file in enumerate(files, 1):
        digest = sha256(file.content).hexdigest()
        found.setdefault(digest, Enclosure(_name(file, no), _media(file), digest, file.content))
    return tuple(found.values())


def listing(kind: Kind, data: Mapping[str, Any], enclosures: Sequence[Enclosure]) -> dict[str, Any]:
    """Return a message's data with the files that came along in its list of documents.

    What is no list of objects stays as it is: intake says what is wrong with it.
    """
    member = "documents" if kind is Kind.TRANSFER_CORRECTED else _LISTED.get(kind)
    may_begin = kind in _LISTED
    listed = data.get(member, [] if may_begin else None) if member is not None else None
    if not enclosures or not isinstance(listed, list):
        return dict(data)
    assert member is not None
    came = {one.sha256 for one in enclosures}
    known = {str(one.get("sha256")) for one in listed if isinstance(one, dict)}
    lines = [_referring(one, came) for one in listed]
    extra = {"kind": UNNAMED_RESULT} if member == "results" else {}
    for no, one in enumerate(enclosures, 1):
        if one.sha256 not in known:
            lines.append({**_line(one, no), **extra})
    return {**data, member: lines}


def without_contents(body: bytes, enclosures: Sequence[Enclosure]) -> bytes:
    """Return an envelope as it came, the bytes of each file in it replaced by its reference.

    A content written as no plain run of base64 stays; nothing else of the envelope is touched.
    """
    digests = {one.sha256 for one in enclosures}

    def replaced(found: re.Match[bytes]) -> bytes:
        try:
            content = base64.b64decode(b"".join(found[1].split()), validate=True)
        except binascii.Error:
            return found[0]
        digest = sha256(content).hexdigest()
        return f">{DOCUMENT_SCHEME}{digest}<".encode() if digest in digests else found[0]

    return _CONTENT.sub(replaced, body)


def _line(one: Enclosure, no: int) -> dict[str, Any]:
    return {
        "id": f"tep-{no}",
        "name": one.name,
        "media_type": one.media_type,
        "size": len(one.content),
        "sha256": one.sha256,
        "url": DOCUMENT_SCHEME + one.sha256,
    }


def _referring(one: Any, came: set[str]) -> Any:
    if isinstance(one, dict) and one.get("url") is None and one.get("sha256") in came:
        return {**one, "url": DOCUMENT_SCHEME + one["sha256"]}
    return one


def _name(file: Attachment, no: int) -> str:
    name = file.name[:200]
    return name if _LINE.fullmatch(name) else f"tep-{no}"


def _media(file: Attachment) -> str:
    """Return what the file is said to be; by its name where nothing usable is said."""
    said = (file.content_type or "").partition(";")[0].strip().lower()
    if len(said) <= 100 and said != _SAYS_NOTHING and _MEDIA.fullmatch(said):
        return said
    ending = file.name.rpartition(".")[2].strip().lower()
    return _media_types().get(said) or _media_types().get(ending) or _SAYS_NOTHING


@cache
def _media_types() -> Mapping[str, str]:
    return MappingProxyType({row["ending"]: row["media_type"] for row in rows("media-types.tsv")})
