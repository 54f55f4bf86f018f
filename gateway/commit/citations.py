"""Documents that messages refer to: only what is here, and what the sender has, may be referred to.

A document is in the gateway's keeping where its `url` says urn:lienthong:document:<sha-256>, or
where it came with the message itself. A message without one is not looked at twice, and costs no
query.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from gateway.commit.items import Item, Judged
from gateway.documents.depository import Content, find_contents
from gateway.documents.rules import SCHEME, DocumentRules
from gateway.store.pool import Connection
from gateway.store.sql import statement
from schemas.kinds import Kind
from schemas.problems import Problem, ProblemType, problem

_NAMED: Final[Mapping[Kind | None, str]] = MappingProxyType(
    {
        Kind.TRANSFER_SUBMITTED: "documents",
        Kind.TRANSFER_CORRECTED: "documents",
        Kind.SUPPLEMENT_PROVIDED: "documents",
        Kind.HOP_COMPLETED: "results",
    }
)
"""Which member of a message names documents."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A document of a message that is in the gateway's keeping, and where the message names it."""

    sha256: bytes
    size: int
    says_another: bool
    """Its `url` and its `sha256` name two contents."""
    pointer: str


@dataclass(slots=True)
class Cited:
    """What the batch's citations came to: contents by (agency, sha-256), sizes by transfer."""

    rules: DocumentRules | None = None
    contents: dict[tuple[str | None, bytes], Content] = field(default_factory=dict)
    referred: dict[UUID, dict[bytes, int]] = field(default_factory=dict)

    def judge(self, agency: str, citations: Sequence[Citation]) -> Problem | None:
        """Return what is wrong with a message's citations by themselves."""
        for one in citations:
            content = self.contents.get((agency, one.sha256))
            if one.says_another:
                told = "names another content than sha256 does"
                return problem(ProblemType.INVALID_VALUE, told, f"{one.pointer}/url")
            if content is None or not content.is_open or content.state in ("purging", "purged"):
                told = "no document of yours with this digest is here"
                return problem(ProblemType.DOCUMENT_MISSING, told, one.pointer)
            if content.state == "infected":
                told = "a scanner found malware in it"
                return problem(ProblemType.DOCUMENT_INFECTED, told, one.pointer)
            if content.state == "quarantined":
                told = "it is here, but waits for the malware scanner"
                return problem(ProblemType.DOCUMENT_MISSING, told, one.pointer)
            if content.size != one.size:
                told = "is not the size of this content"
                return problem(ProblemType.INVALID_VALUE, told, f"{one.pointer}/size")
        return None

    def weigh(self, transfer: UUID | None, citations: Sequence[Citation]) -> Problem | None:
        """Return a problem if the dossier's documents would become too many or too large."""
        assert self.rules is not None
        known = self.referred.get(transfer, {}) if transfer is not None else {}
        together = known | {one.sha256: one.size for one in citations}
        if len(together) > self.rules.dossier_count:
            told = f"a dossier has at most {self.rules.dossier_count} documents here"
        elif sum(together.values()) > self.rules.dossier_bytes:
            told = f"a dossier's documents have at most {self.rules.dossier_bytes} bytes here"
        else:
            return None
        return problem(ProblemType.DOCUMENT_TOO_LARGE, told)

    def refer(self, transfer: UUID, citations: Sequence[Citation]) -> None:
        """Count what was taken: later messages of the batch come on top of it."""
        known = self.referred.setdefault(transfer, {})
        known.update((one.sha256, one.size) for one in citations)


def citations_of(judged: Judged) -> list[Citation]:
    """Return a message's documents that are in the gateway's keeping."""
    name = _NAMED.get(judged.kind) if judged.problem is None else None
    documents = getattr(judged.data, name) if name is not None else None
    if not documents and not judged.enclosed:
        return []
    named = [
        Citation(
            bytes.fromhex(one.sha256),
            one.size,
            one.url != SCHEME + one.sha256,
            f"/data/{name}/{no}",
        )
        for no, one in enumerate(documents or ())
        if one.url is not None and one.url.startswith(SCHEME)
    ]
    if judged.problem is not None or not judged.enclosed:
        return named
    known = {one.sha256 for one in named}
    came = (one for one in judged.enclosed if one.sha256 not in known)
    return named + [Citation(one.sha256, one.size, False, "/data") for one in came]


async def load_cited(
    connection: Connection,
    items: Iterable[Item],
    rules: DocumentRules | None,
    now: datetime,
    *,
    lock: bool,
) -> Cited:
    """Read what the items refer to; with `lock`, nothing of it is purged before the commit."""
    cited = Cited(rules)
    asked: dict[tuple[str | None, bytes], None] = {}
    transfers: set[UUID] = set()
    for item in items:
        if isinstance(item, Judged) and (citations := citations_of(item)):
            asked |= dict.fromkeys((item.incoming.agency, one.sha256) for one in citations)
            transfer = getattr(item.data, "transfer", None)
            if transfer is not None:
                transfers.add(transfer)
    if not asked or rules is None:
        return cited
    if lock:
        digests = sorted({sha256 for _, sha256 in asked})
        await connection.execute(statement("share_documents"), (digests,), prepare=True)
    cited.contents = await find_contents(connection, asked, now - rules.grace)
    if transfers:
        found = await connection.execute(
            statement("list_document_references"), (sorted(transfers),), prepare=True
        )
        for transfer_id, sha256, size in await found.fetchall():
            cited.referred.setdefault(transfer_id, {})[bytes(sha256)] = size
    return cited
