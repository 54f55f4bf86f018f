"""Hand in and fetch documents by content, in pieces: what is cut goes on where it ended.

Nothing larger than a piece is held in memory. Reading and writing the bytes is the caller's: a
function that returns a stretch of the document, one that takes the next.
"""

import base64
from collections.abc import Callable
from hashlib import sha256
from typing import Final
from uuid import UUID

from connectors.client.failures import Damaged, Declined, Unanswered
from connectors.client.flows import Answer, Flow, Request, document_of
from connectors.client.shapes import Upload
from schemas.problems import ProblemType, problem

PIECE: Final = 4 * 1024 * 1024
MOST_CUTS: Final = 20
"""How often a piece may come to nothing before the upload is given up for now."""

_TUS: Final = {"tus-resumable": "1.0.0"}
_UPLOADS: Final = "/v1/documents/uploads"

ReadAt = Callable[[int, int], bytes]
"""(offset, size) → that stretch of the document, shorter only at its end."""


def upload(read_at: ReadAt, *, size: int, digest: str, media_type: str) -> Flow[str]:
    """Hand a document in; return its address for messages (`url`). `digest` is its sha-256 in hex.

    What the gateway has already is not sent. Called again after a failure, it goes on.
    """
    declared = yield Request(
        "POST",
        _UPLOADS,
        headers={
            **_TUS,
            "upload-length": str(size),
            "upload-metadata": f"sha256 {_base64(digest)},media_type {_base64(media_type)}",
        },
    )
    opened = Upload.model_validate(document_of(declared))
    offset, cuts = opened.received, 0
    while offset < size:
        answer = yield _piece(opened.upload, offset, read_at(offset, PIECE))
        if not answer.is_good:
            cuts += 1
            if answer.status not in (409, 423, 460) or cuts > MOST_CUTS:
                document_of(answer)
            answer = yield Request("HEAD", f"{_UPLOADS}/{opened.upload}", headers=_TUS)
        offset = _offset(answer)
    return opened.document


def give_up(id_: UUID) -> Flow[None]:
    """Drop an upload that is under way."""
    answer = yield Request("DELETE", f"{_UPLOADS}/{id_}", headers=_TUS)
    if not answer.is_good:
        document_of(answer)


def largest() -> Flow[int]:
    """Ask how large a document may be, in bytes."""
    answer = yield Request("OPTIONS", _UPLOADS)
    if not answer.is_good:
        document_of(answer)
    return int(answer.headers["tus-max-size"])


def size_of(digest: str) -> Flow[int]:
    """Ask how large a document is that you may fetch."""
    answer = yield Request("HEAD", f"/v1/documents/{digest}")
    if not answer.is_good:
        # An answer to HEAD has no body that would say so.
        raise Declined(problem(ProblemType.NOT_FOUND, "no document of yours has this digest"))
    return int(answer.headers["content-length"])


def fetch(digest: str, take: Callable[[bytes], object]) -> Flow[int]:
    """Fetch a document piece by piece; return its size. What came is checked against its digest."""
    size = yield from size_of(digest)
    seen, offset = sha256(), 0
    while offset < size:
        last = min(offset + PIECE, size) - 1
        answer = yield Request(
            "GET", f"/v1/documents/{digest}", headers={"range": f"bytes={offset}-{last}"}
        )
        if not answer.is_good:
            document_of(answer)
        seen.update(answer.body)
        take(answer.body)
        offset += len(answer.body)
    if seen.hexdigest() != digest:
        raise Damaged("what came is not the document that was asked for")
    return size


def _piece(id_: UUID, offset: int, piece: bytes) -> Request:
    checksum = base64.b64encode(sha256(piece).digest()).decode()
    return Request(
        "PATCH",
        f"{_UPLOADS}/{id_}",
        headers={
            **_TUS,
            "content-type": "application/offset+octet-stream",
            "upload-offset": str(offset),
            "upload-checksum": f"sha256 {checksum}",
        },
        content=piece,
    )


def _offset(answer: Answer) -> int:
    if not answer.is_good or "upload-offset" not in answer.headers:
        raise Unanswered(f"{answer.status} without an offset")
    return int(answer.headers["upload-offset"])


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
