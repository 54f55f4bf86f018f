"""What a provider's claims are worth here is data: groups, names, and a second factor."""

from typing import Any

import pytest

from gateway.people.provider_rules import NotRoles, ProviderRules, read_group_roles

RULES = ProviderRules(
    roles=read_group_roles('{"truc": ["operator@H31", "viewer"], "kiem-tra": ["auditor"]}'),
    strong_acr=frozenset({"gold"}),
    strong_amr=frozenset({"otp", "hwk"}),
)


@pytest.mark.parametrize(
    ("groups", "roles"),
    [
        (["truc"], ["operator@H31", "viewer"]),
        (["kiem-tra", "truc", "truc", "other"], ["auditor", "operator@H31", "viewer"]),
        ("kiem-tra", ["auditor"]),
        ([], []),
        ("truc kiem-tra", []),
        ([["truc"], None, 1], []),
        ({"truc": True}, []),
        (None, []),
    ],
)
def test_roles_are_those_of_the_groups(groups: Any, roles: list[str]) -> None:
    assert [str(one) for one in RULES.grants_of({"groups": groups})] == roles


def test_a_claim_is_found_by_its_name_or_its_way() -> None:
    rules = ProviderRules(groups_claim="realm_access.roles", roles=RULES.roles)

    nested = rules.grants_of({"realm_access": {"roles": ["kiem-tra"]}})
    flat = rules.grants_of({"realm_access.roles": ["kiem-tra"]})

    assert [str(one) for one in nested] == [str(one) for one in flat] == ["auditor"]
    assert rules.grants_of({"realm_access": "kiem-tra"}) == ()


@pytest.mark.parametrize(
    ("claims", "is_strong"),
    [
        ({"acr": "gold"}, True),
        ({"amr": ["pwd", "otp"]}, True),
        ({"acr": "1", "amr": ["pwd"]}, False),
        ({"amr": "otp"}, False),
        ({"acr": ["gold"]}, False),
        ({}, False),
    ],
)
def test_a_second_factor_counts_only_in_words_that_are_named(
    claims: dict[str, Any], is_strong: bool
) -> None:
    assert RULES.is_strong(claims) is is_strong
    assert not ProviderRules().is_strong(claims)


@pytest.mark.parametrize("written", ["", "[]", '{"a": []}', '{"a": "viewer"}', '{"a": ["boss"]}'])
def test_what_is_not_roles_is_refused(written: str) -> None:
    with pytest.raises(NotRoles):
        read_group_roles(written)
