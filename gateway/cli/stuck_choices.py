"""How `lienthong stuck` is told which of what is stuck is meant: causes, an agency, conditions."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Any

import typer

from gateway.operations.causes import Cause
from gateway.operations.stuck_filter import BadFilter, StuckFilter

CauseOption = Annotated[
    str | None, typer.Option("--cause", help="All that is stuck for this cause now.")
]
AgencyFilter = Annotated[str | None, typer.Option("--of", help="Only of this agency.")]
Where = Annotated[
    list[str] | None,
    typer.Option(
        metavar="WHAT=VALUE",
        help="Only what meets this; may be repeated. below=AGENCY, level=, procedure=, failure=,"
        " older=2h, left=1d, text=PART-OF-A-CODE, assigned=PERSON or nobody.",
    ),
]

_SPAN = re.compile(r"(\d{1,5})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def read_choice(
    cause: str | None, agency: str | None = None, where: Iterable[str] | None = None
) -> StuckFilter:
    """Read what was written as a filter; raise BadFilter."""
    asked: dict[str, Any] = {"agency": agency}
    for one in where or ():
        what, is_, value = one.partition("=")
        if not is_ or (not value and what != "failure"):
            raise BadFilter(f"--where {one[:40]!r}: write WHAT=VALUE")
        match what:
            case "below":
                asked |= {"agency": value, "below": True}
            case "level" | "procedure" | "failure" | "text":
                asked[what] = value
            case "older":
                asked["stuck_for"] = _span(value)
            case "left":
                asked["time_left"] = _span(value)
            case "assigned":
                asked |= {"unassigned": True} if value == "nobody" else {"person": value}
            case _:
                raise BadFilter(f"--where: there is no {what[:40]!r}")
    return StuckFilter(causes=() if cause is None else (read_cause(cause),), **asked)


def read_cause(written: str) -> Cause:
    """Read a cause's name; raise BadFilter."""
    try:
        return Cause(written)
    except ValueError:
        raise BadFilter(f"no such cause; there are {', '.join(Cause)}") from None


def _span(written: str) -> timedelta:
    read = _SPAN.fullmatch(written)
    if read is None:
        raise BadFilter(f"{written[:40]!r} is no time: write 90m, 2h or 3d")
    return timedelta(**{_UNITS[read[2]]: int(read[1])})
