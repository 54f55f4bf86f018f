"""Say of a place that there is none such which places the sender's own procedure asks for.

The model of a submission knows the places of all procedures together; whoever misspelt one wants to
know those of the one procedure that was named.
"""

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from routing.procedures import Catalogue, Procedure
from schemas.problems import Problem


def with_declared_places(
    found: Problem, error: ValidationError, data: Any, catalogue: Catalogue, now: datetime
) -> Problem:
    """Return the problem; in the procedure's own words if its first mistake is a place's name."""
    place = error.errors(include_url=False, include_input=False)[0]["loc"]
    if place[:1] != ("places",) or place[-1] != "[key]":
        return found
    procedure = _procedure(data, catalogue, now)
    if procedure is None:
        return found
    if not procedure.places:
        told, remedy = "asks for no place", "Send `places` empty: {}."
    else:
        names = " and ".join(procedure.places)
        told, remedy = f"asks for the place {names}", f"Name it as the procedure does: {names}."
    return found.model_copy(
        update={"detail": f"The procedure {procedure.code} {told}.", "remedy": remedy}
    )


def _procedure(data: Any, catalogue: Catalogue, now: datetime) -> Procedure | None:
    code = data.get("procedure") if isinstance(data, dict) else None
    if not isinstance(code, str):
        return None
    versions = catalogue.versions(code)
    return catalogue.in_force(code, now) or (versions[-1] if versions else None)
