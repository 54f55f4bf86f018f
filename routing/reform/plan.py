"""A plan of reorganisation: which agencies close, who takes over what, and on what it rests.

A plan is reviewed data. Its digest is of its canonical text, so that the order of rows, blank lines
and comments do not make another plan of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from routing.data.tables import VIETNAM

FROM_DIRECTORY = "from the directory"
"""The title of a plan that has no rows of its own."""
COLUMNS = ("agency", "role", "unit", "to", "legal_basis")


class Otherwise(StrEnum):
    """What holds where no row of the plan says who takes over."""

    DIRECTORY = "directory"
    """The successors that the directory's ended row names."""
    PERSON = "person"
    """A person has to say."""


@dataclass(frozen=True, slots=True, order=True)
class Takeover:
    """What one agency takes over from another that closes.

    With a role or a unit only what belongs to it; the narrower row counts. `line` is where the file
    says so, for faults.
    """

    agency: str
    role: str | None
    unit: str | None
    to: str
    legal_basis: str | None = None
    line: int = 0

    @property
    def place(self) -> str:
        """Name it as the ledger does: whose, and how narrow."""
        narrowed = [f"{name} {value}" for name, value in self._narrowed() if value is not None]
        return " ".join([f"plan {self.agency}", *narrowed])

    def _narrowed(self) -> Iterable[tuple[str, str | None]]:
        return (("role", self.role), ("unit", self.unit))


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as it was reviewed. `effective` is the instant at which the agencies close."""

    title: str
    effective: datetime
    legal_basis: str
    otherwise: Otherwise
    takeovers: tuple[Takeover, ...] = ()

    @property
    def digest(self) -> str:
        """The sha-256 of the canonical text, in hexadecimal digits."""
        return sha256(plan_text(self).encode()).hexdigest()

    @property
    def day(self) -> str:
        """The legal date of the effective instant."""
        return self.effective.astimezone(VIETNAM).date().isoformat()

    def rows_of(self, agency: str) -> tuple[Takeover, ...]:
        """Return what the plan says of one agency."""
        return tuple([one for one in self.takeovers if one.agency == agency])


def plan_from_directory(effective: datetime, legal_basis: str) -> Plan:
    """Return the plan without rows of its own: the directory says who follows whom."""
    return Plan(FROM_DIRECTORY, effective, legal_basis, Otherwise.DIRECTORY)


def plan_text(plan: Plan) -> str:
    """Write a plan in its canonical form, which `read_plan` reads again."""
    lines = [
        f"# title: {plan.title}",
        f"# effective: {plan.day}",
        f"# legal_basis: {plan.legal_basis}",
        f"# otherwise: {plan.otherwise}",
        "\t".join(COLUMNS),
    ]
    rows = [
        "\t".join((one.agency, one.role or "", one.unit or "", one.to, one.legal_basis or ""))
        for one in plan.takeovers
    ]
    return "\n".join([*lines, *sorted(rows)]) + "\n"
