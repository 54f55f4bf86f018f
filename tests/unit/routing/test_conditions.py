"""Conditions are data over typed facts; a fact that nobody gave makes its comparison false."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.procedures import holds
from routing.procedures.conditions import Condition, ConditionError, check, comparisons, in_words

MERIT = {"fact": "benefit", "equals": "merit"}
MONTHLY = {"fact": "monthly", "equals": True}


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        (None, {}, True),
        (MERIT, {"benefit": "merit"}, True),
        (MERIT, {"benefit": "other"}, False),
        (MERIT, {}, False),
        ({"not": MERIT}, {}, True),
        ({"fact": "benefit", "in": ["merit", "health"]}, {"benefit": "health"}, True),
        ({"fact": "benefit", "in": ["merit", "health"]}, {}, False),
        ({"all": [MERIT, MONTHLY]}, {"benefit": "merit", "monthly": True}, True),
        ({"all": [MERIT, MONTHLY]}, {"benefit": "merit"}, False),
        ({"any": [MERIT, MONTHLY]}, {"monthly": True}, True),
        ({"any": [MERIT, MONTHLY]}, {}, False),
        (MONTHLY, {"monthly": 1}, False),
        ({"fact": "floors", "equals": 1}, {"floors": True}, False),
    ],
)
def test_what_a_condition_says(
    condition: Condition | None, facts: dict[str, bool | int | str], expected: bool
) -> None:
    assert holds(condition, facts) is expected


@pytest.mark.parametrize(
    "written",
    [
        {},
        [],
        "benefit",
        {"fact": "benefit"},
        {"fact": "benefit", "equals": 1.5},
        {"fact": "benefit", "equals": "a", "in": ["a"]},
        {"fact": "benefit", "in": []},
        {"fact": "benefit", "in": [None]},
        {"all": []},
        {"any": [{}]},
        {"not": "benefit"},
        {"not": MERIT, "all": [MERIT]},
        {"unless": MERIT},
    ],
)
def test_what_is_not_a_condition(written: Any) -> None:
    with pytest.raises(ConditionError):
        check(written)


leaves = st.one_of(
    st.builds(
        lambda name, value: {"fact": name, "equals": value},
        st.sampled_from("abc"),
        st.one_of(st.booleans(), st.integers(0, 2), st.sampled_from("xy")),
    ),
    st.builds(
        lambda name, values: {"fact": name, "in": values},
        st.sampled_from("abc"),
        st.lists(st.sampled_from("xy"), min_size=1),
    ),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=8,
)
all_facts = st.dictionaries(
    st.sampled_from("abc"), st.one_of(st.booleans(), st.integers(0, 2), st.sampled_from("xy"))
)


@given(conditions, all_facts)
def test_not_is_the_opposite_and_order_does_not_matter(
    condition: Condition, facts: dict[str, bool | int | str]
) -> None:
    check(condition)

    assert holds({"not": condition}, facts) is not holds(condition, facts)
    assert holds({"all": [condition, MERIT]}, facts) is holds({"all": [MERIT, condition]}, facts)
    assert holds({"any": [condition]}, facts) is holds(condition, facts)


@given(conditions, all_facts)
def test_only_the_facts_it_compares_decide(
    condition: Condition, facts: dict[str, bool | int | str]
) -> None:
    asked = {name for name, _ in comparisons(condition)}
    relevant = {name: value for name, value in facts.items() if name in asked}

    assert holds(condition, relevant) is holds(condition, facts)


def test_a_condition_reads_as_words() -> None:
    condition = {"all": [MERIT, {"not": MONTHLY}, {"fact": "case", "in": ["a", "b"]}]}

    assert in_words(condition) == "(benefit = merit and not (monthly = true) and case in (a, b))"
    assert in_words(None) == "always"
