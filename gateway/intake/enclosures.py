"""Files that came inside a partner's post, kept as documents before anything of it is judged.

As an agency hands in first and sends then: a message is taken only if what it refers to is here.
What cannot be kept now, or was not looked at by the scanner yet, leaves the post unjudged, and the
partner has to send it again; what can never be kept makes it a refusal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connectors.protocol import Enclosure
from gateway.commit.items import Enclosed
from gateway.documents.depository import Depository
from gateway.documents.handing_in import hand_in
from gateway.documents.uploads import Declaration, NotTaken
from schemas.problems import Problem, ProblemType, problem

_PASSES: Final = frozenset(
    {ProblemType.STORAGE_FULL, ProblemType.UNAVAILABLE, ProblemType.DOCUMENT_QUARANTINED}
)


@dataclass(frozen=True, slots=True)
class NotKept:
    """A post whose files are not all kept; `retry_after` (seconds) where sending it again helps."""

    problem: Problem
    retry_after: int | None = None


async def keep_enclosures(
    depository: Depository | None, agency: str, enclosures: Sequence[Enclosure]
) -> tuple[Enclosed, ...] | NotKept:
    """Keep every file as the agency's own, in their order; the first that is not kept ends it."""
    if not enclosures:
        return ()
    if depository is None:
        told = "files came along, and no folder for documents is configured"
        return NotKept(problem(ProblemType.DOCUMENTS_OFF, told))
    kept: list[Enclosed] = []
    for one in enclosures:
        digest = bytes.fromhex(one.sha256)
        said = Declaration(agency, digest, len(one.content), one.media_type)
        fault = await hand_in(depository, said, one.content)
        if fault is not None:
            return _not_kept(fault)
        kept.append(Enclosed(digest, len(one.content)))
    return tuple(kept)


def _not_kept(fault: NotTaken) -> NotKept:
    retry_after = fault.retry_after or 60 if fault.slug in _PASSES else None
    return NotKept(problem(fault.slug, fault.detail), retry_after)
