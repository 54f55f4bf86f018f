"""Administrators make people within their own scope, and nobody makes themselves more."""

from uuid import UUID

from gateway.people.governing import may_change, may_give
from gateway.people.rights import Grant, Role
from gateway.people.signed_in import SignedIn

DISTRICT = frozenset({"H31.15", "H31.15.101"})
LOCAL = Grant(Role.ADMINISTRATOR, "H31.15", DISTRICT)


def somebody(*grants: Grant) -> SignedIn:
    return SignedIn(UUID(int=1), UUID(int=2), "lan", "Lan", "vi", grants, "csrf")


def test_a_local_administrator_gives_roles_within_the_scope_and_no_further() -> None:
    local = somebody(LOCAL, Grant(Role.VIEWER))

    assert may_give(local, [Grant(Role.OPERATOR, "H31.15"), Grant(Role.VIEWER, "H31.15.101")])
    assert not may_give(local, [Grant(Role.OPERATOR, "H31.15"), Grant(Role.VIEWER, "H31.16")])
    assert not may_give(local, [Grant(Role.VIEWER)])


def test_whoever_is_no_administrator_gives_nothing() -> None:
    assert not may_give(somebody(Grant(Role.SUPERVISOR)), [Grant(Role.VIEWER, "H31")])


def test_an_administrator_of_everything_changes_everybody_but_themselves() -> None:
    general = somebody(Grant(Role.ADMINISTRATOR))

    assert may_change(general, UUID(int=3), [Grant(Role.ADMINISTRATOR)])
    assert not may_change(general, general.person, [Grant(Role.ADMINISTRATOR)])
