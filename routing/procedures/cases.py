"""The cases of a procedure: every combination of facts that its conditions tell apart."""

from collections.abc import Iterator, Mapping
from itertools import product

from routing.procedures.conditions import FactValue, comparisons, holds
from routing.procedures.model import BudgetCase, Procedure

MOST_CASES = 20_000


def cases_of(procedure: Procedure) -> Iterator[Mapping[str, FactValue]]:
    """Yield one set of facts for each combination, absent optional facts included.

    A number takes the values that conditions compare it with and one that none does. ValueError
    if the combinations are more than MOST_CASES: such a procedure cannot be looked through.
    """
    options = {name: _values(procedure, name) for name in procedure.facts}
    count = 1
    for values in options.values():
        count *= len(values)
    if count > MOST_CASES:
        raise ValueError(f"{procedure.code} {procedure.version} has {count} cases")
    for chosen in product(*options.values()):
        yield {
            name: value for name, value in zip(options, chosen, strict=True) if value is not None
        }


def budget_in(
    ordinary: str | None, cases: tuple[BudgetCase, ...], facts: Mapping[str, FactValue]
) -> str | None:
    """The budget that applies with these facts: of the first case that holds, or the ordinary."""
    for case in cases:
        if holds(case.when, facts):
            return case.budget
    return ordinary


def _values(procedure: Procedure, name: str) -> list[FactValue | None]:
    fact = procedure.facts[name]
    values: list[FactValue | None] = [] if fact.required else [None]
    match fact.kind:
        case "bool":
            values += [True, False]
        case "choice":
            values += fact.choices
        case "int":
            asked = {
                value
                for condition in procedure.conditions
                for named, value in comparisons(condition)
                if named == name and isinstance(value, int)
            }
            values += [*sorted(asked), max(asked, default=0) + 1]
    return values
