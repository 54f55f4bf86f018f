"""The parameters by which the work-queues are asked."""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Query

from gateway.api.problems import refuse
from gateway.operations.causes import Cause
from gateway.operations.stuck_filter import BadFilter, StuckFilter
from schemas.identifiers import PROCEDURE_PATTERN
from schemas.problems import ProblemType

AGENCY = r"^[A-Z0-9.]{1,35}$"
LEVEL = r"^[a-z][a-z0-9.-]{0,39}$"
FAILURE = r"^[A-Za-z0-9._:-]{0,100}$"
TEXT = r"^[A-Za-z0-9._/:@-]{1,60}$"
PERSON = r"^[A-Za-z0-9][A-Za-z0-9._@:-]{0,99}$"
LONGEST = 10 * 366 * 86_400
"""Seconds."""


def filter_of(
    agency: Annotated[
        str | None, Query(pattern=AGENCY, description="Whose turn it is: a code or an alias.")
    ] = None,
    below: Annotated[bool, Query(description="The agencies below it as well.")] = False,
    level: Annotated[str | None, Query(pattern=LEVEL)] = None,
    procedure: Annotated[str | None, Query(pattern=PROCEDURE_PATTERN)] = None,
    failure: Annotated[
        str | None, Query(pattern=FAILURE, description="Exactly this failure, as groups name it.")
    ] = None,
    stuck_for: Annotated[
        int | None, Query(ge=0, le=LONGEST, description="At least so many seconds.")
    ] = None,
    time_left: Annotated[
        int | None,
        Query(ge=0, le=LONGEST, description="At most so many seconds to its deadline, or late."),
    ] = None,
    text: Annotated[
        str | None,
        Query(pattern=TEXT, description="Part of a dossier's code, an agency's code or a failure."),
    ] = None,
    assigned: Annotated[str | None, Query(pattern=PERSON)] = None,
    unassigned: bool = False,
) -> StuckFilter:
    """Return what is asked for; refuse what contradicts itself."""
    try:
        return StuckFilter(
            agency=agency,
            below=below,
            level=level,
            procedure=procedure,
            failure=failure,
            stuck_for=None if stuck_for is None else timedelta(seconds=stuck_for),
            time_left=None if time_left is None else timedelta(seconds=time_left),
            text=text,
            person=assigned,
            unassigned=unassigned,
        )
    except BadFilter as error:
        raise refuse(ProblemType.BAD_QUERY, f"query: {error}") from error


Wanted = Annotated[StuckFilter, Depends(filter_of)]
Causes = Annotated[list[Cause] | None, Query(alias="cause", max_length=len(Cause))]
