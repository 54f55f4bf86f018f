"""How instants, durations and numbers are written for people: always Vietnam's time, 24 hours.

A page writes hundreds of them and few that differ: what Babel made of a number is remembered.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_UNITS: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


@dataclass(frozen=True, slots=True)
class Formats:
    """One language's way of writing; dates stand alike in both: 25/11/2026 14:05."""

    language: str

    def instant(self, at: datetime) -> str:
        """Write "25/11/2026 14:05"."""
        return f"{at.astimezone(ZONE):%d/%m/%Y %H:%M}"

    def day(self, at: datetime) -> str:
        """Write "25/11/2026"."""
        return f"{at.astimezone(ZONE):%d/%m/%Y}"

    def clock(self, at: datetime) -> str:
        """Write "14:05:09", for what is only minutes old."""
        return f"{at.astimezone(ZONE):%H:%M:%S}"

    def number(self, value: float) -> str:
        """Write "12.345,6" or "12,345.6"."""
        return _number(self.language, value)

    def decimal(self, value: float) -> str:
        """Write "12.345,60": for columns whose points stand below each other."""
        return _number(self.language, value, "#,##0.00")

    def percent(self, part: float) -> str:
        """Write a part of one with one decimal place: "97,3 %"."""
        return _percent(self.language, part)

    def lasting(self, duration: timedelta) -> str:
        """Write a duration by its two largest units: "3 ngày 4 giờ"; below a minute in seconds."""
        left = max(0, int(duration.total_seconds()))
        said: list[str] = []
        for unit, seconds in _UNITS:
            amount, rest = divmod(left, seconds)
            if (amount and not (said and unit == "second")) or (unit == "second" and not said):
                said.append(_amount(self.language, amount, unit))
                left = rest
            elif said:
                break
            if len(said) == 2:
                break
        return " ".join(said)


_MOST_KEPT: Final = 4096


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


@lru_cache(maxsize=_MOST_KEPT)
def _number(language: str, value: float, pattern: str | None = None) -> str:
    return format_decimal(value, format=pattern, locale=_locale(language))


@lru_cache(maxsize=_MOST_KEPT)
def _percent(language: str, part: float) -> str:
    return format_percent(part, format="#,##0.0 %", locale=_locale(language))


@lru_cache(maxsize=_MOST_KEPT)
def _amount(language: str, amount: int, unit: str) -> str:
    # The Vietnamese data of Babel has the words under "short" alone, written out in full.
    length: Literal["short", "long"] = "short" if language == "vi" else "long"
    return format_unit(amount, f"duration-{unit}", length=length, locale=_locale(language))
