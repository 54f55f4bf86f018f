"""What the address of the stuck screen asks for: a filter, written so that links can be shared.

    /console/stuck?cause=undelivered&agency=H31&below=1&failure=timeout&older=2h&text=000123

Nothing in it is about a citizen. What cannot be meant is told on the page, beside empty lists.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from gateway.operations.causes import Cause
from gateway.operations.stuck_filter import EVERYTHING, BadFilter, StuckFilter, read_filter

SPANS: Final[Mapping[str, timedelta]] = {
    "1h": timedelta(hours=1),
    "4h": timedelta(hours=4),
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
NOBODY: Final = "nobody"
_PATH: Final = "/console/stuck"
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class StuckQuery:
    """A filter and, where the address meant none that there can be, that it was not understood."""

    filter: StuckFilter
    is_understood: bool = True

    @property
    def cause(self) -> Cause | None:
        """The one cause it is about, if it is about one."""
        return self.filter.causes[0] if len(self.filter.causes) == 1 else None


def read_query(pairs: Iterable[tuple[str, str]]) -> StuckQuery:
    """Read the parameters of an address; other names are left to the page."""
    given = {name: value.strip() for name, value in pairs if len(value) <= _LONGEST}
    asked = {name: value for name, value in given.items() if value}
    assigned = asked.get("assigned")
    try:
        return StuckQuery(
            StuckFilter(
                causes=(Cause(asked["cause"]),) if "cause" in asked else (),
                agency=""
                if given.get("agency") == "" and "nobodys" in asked
                else asked.get("agency"),
                below="below" in asked and "agency" in asked,
                level=asked.get("level"),
                procedure=asked.get("procedure"),
                failure=asked.get("failure", "" if "unfailed" in asked else None),
                stuck_for=SPANS[asked["older"]] if "older" in asked else None,
                time_left=SPANS[asked["left"]] if "left" in asked else None,
                text=asked.get("text"),
                person=None if assigned == NOBODY else assigned,
                unassigned=assigned == NOBODY,
            )
        )
    except (BadFilter, ValueError, KeyError):
        return StuckQuery(EVERYTHING, is_understood=False)


def read_written(query: str) -> StuckQuery:
    """Read what `written` wrote."""
    return read_query(parse_qsl(query, keep_blank_values=True))


def written(wanted: StuckFilter) -> str:
    """Write a filter as the part of an address after the question mark."""
    pairs = [("cause", cause.value) for cause in wanted.causes[:1]]
    if wanted.agency == "":
        pairs += [("agency", ""), ("nobodys", "1")]
    elif wanted.agency:
        pairs.append(("agency", wanted.agency))
    if wanted.below:
        pairs.append(("below", "1"))
    for name in ("level", "procedure", "text"):
        if value := getattr(wanted, name):
            pairs.append((name, value))
    if wanted.failure == "":
        pairs.append(("unfailed", "1"))
    elif wanted.failure:
        pairs.append(("failure", wanted.failure))
    for name, span in (("older", wanted.stuck_for), ("left", wanted.time_left)):
        pairs += [(name, key) for key, known in SPANS.items() if known == span]
    if wanted.unassigned:
        pairs.append(("assigned", NOBODY))
    elif wanted.person:
        pairs.append(("assigned", wanted.person))
    return urlencode(pairs)


def address(wanted: StuckFilter, **more: str) -> str:
    """Return where a filter is shown."""
    query = "&".join(part for part in (written(wanted), urlencode(more)) if part)
    return f"{_PATH}?{query}" if query else _PATH


def cause_title(question: Mapping[str, Any], language: str) -> str:
    """Return what an order was for, of its frozen question; empty where it was on chosen items."""
    try:
        causes = read_filter(question.get("filter", {})).causes
    except BadFilter:
        return ""
    entry = causes[0].entry if len(causes) == 1 else None
    return "" if entry is None else entry.title_vi if language == "vi" else entry.title_en
