"""Notices: who hears of a warning or a breach, as the policies say.

A supervisor is the agency above another in the directory, as of now. It is no party to the
transfer, so what it is told is optional: an agency without an endpoint is owed nothing.
"""

from __future__ import annotations

from routing.lifecycle.draft import Draft
from routing.lifecycle.events import JsonObject
from routing.lifecycle.model import Hop
from routing.policies import Audience
from schemas.kinds import Kind


class Told:
    """Who is told of one event: parties for certain, supervisors if they are connected."""

    __slots__ = ("optional", "parties")

    def __init__(self, parties: list[str], optional: list[str]) -> None:
        self.parties = parties
        self.optional = optional

    def facts(self) -> JsonObject:
        """Return what the ledger keeps: codes of agencies."""
        facts: JsonObject = {"told": self.parties}
        if self.optional:
            facts["told_if_connected"] = self.optional
        return facts


def told_of(draft: Draft, hop: Hop | None, event: str) -> Told:
    """Find out whom the policies have told of an event of a hop, or of the whole transfer."""
    originator = draft.transfer.originator
    agency = hop.agency if hop is not None else None
    parties: list[str] = []
    optional: list[str] = []
    for audience in draft.context.policies.told_of(event, *draft.scope(hop)):
        match audience:
            case Audience.AGENCY:
                _add(parties, agency)
            case Audience.SENDER:
                _add(parties, draft.sender_of(hop) if hop is not None else originator)
            case Audience.ORIGINATOR:
                _add(parties, originator)
            case Audience.SUPERVISOR:
                _add(optional, _above(draft, agency or originator))
            case Audience.OPERATIONS:
                pass  # work-queues and metrics tell them
    return Told(parties, [one for one in optional if one not in parties])


def tell(draft: Draft, told: Told, kind: Kind, data: JsonObject, hop: Hop | None) -> None:
    """Owe everybody who is told the same notice."""
    for agency in told.parties:
        draft.send(agency, kind, data, hop)
    for agency in told.optional:
        draft.send(agency, kind, data, hop, optional=True)


def _add(told: list[str], agency: str | None) -> None:
    if agency is not None and agency not in told:
        told.append(agency)


def _above(draft: Draft, agency: str) -> str | None:
    known = draft.context.directory.agency(agency, draft.context.now)
    return known.parent if known is not None else None
