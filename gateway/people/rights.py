"""What people may do: roles give abilities, and each role holds within a scope of agencies.

Pure. `may` is the one question, whoever asks; `reach` says how far an ability goes, for lists that
are narrowed where they are read. A scope is an agency and everything below it; a role without one
holds everywhere. What concerns no agency in particular (calendars, the directory, the broker,
people) needs a role that holds everywhere: `may_everywhere`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol

from schemas.identifiers import is_agency_code


class Role(StrEnum):
    """What somebody is here."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Ability(StrEnum):
    """What a role lets somebody do."""

    SEE_WORK = "see-work"
    """What is stuck, dossiers, agencies, procedures: never personal data."""
    SEE_REPORTS = "see-reports"
    SEE_CONTENT = "see-content"
    """Bodies and documents of a dossier: with a reason, and on record."""
    ACT = "act"
    """Free what is stuck, one or many; notes, assignments, letters."""
    RUN_AGENCIES = "run-agencies"
    """Test, probe, suspend and resume an agency's connection; declare its outages."""
    ADMIT_AGENCIES = "admit-agencies"
    """Register agencies, say how they are reached, issue credentials, let them go live or leave."""
    PREPARE_TABLES = "prepare-tables"
    """Import calendars and directories, plan a reorganisation: nothing rules yet."""
    APPROVE = "approve"
    """Let tables rule, and be the second person for what cannot be undone."""
    PUBLISH = "publish"
    """Put boards up in the halls of one-stop centres, and take them down."""
    SEE_AUDIT = "see-audit"
    MANAGE_PEOPLE = "manage-people"


_LOOKING = frozenset({Ability.SEE_WORK, Ability.SEE_REPORTS})
_ON_DUTY = _LOOKING | {Ability.ACT, Ability.RUN_AGENCIES}

ABILITIES: Final[Mapping[Role, frozenset[Ability]]] = MappingProxyType(
    {
        Role.VIEWER: _LOOKING,
        Role.OPERATOR: _ON_DUTY,
        Role.SUPERVISOR: _ON_DUTY
        | {Ability.SEE_CONTENT, Ability.PREPARE_TABLES, Ability.APPROVE, Ability.PUBLISH}
        | {Ability.SEE_AUDIT},
        Role.AUDITOR: _LOOKING | {Ability.SEE_AUDIT},
        # Who makes people acts on no dossier and reads none: nobody gives that to themselves alone.
        Role.ADMINISTRATOR: frozenset(
            {
                Ability.SEE_WORK,
                Ability.RUN_AGENCIES,
                Ability.ADMIT_AGENCIES,
                Ability.PREPARE_TABLES,
                Ability.APPROVE,
                Ability.PUBLISH,
                Ability.SEE_AUDIT,
                Ability.MANAGE_PEOPLE,
            }
        ),
    }
)


FACTOR_FOR: Final[Mapping[str, frozenset[Role]]] = MappingProxyType(
    {
        "nobody": frozenset(),
        "privileged": frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR}),
        "everybody": frozenset(Role),
    }
)
"""Who must have a second factor, by the setting."""


class NotAGrant(ValueError):
    """Words that are no role with a scope; the message says why."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role within a scope: an agency's code, or None for everywhere.

    `agencies` spells the scope out. Until somebody did, a grant with a scope reaches nobody.
    """

    role: Role
    scope: str | None = None
    agencies: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.role if self.scope is None else f"{self.role}@{self.scope}"


class Holder(Protocol):
    """Whoever holds roles."""

    @property
    def grants(self) -> tuple[Grant, ...]: ...


def may(person: Holder, ability: Ability, agencies: Iterable[str] | None = None) -> bool:
    """Whether somebody has an ability for what concerns these agencies: one in scope suffices.

    An act names the agency whose turn or connection it touches, and no other. Without agencies the
    question is whether they have it anywhere: enough to open a list that `reach` narrows.
    """
    reached = reach(person, ability)
    if agencies is None:
        return reached is None or bool(reached)
    return reached is None or not reached.isdisjoint(agencies)


def may_everywhere(person: Holder, ability: Ability) -> bool:
    """Whether somebody has an ability for what concerns no agency in particular."""
    return reach(person, ability) is None


def reach(person: Holder, ability: Ability) -> frozenset[str] | None:
    """Return the agencies for which somebody has an ability; None is all of them."""
    reached: frozenset[str] = frozenset()
    for grant in person.grants:
        if ability not in ABILITIES[grant.role]:
            continue
        if grant.scope is None:
            return None
        reached |= grant.agencies
    return reached


def read_grant(written: str) -> Grant:
    """Read `role` or `role@agency`; raise NotAGrant."""
    name, at, scope = written.strip().partition("@")
    try:
        role = Role(name)
    except ValueError:
        raise NotAGrant(f"no such role: one of {', '.join(Role)}, perhaps with @AGENCY") from None
    if not at:
        return Grant(role)
    if not is_agency_code(scope):
        raise NotAGrant(f"{role}@: after it comes the code of an agency")
    return Grant(role, scope)
