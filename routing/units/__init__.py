"""Administrative units of both eras, and in which current units the abolished ones lie."""

from routing.units.model import (
    Level,
    Unit,
    UnitAbolished,
    UnitAnswer,
    UnitFound,
    UnitUnknown,
    UnknownBecause,
)
from routing.units.search import find_units, folded
from routing.units.table import Units, load_units

__all__ = [
    "Level",
    "Unit",
    "UnitAbolished",
    "UnitAnswer",
    "UnitFound",
    "UnitUnknown",
    "Units",
    "UnknownBecause",
    "find_units",
    "folded",
    "load_units",
]
