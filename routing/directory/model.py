"""An agency as the directory knows it during one span of time."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency during [valid_from, valid_to), UTC.

    `jurisdiction` lists administrative units; whatever lies below a listed unit is covered too.
    Without any, the agency is never found by place, only by its code (national agencies).
    `demo` marks a code or a body that was constructed, not confirmed; `certainty` says how sure
    the row is, in the words that procedures use: observed, secondary, memory, unverified.
    """

    code: str
    name: str
    level: str
    roles: tuple[str, ...]
    parent: str | None
    jurisdiction: tuple[str, ...]
    valid_from: datetime
    valid_to: datetime | None
    successors: tuple[str, ...]
    aliases: tuple[str, ...]
    demo: bool
    certainty: str
    source: str

    @property
    def role(self) -> str:
        """The role it is first of all there for; `roles` has all of them."""
        return self.roles[0]

    @property
    def successor(self) -> str | None:
        """The one agency that took over, or None while none did, or while several share it."""
        return self.successors[0] if len(self.successors) == 1 else None

    def in_force(self, as_of: datetime) -> bool:
        """Tell whether the agency exists, as this row says it, at the instant."""
        return self.valid_from <= as_of and (self.valid_to is None or as_of < self.valid_to)
