"""Capabilities: what an agency's software takes. Nothing said means: everything.

Kinds are named without their version where the version is 1 (`handover.offered`), as everywhere
else. A receipt, a cancelled hand-over and a test message come to everybody: software that sends or
takes anything must be able to read what became of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.joining.states import JoiningRefused
from schemas.kinds import FROM_AGENCIES, Kind

TO_AGENCIES: Final = tuple(kind for kind in Kind if kind not in FROM_AGENCIES)
ALWAYS: Final = frozenset({Kind.RECEIPT_ISSUED, Kind.HANDOVER_CANCELLED, Kind.CONNECTION_TESTED})
NOTICES: Final = frozenset(
    {
        Kind.HOP_CHANGED,
        Kind.TRANSFER_CHANGED,
        Kind.DOSSIER_CHANGED,
        Kind.CLOCK_WARNED,
        Kind.CLOCK_BREACHED,
    }
)
"""What tells and asks for nothing: who does not take it is not owed it. The rest is held."""
LEAST_LARGEST: Final = 16 * 1024
"""No hand-over is certain to be smaller: who takes less takes nothing."""
MOST_LARGEST: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What is taken: kinds of message, the largest one in bytes, documents or none."""

    kinds: frozenset[Kind]
    largest: int
    documents: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "kinds": sorted(kind.value for kind in self.kinds),
            "largest": self.largest,
            "documents": self.documents,
        }

    def refusal(self, kind: str, size: int, *, has_documents: bool = False) -> str | None:
        """Return why a message cannot be taken, as a code; None if it can."""
        if kind not in self.kinds and kind not in ALWAYS:
            return "kind-not-taken"
        if has_documents and not self.documents:
            return "documents-not-taken"
        return "larger-than-taken" if size > self.largest else None


def read_capabilities(
    kinds: Iterable[str] | None, largest: int | None, documents: bool | None
) -> Capabilities:
    """Read what an operator says; raise JoiningRefused. No kinds named means all there are."""
    named = [_kind(one) for one in kinds] if kinds else list(TO_AGENCIES)
    size = MOST_LARGEST if largest is None else largest
    if not LEAST_LARGEST <= size <= MOST_LARGEST:
        raise JoiningRefused(f"the largest message is {LEAST_LARGEST} to {MOST_LARGEST} bytes")
    return Capabilities(frozenset(named), size, documents is not False)


def stored_capabilities(document: Mapping[str, Any] | None) -> Capabilities | None:
    """Read what is stored; None when nothing was said. What this version does not know is left."""
    if not document:
        return None
    known = {kind.value for kind in TO_AGENCIES}
    kinds = frozenset(Kind(one) for one in document["kinds"] if one in known)
    return Capabilities(kinds, int(document["largest"]), bool(document["documents"]))


def _kind(written: str) -> Kind:
    try:
        kind = Kind(written.removeprefix("vn.lienthong.").removesuffix(".v1"))
    except ValueError:
        kind = None
    if kind not in TO_AGENCIES:
        listed = ", ".join(one.value for one in TO_AGENCIES)
        raise JoiningRefused(f"{written[:60]!r} is no kind that agencies are sent: {listed}")
    return kind
