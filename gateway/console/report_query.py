"""What a report is asked, as an address says it: read, written, and offered for choosing.

    ?period=2026-Q4&close=14&agency=H31.15&below=1&level=commune&field=land
    ?period=2026&agency=pho+hien
    ?period=days&from=2026-01-02&to=2026-03-04

Without a period it is the month that is. What cannot be read is said as such, by a word of the
catalogue, and the month is shown. An agency stands here as it was typed:
who it is, agency_found.py says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from gateway.console.words import Words
from gateway.reports.period import BadPeriod, Period
from gateway.reports.spans import Grain, Span

DAYS: Final = "days"
"""Instead of a span: the days that `from` and `to` name."""
OFFERED: Final = {Grain.MONTH: 13, Grain.QUARTER: 6, Grain.HALF: 4, Grain.YEAR: 4}
"""How many of each one chooses from; any other is an address away."""
_LONGEST: Final = 200
"""As long as the name of an agency may be."""
_ROMAN: Final = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True)
class ReportQuery:
    """One question as it was asked; `wrong` is what is the matter with it."""

    period: Period
    span: Span | None = None
    closing_on_14: bool = False
    agency: str | None = None
    below: bool = False
    level: str | None = None
    field: str | None = None
    wrong: str | None = None

    def pairs(self) -> list[tuple[str, str]]:
        """Return the fields of the address."""
        said = [("period", str(self.span) if self.span else DAYS)]
        if self.span is None:
            said += [("from", str(self.period.first)), ("to", str(self.period.last))]
        elif self.closing_on_14:
            said.append(("close", "14"))
        for name in ("agency", "level", "field"):
            said += [(name, value)] if (value := getattr(self, name)) else []
        return [*said, ("below", "1")] if self.below and self.agency else said

    def address(self, path: str, **other: str) -> str:
        """Return where it is answered; with another value for some of its fields."""
        return f"{path}?{urlencode({**dict(self.pairs()), **other})}"


def read_query(asked: Mapping[str, str], today: date) -> ReportQuery:
    """Read what an address asks."""
    closing_on_14 = asked.get("close") == "14"
    this_month = Span.around(Grain.MONTH, today)
    written = asked.get("period", "")
    span = this_month if not written else Span.read(written)
    wrong = None
    if span is not None:
        period = span.period(closing_on_14=closing_on_14)
    elif written == DAYS:
        try:
            first, last = (date.fromisoformat(asked.get(name, "")) for name in ("from", "to"))
            period = Period(first, last)
        except (BadPeriod, ValueError):
            wrong, span, period = "reports.wrong.days", this_month, this_month.period()
    else:
        wrong, span, period = "reports.wrong.period", this_month, this_month.period()
    agency, level, field = (
        asked.get(one, "").strip() or None for one in ("agency", "level", "field")
    )
    if any(len(one) > _LONGEST for one in (agency, level, field) if one):
        agency, level, field, wrong = None, None, None, "reports.wrong.agency"
    return ReportQuery(
        period,
        span,
        closing_on_14 and span is not None,
        agency,
        "below" in asked and agency is not None,
        level,
        field,
        wrong,
    )


def name_of(span: Span, words: Words) -> str:
    """Return what a span is called: "Quý IV/2026"."""
    year = str(span.year)
    match span.grain:
        case Grain.MONTH:
            return words("reports.span.month", no=f"{span.no:02d}", year=year)
        case Grain.QUARTER:
            return words("reports.span.quarter", no=_ROMAN[span.no - 1], year=year)
        case Grain.HALF if span.no == 1:
            return words("reports.span.first-half", year=year)
        case Grain.HALF:
            return words("reports.span.second-half", year=year)
        case Grain.YEAR:
            return words("reports.span.year", year=year)


def offered(today: date, query: ReportQuery) -> Sequence[tuple[Grain, Sequence[Span]]]:
    """Return the spans to choose from, the latest first, with the one that is shown."""
    found = []
    for grain, many in OFFERED.items():
        now = Span.around(grain, today)
        spans = [now.before(back) for back in range(many)]
        if query.span is not None and query.span.grain is grain and query.span not in spans:
            spans.append(query.span)
        found.append((grain, spans))
    return found
