"""Who is signed in, as every screen and every use case behind it gets them."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from gateway.operations.audit import PERSON
from gateway.people.rights import Grant


class Owed(StrEnum):
    """What somebody must do before anything else."""

    CODE = "code"
    """Show the second factor that they have."""
    PASSWORD = "password"  # noqa: S105  a word
    """Choose one of their own: the first one was made by somebody else."""
    FACTOR = "factor"
    """Set up a second factor: one of their roles needs it."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person with an open session. The csrf token goes into each form and into no address."""

    session: UUID
    person: UUID
    name: str
    display_name: str
    language: str
    grants: tuple[Grant, ...]
    csrf: str = field(repr=False)
    has_factor: bool = False
    owed: Owed | None = None
    has_password: bool = True
    by_provider: bool = False
    """An identity provider vouched for them when they signed in."""

    @property
    def actor(self) -> str:
        """How audits and ledgers name them; what agencies read does not."""
        return f"{PERSON}{self.name}"
