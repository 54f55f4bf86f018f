"""Each role has its abilities, and each holds within its scope and no further."""

from dataclasses import dataclass

import pytest

from gateway.people.rights import (
    ABILITIES,
    Ability,
    Grant,
    NotAGrant,
    Role,
    may,
    may_everywhere,
    reach,
    read_grant,
)

DISTRICT = frozenset({"H31.15", "H31.15.101", "H31.15.102"})


@dataclass(frozen=True)
class Somebody:
    grants: tuple[Grant, ...]


def holding(*grants: Grant) -> Somebody:
    return Somebody(grants)


IN_DISTRICT = Grant(Role.OPERATOR, "H31.15", DISTRICT)


@pytest.mark.parametrize(
    ("role", "may_do", "may_not"),
    [
        (Role.VIEWER, Ability.SEE_WORK, Ability.ACT),
        (Role.OPERATOR, Ability.ACT, Ability.SEE_CONTENT),
        (Role.SUPERVISOR, Ability.SEE_CONTENT, Ability.MANAGE_PEOPLE),
        (Role.AUDITOR, Ability.SEE_AUDIT, Ability.ACT),
        (Role.ADMINISTRATOR, Ability.MANAGE_PEOPLE, Ability.SEE_CONTENT),
    ],
)
def test_a_role_reaches_its_abilities_and_not_the_next(
    role: Role, may_do: Ability, may_not: Ability
) -> None:
    somebody = holding(Grant(role))

    assert may(somebody, may_do)
    assert may_everywhere(somebody, may_do)
    assert not may(somebody, may_not)


def test_every_ability_is_somebodys_and_only_administrators_make_people() -> None:
    makers = [role for role in Role if Ability.MANAGE_PEOPLE in ABILITIES[role]]
    readers = [role for role in Role if Ability.SEE_CONTENT in ABILITIES[role]]

    assert frozenset().union(*ABILITIES.values()) == frozenset(Ability)
    assert makers == [Role.ADMINISTRATOR]
    assert readers == [Role.SUPERVISOR]


def test_a_scope_ends_where_the_next_district_begins() -> None:
    somebody = holding(IN_DISTRICT)

    assert may(somebody, Ability.ACT, ["H31.15.101"])
    assert may(somebody, Ability.SEE_WORK, ["H31.16.201", "H31.15.102"])
    assert not may(somebody, Ability.ACT, ["H31.16.201"])
    assert not may(somebody, Ability.ACT, [])
    assert not may_everywhere(somebody, Ability.ACT)


def test_an_ability_of_one_scope_is_not_carried_into_another() -> None:
    watches_all = Grant(Role.VIEWER)

    somebody = holding(watches_all, IN_DISTRICT)

    assert may(somebody, Ability.SEE_WORK, ["H31.16.201"])
    assert not may(somebody, Ability.ACT, ["H31.16.201"])
    assert reach(somebody, Ability.SEE_WORK) is None
    assert reach(somebody, Ability.ACT) == DISTRICT


def test_a_scope_that_nobody_spelled_out_reaches_nobody() -> None:
    somebody = holding(Grant(Role.OPERATOR, "H31.15"))

    assert not may(somebody, Ability.ACT)
    assert reach(somebody, Ability.ACT) == frozenset()


def test_nobody_may_do_anything_without_a_role() -> None:
    assert not any(may(holding(), ability) for ability in Ability)


def test_a_grant_is_read_as_it_is_written() -> None:
    assert str(read_grant("operator@H31.15")) == "operator@H31.15"
    assert read_grant(" auditor ") == Grant(Role.AUDITOR)


@pytest.mark.parametrize("written", ["", "king", "operator@", "operator@nowhere", "@H31"])
def test_what_is_no_role_with_a_scope_is_refused(written: str) -> None:
    with pytest.raises(NotAGrant):
        read_grant(written)
