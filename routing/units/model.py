"""Administrative units and the answers one can get about them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Level(StrEnum):
    """The tier of a unit. Districts exist only until 2025-07-01 (NQ 202/2025/QH15)."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


@dataclass(frozen=True, slots=True)
class Unit:
    """One administrative unit as it is during [valid_from, valid_to).

    `valid_from` is None when the unit began before what the table knows, `valid_to` is None
    while it goes on. The same code can name another unit in another era: only (code, instant)
    identifies a unit.
    """

    code: str
    name: str
    level: Level
    parent: str | None
    valid_from: datetime | None
    valid_to: datetime | None

    def in_force(self, as_of: datetime) -> bool:
        """Tell whether the unit exists at this instant."""
        return (self.valid_from is None or self.valid_from <= as_of) and (
            self.valid_to is None or as_of < self.valid_to
        )


@dataclass(frozen=True, slots=True)
class UnitFound:
    """The unit that the code names at the instant asked for."""

    unit: Unit


@dataclass(frozen=True, slots=True)
class UnitAbolished:
    """The code named `unit` until its `valid_to` and names nothing since.

    `successors` are the codes of the units in which it lies now. `ambiguous` is true when there
    is not exactly one: then only a person or a finer address decides, never this table.
    """

    unit: Unit
    successors: tuple[str, ...]
    ambiguous: bool


class UnknownBecause(StrEnum):
    """Why nothing can be said about a code at an instant."""

    NO_SUCH_CODE = "no-such-code"
    NOT_YET = "not-yet"
    BEFORE_KNOWN_VALIDITY = "before-known-validity"


@dataclass(frozen=True, slots=True)
class UnitUnknown:
    """Nothing is known about the code at the instant asked for."""

    code: str
    because: UnknownBecause


UnitAnswer = UnitFound | UnitAbolished | UnitUnknown
