"""Time budgets: an exact amount of one unit, as the law writes it ("3 wd", "24 h")."""

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Self

from routing.legaltime.instants import DAY, HOUR, MINUTE


class Unit(StrEnum):
    """What a budget counts."""

    MINUTE = "min"  # clock minutes
    WORKING_HOUR = "wh"
    WORKING_DAY = "wd"  # the calendar's nominal day of working time, not a date
    CALENDAR_DAY = "cd"  # 24 clock hours; the deadline rolls off a day off
    HOUR = "h"  # clock hours

    @property
    def counts_working_time(self) -> bool:
        """Say whether only working time is counted (``wh``, ``wd``)."""
        return self is _WORKING_DAY or self is _WORKING_HOUR


# Bound once: looking a member up on its class costs more than the comparison, on a hot path.
_WORKING_DAY, _WORKING_HOUR = Unit.WORKING_DAY, Unit.WORKING_HOUR
_CLOCK_MICROS = {
    Unit.MINUTE: MINUTE,
    Unit.WORKING_HOUR: HOUR,
    Unit.CALENDAR_DAY: DAY,
    Unit.HOUR: HOUR,
}
# Bounded, so that a hostile line cannot make us compute with a million digits.
_WRITTEN = re.compile(
    r"(?P<amount>[0-9]{1,12}(?:\.[0-9]{1,20})?|[0-9]{1,20}/[0-9]{1,20}) (?P<unit>min|wh|wd|cd|h)"
)


@dataclass(frozen=True, slots=True)
class Budget:
    """An exact, never negative amount of a unit; zero is legal."""

    amount: Fraction
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError(f"a budget cannot be negative: {self}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``"3 wd"``, ``"0.5 wd"``, ``"1/3 wd"``, ``"10 min"``; the inverse of ``str``.

        Raises ``ValueError`` for anything else: signs, exponents, other units, missing space.
        """
        written = _WRITTEN.fullmatch(text)
        if written is None:
            raise ValueError(
                f"{text[:40]!r} is not a budget: write an amount, a space and min, wh, wd, cd or h"
            )
        try:
            amount = Fraction(written["amount"])
        except ZeroDivisionError:
            raise ValueError(f"{text!r} is not a budget: it divides by zero") from None
        return cls(amount, Unit(written["unit"]))

    @classmethod
    def of_micros(cls, micros: int, unit: Unit, nominal_day: int) -> Self:
        """Return the budget that this many microseconds are, in the given unit."""
        return cls(Fraction(micros, _CLOCK_MICROS.get(unit, nominal_day)), unit)

    def exact_micros(self, nominal_day: int) -> Fraction:
        """Return the exact length in microseconds, which need not be whole."""
        return self.amount * _CLOCK_MICROS.get(self.unit, nominal_day)

    def micros(self, nominal_day: int) -> int:
        """Return the length in microseconds, rounded up to the first whole one.

        Rounding up is the "earliest instant at which the budget is used up" on the grid that
        instants have. Every amount with up to eight decimals is whole already.
        """
        amount = self.amount
        length = amount.numerator * _CLOCK_MICROS.get(self.unit, nominal_day)
        return -(-length // amount.denominator)

    def __str__(self) -> str:
        return f"{_written(self.amount)} {self.unit.value}"


def _written(amount: Fraction) -> str:
    """Write a decimal where it is exact and readable, a fraction otherwise."""
    for places in range(13):
        scaled = amount * 10**places
        if scaled.denominator == 1:
            if places == 0:
                return str(scaled.numerator)
            whole, decimals = divmod(scaled.numerator, 10**places)
            return f"{whole}.{decimals:0{places}d}"
    return f"{amount.numerator}/{amount.denominator}"
