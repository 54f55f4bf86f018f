"""Which documents of a message go into its letter as files, and which stay references; pure.

Those that the gateway keeps and the receiver lacks, in the order they were brought, as many as the
endpoint's bound on a letter's files holds. What stays out is said: in `ho-so.json` with why, to
people in a sentence of the letter, to operators in the delivery's evidence.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from connectors.edxml.files import DOSSIER_FILE
from connectors.edxml.limits import DEFAULT_LIMITS
from connectors.edxml.model import Attachment, Reference
from schemas.kinds.common import DOCUMENT_SCHEME

MOST_FILES: Final = DEFAULT_LIMITS.attachments - 1
"""Beside the message itself."""


class Left(StrEnum):
    """Why a document stays a reference."""

    HELD = "held"
    """The receiver has it already."""
    TOO_LARGE = "too-large"
    """By itself, or together with those before it."""
    NOT_AVAILABLE = "not-available"
    """It is not here any more, or not for this receiver."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that a message refers to and the gateway keeps; `content` once it was read."""

    sha256: str
    size: int
    name: str = field(repr=False)
    media_type: str
    left: Left | None = None
    content: bytes | None = field(default=None, repr=False)


def papers_in(data: Mapping[str, Any], bound: int) -> list[Paper]:
    """Return a message's documents, each once; those beyond `bound` bytes together are left."""
    held = {one["sha256"] for one in data.get("documents", ()) if one.get("held")}
    found: dict[str, Paper] = {}
    room, files = bound, 0
    for one in _documents(data):
        if not str(one.get("url", "")).startswith(DOCUMENT_SCHEME) or one["sha256"] in found:
            continue
        size, left = one["size"], None
        if one["sha256"] in held:
            left = Left.HELD
        elif size > min(room, DEFAULT_LIMITS.attachment) or files == MOST_FILES:
            left = Left.TOO_LARGE
        else:
            room, files = room - size, files + 1
        found[one["sha256"]] = Paper(one["sha256"], size, one["name"], one["media_type"], left)
    return list(found.values())


def references_left(papers: Sequence[Paper]) -> int:
    """Return how many documents the receiver lacks and the letter does not bring."""
    return sum(one.left in (Left.TOO_LARGE, Left.NOT_AVAILABLE) for one in papers)


def attached(papers: Sequence[Paper]) -> tuple[tuple[Attachment, Reference], ...]:
    """Return the files of a letter with what its manifest says of each."""
    return tuple(
        (
            Attachment(
                content_id=_content_id(one),
                name=_name(one),
                content_type=one.media_type,
                content=one.content,
            ),
            Reference(
                content_id=f"cid:{_content_id(one)}", content_type=one.media_type, name=_name(one)
            ),
        )
        for one in papers
        if one.content is not None
    )


def listed(papers: Sequence[Paper]) -> list[dict[str, Any]]:
    """Say of each document where in the letter it is, or why it is not."""
    return [
        {"sha256": one.sha256, "content_id": _content_id(one)}
        if one.content is not None
        else {"sha256": one.sha256, "left": one.left}
        for one in papers
    ]


def told(papers: Sequence[Paper]) -> str | None:
    """Say it to people; None where there is nothing to say."""
    brought, left = sum(one.content is not None for one in papers), references_left(papers)
    sentences = []
    if brought:
        sentences.append(f"Kèm theo {brought} tệp.")
    if left:
        sentences.append(f"Có {left} tài liệu chỉ được dẫn chiếu, không kèm tệp.")
    return " ".join(sentences) or None


def _content_id(one: Paper) -> str:
    return f"tep-{one.sha256[:16]}"


def _name(one: Paper) -> str:
    return one.name if one.name != DOSSIER_FILE else f"tep-{one.sha256[:16]}.json"


def _documents(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield what a message lists as documents, in the order the gateway names them in."""
    brought = [data.get("submission"), *data.get("corrections", ()), *data.get("supplements", ())]
    for message in (*brought, data.get("correction"), data.get("supplement")):
        if message:
            yield from message.get("documents") or ()
    for line in data.get("results", ()):
        yield from line.get("results") or ()
