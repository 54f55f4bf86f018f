"""Where a place named by a sender lies now.

A code is read as of the day on which the dossier was received, since the same digits can name
another unit in another era. A unit that has since been merged into exactly one other is followed;
one that was split is never guessed.
"""

from dataclasses import dataclass
from datetime import datetime

from routing.itinerary.model import FailureKind, RouteFailure, RouteRefused
from routing.units import (
    Unit,
    UnitAbolished,
    UnitFound,
    Units,
    UnitUnknown,
    UnknownBecause,
)


@dataclass(frozen=True, slots=True)
class Placed:
    """The unit in which a place lies now; `given` is the code the sender wrote."""

    unit: str
    given: str

    @property
    def words(self) -> str:
        """The unit, and the code it was followed from if that is another."""
        return self.unit if self.unit == self.given else f"{self.unit}<{self.given}"


def locate(
    name: str, code: str, received_at: datetime, as_of: datetime, units: Units
) -> Placed | RouteFailure | RouteRefused:
    """Find the unit in which a place lies as of now.

    Refused if the code was wrong on the day of receipt and is wrong now; a failure for a person
    to resolve if it was right then but nobody can say which current unit it became, or if the
    receipt lies before what the units' tables know.
    """
    pointer = f"/data/places/{name}"
    match units.find(code, received_at):
        case UnitFound(unit):
            return _carry_forward(name, unit, as_of, units)
        case UnitAbolished(unit, successors, ambiguous):
            if ambiguous:
                return RouteRefused(
                    "ambiguous-unit",
                    f"{unit.name} ({code}) was split before the dossier was received; give the "
                    f"current unit, one of {', '.join(successors) or 'none known'}",
                    pointer,
                )
            return RouteRefused(
                "abolished-unit",
                f"{unit.name} ({code}) was abolished before the dossier was received; "
                f"its territory now belongs to {successors[0]}",
                pointer,
            )
        case UnitUnknown(because=UnknownBecause.BEFORE_KNOWN_VALIDITY):
            return RouteFailure(
                FailureKind.UNIT_UNKNOWN,
                f"what {code}, the place {name}, named when the dossier was received is not known",
            )
        case UnitUnknown(because=because):
            # A dossier received under the old units may well be sent with a current code.
            if isinstance(units.find(code, as_of), UnitFound):
                return Placed(code, code)
            return RouteRefused(
                "unknown-unit", f"{code} names no administrative unit: {because}", pointer
            )


def _carry_forward(name: str, unit: Unit, as_of: datetime, units: Units) -> Placed | RouteFailure:
    if unit.in_force(as_of):
        return Placed(unit.code, unit.code)
    if unit.valid_from is not None and isinstance(units.find(unit.code, as_of), UnitFound):
        # Of the current era: its code does not change hands, another row is another name.
        return Placed(unit.code, unit.code)
    successors = units.successors(unit)
    if len(successors) == 1:
        return Placed(successors[0], unit.code)
    if successors:
        return RouteFailure(
            FailureKind.UNIT_AMBIGUOUS,
            f"{unit.name} ({unit.code}), the place {name}, was split after the dossier was "
            "received; a person or a finer address has to say where it lies now",
        )
    return RouteFailure(
        FailureKind.UNIT_ABOLISHED,
        f"{unit.name} ({unit.code}), the place {name}, does not exist any more",
    )
