"""How a province's identity provider is believed: which claim says what, what its groups are worth.

Pure. A claim is named as it stands in the token, or by its way into objects with dots
(`realm_access.roles`). Which group gives which role is data of the place, as roles are written
everywhere: {"lienthong-truc": ["operator@H31"], "lienthong-thanh-tra": ["auditor"]}.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeGuard

import orjson

from gateway.people.rights import Grant, NotAGrant, read_grant

GroupRoles = Mapping[str, tuple[Grant, ...]]


class NotRoles(ValueError):
    """A text that does not say what groups are worth; the message says where."""


@dataclass(frozen=True, slots=True)
class ProviderRules:
    """`strong_*` are what the provider says of itself when a second factor was shown there."""

    called: str = ""
    """What people call it; empty: the province's account."""
    name_claim: str = "preferred_username"
    called_claim: str = "name"
    groups_claim: str = "groups"
    roles: GroupRoles = field(default_factory=dict)
    strong_acr: frozenset[str] = frozenset()
    strong_amr: frozenset[str] = frozenset()
    longest: timedelta = timedelta(hours=4)
    """After so long the groups are looked at again: the person signs in by the provider anew."""

    def grants_of(self, claims: Mapping[str, Any]) -> tuple[Grant, ...]:
        """Return the roles that somebody's groups are worth, each once, in order."""
        said = claim(claims, self.groups_claim)
        groups = [said] if isinstance(said, str) else said
        found = {
            grant: None
            for group in (groups if isinstance(groups, list) else [])
            if isinstance(group, str)
            for grant in self.roles.get(group, ())
        }
        return tuple(sorted(found, key=str))

    def is_strong(self, claims: Mapping[str, Any]) -> bool:
        """Whether the provider says that a second factor was shown, in words that count here."""
        methods, level = claims.get("amr"), claims.get("acr")
        shown = {one for one in methods if isinstance(one, str)} if _is_list(methods) else set()
        is_high = isinstance(level, str) and level in self.strong_acr
        return is_high or not self.strong_amr.isdisjoint(shown)

    def names_of(self, claims: Mapping[str, Any]) -> tuple[str, str]:
        """Return a sign-in name and what the person is called, as the provider has them."""
        name = claim(claims, self.name_claim)
        called = claim(claims, self.called_claim)
        name = name if isinstance(name, str) else ""
        return name, called if isinstance(called, str) and called.strip() else name


def claim(claims: Mapping[str, Any], named: str) -> object:
    """Return a claim: under its whole name, or by its way; None if there is none."""
    if named in claims:
        return claims[named]
    found: object = claims
    for part in named.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def read_group_roles(written: str | bytes) -> dict[str, tuple[Grant, ...]]:
    """Read what groups are worth: a JSON object of group → roles; raise NotRoles."""
    try:
        said = orjson.loads(written)
    except orjson.JSONDecodeError as error:
        raise NotRoles(f"it is no JSON: {error}") from None
    if not isinstance(said, dict):
        raise NotRoles('it is a JSON object, {"group": ["role@AGENCY", …], …}')
    return {group: _roles_of(group, listed) for group, listed in said.items()}


def _roles_of(group: str, listed: object) -> tuple[Grant, ...]:
    if not _is_list(listed) or not listed:
        raise NotRoles(f"group {group!r}: a list of roles comes after it")
    try:
        return tuple(read_grant(str(one)) for one in listed)
    except NotAGrant as error:
        raise NotRoles(f"group {group!r}: {error}") from None


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, list | tuple)
