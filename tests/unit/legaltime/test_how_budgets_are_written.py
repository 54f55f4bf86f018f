"""Budgets are read strictly, kept exactly and written back so that they read the same."""

from fractions import Fraction

import pytest

from routing.legaltime import Budget, Unit


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("3 wd", 3, Unit.WORKING_DAY),
        ("0 wd", 0, Unit.WORKING_DAY),
        ("0.5 wd", Fraction(1, 2), Unit.WORKING_DAY),
        ("2 wh", 2, Unit.WORKING_HOUR),
        ("10 min", 10, Unit.MINUTE),
        ("30 cd", 30, Unit.CALENDAR_DAY),
        ("24 h", 24, Unit.HOUR),
        ("1/3 wd", Fraction(1, 3), Unit.WORKING_DAY),
        ("0.1 h", Fraction(1, 10), Unit.HOUR),
    ],
)
def test_a_budget_is_an_exact_amount_of_a_unit(
    text: str, amount: Fraction | int, unit: Unit
) -> None:
    budget = Budget.parse(text)

    assert (budget.amount, budget.unit) == (amount, unit)
    assert str(budget) == text


@pytest.mark.parametrize(
    ("text", "written"), [("3.0 wd", "3 wd"), ("02 wd", "2 wd"), ("0.50 wd", "0.5 wd"),
                          ("2/4 wd", "0.5 wd"), ("0.25000 h", "0.25 h")],
)  # fmt: skip
def test_other_spellings_are_written_plainly(text: str, written: str) -> None:
    assert str(Budget.parse(text)) == written


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "wd", "3", "3wd", "3  wd", " 3 wd", "3 wd ", "3 wd\n", "3 WD", "3 days", "-1 wd",
        "+1 wd", "1e3 wd", "nan wd", "inf h", ".5 wd", "5. wd", "1,5 wd", "1/0 wd", "1/2/3 wd",
        "٣ wd", "３ wd", "0x1 wd", "1_0 wd", "9" * 50 + " h", "3 wd 2 wh",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a budget"):
        Budget.parse(text)


def test_a_budget_is_never_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        Budget(Fraction(-1), Unit.HOUR)
