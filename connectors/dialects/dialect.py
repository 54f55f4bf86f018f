"""A dialect: a mapping file that was read, with its tables looked up and its codes sorted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from connectors.codes import CodeTable
from connectors.dialects import model
from connectors.dialects.statuses import StatusTable
from schemas.kinds import Kind


@dataclass(frozen=True, slots=True)
class Words:
    """A table, in both directions; `back` has only what stands once on the partner's side."""

    words: Mapping[str, Any]
    back: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Dialect:
    """What is needed to speak with one kind of partner."""

    name: str
    mapping: model.Mapping
    zone: ZoneInfo
    statuses: StatusTable
    tables: Mapping[str, Words]
    codes: CodeTable
    """What every code comes to that is no success: the mapping's own, and those of HTTP."""

    def calls_for(self, kind: str) -> list[model.Call]:
        """Return the calls that a kind of message may lead to, in the file's order."""
        return [call for call in self.mapping.call if kind in call.on]

    def is_silent(self, kind: str) -> bool:
        return kind in self.mapping.silent or (kind in NEEDLESS and not self.calls_for(kind))

    def asks_about(self, kind: str) -> bool:
        return self.mapping.ask is not None and kind in self.mapping.ask.on


TO_AGENCIES = frozenset(kind.value for kind in Kind if not kind.from_agencies)
"""Kinds that an agency may be sent: a mapping has to say something of each, but those below."""

NEEDLESS = frozenset({"connection.tested", "dossier.changed"})
"""Kinds for no party to a dossier: a partner is told them only if its mapping has a call."""
