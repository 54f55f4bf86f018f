"""Conditions as data: JSON-ready mappings over typed facts.

    {"fact": "identity_card", "equals": true}
    {"fact": "benefit", "in": ["merit", "social_protection"]}
    {"all": [...]}   {"any": [...]}   {"not": {...}}

A fact that nobody gave makes its comparison false. Types do not mix: true is not 1.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

FactValue: TypeAlias = bool | int | str
Condition: TypeAlias = Mapping[str, Any]


class ConditionError(ValueError):
    """The mapping is not a condition."""


def holds(condition: Condition | None, facts: Mapping[str, FactValue]) -> bool:
    """Evaluate a condition that `check` has accepted; no condition always holds."""
    if condition is None:
        return True
    if "fact" in condition:
        value = facts.get(condition["fact"])
        if value is None:
            return False
        if "equals" in condition:
            return _same(value, condition["equals"])
        return any(_same(value, option) for option in condition["in"])
    if "all" in condition:
        return all(holds(part, facts) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, facts) for part in condition["any"])
    return not holds(condition["not"], facts)


def check(condition: Any) -> Condition:
    """Return the mapping if it is a well-formed condition, else raise ConditionError."""
    if not isinstance(condition, Mapping):
        raise ConditionError(f"not a condition: {condition!r}")
    match dict(condition):
        case {"fact": str(), "equals": bool() | int() | str(), **rest} if not rest:
            pass
        case {"fact": str(), "in": [_, *_] as options, **rest} if not rest:
            if not all(isinstance(option, bool | int | str) for option in options):
                raise ConditionError(f"not values: {options!r}")
        case {"all": [_, *_] as parts, **rest} | {"any": [_, *_] as parts, **rest} if not rest:
            for part in parts:
                check(part)
        case {"not": part, **rest} if not rest:
            check(part)
        case other:
            raise ConditionError(f"not a condition: {other!r}")
    return condition


def comparisons(condition: Condition | None) -> tuple[tuple[str, FactValue], ...]:
    """List every (fact, value) that the condition compares, in reading order."""
    if condition is None:
        return ()
    if "fact" in condition:
        options: Sequence[FactValue] = condition.get("in") or [condition["equals"]]
        return tuple((condition["fact"], option) for option in options)
    parts = condition.get("all") or condition.get("any") or [condition["not"]]
    return tuple(found for part in parts for found in comparisons(part))


def in_words(condition: Condition | None) -> str:
    """Write a condition for a person: `benefit = merit and not exempt = true`."""
    if condition is None:
        return "always"
    if "fact" in condition:
        if "equals" in condition:
            return f"{condition['fact']} = {_word(condition['equals'])}"
        return f"{condition['fact']} in ({', '.join(map(_word, condition['in']))})"
    if "not" in condition:
        return f"not ({in_words(condition['not'])})"
    joint, parts = (" and ", condition["all"]) if "all" in condition else (" or ", condition["any"])
    return "(" + joint.join(in_words(part) for part in parts) + ")"


def _same(value: FactValue, option: FactValue) -> bool:
    # In Python True == 1; a fact typed as bool must not satisfy a number, nor the reverse.
    return type(value) is type(option) and value == option


def _word(value: FactValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
