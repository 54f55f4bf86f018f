"""Reports, first page: how the province, or one's part of it, keeps its promises, on one page."""

from dataclasses import dataclass
from typing import Any, Final, cast

from fastapi import APIRouter, Request, Response

from gateway.api.state import State
from gateway.console.formats import Formats
from gateway.console.overviews import GRAINS, Overviews
from gateway.console.pages import Page, PageMaker
from gateway.console.report_charts import lengths, month_bars
from gateway.console.report_query import ReportQuery
from gateway.console.screens.reports import REPORTS, Seeing, tabs_of, today_of
from gateway.people.rights import Ability, reach
from gateway.reports.books import Tally
from gateway.reports.making import ReportName
from gateway.reports.overview import LEAST, Overview
from gateway.reports.spans import Grain
from gateway.reports.writers import said_of
from gateway.rulebook import Rulebook

router = APIRouter(prefix=REPORTS)

FIGURES: Final = (
    "on-time",
    "received",
    "settled-in-time",
    "settled-late",
    "open",
    "overdue",
    "online",
)


@router.get("")
async def show(request: Request, page: Page, who: Seeing, state: State) -> Response:
    """Show this month, quarter or year so far, beside as much of the one before."""
    wanted = request.query_params.get("span", "")
    grain = Grain(wanted) if wanted in GRAINS else Grain.MONTH
    overviews = cast(Overviews, request.app.state.overviews)
    over = await overviews.of(grain, today_of(state), reach(who, Ability.SEE_REPORTS))
    query = ReportQuery(over.span.period(), over.span)
    rulebook = state.services.rulebook

    def named(code: str) -> tuple[str, str]:
        behind = query.address(f"{REPORTS}/{ReportName.II_06A}", agency=code)
        return _name(rulebook, code), behind

    def steps(code: str) -> tuple[str, str]:
        behind = query.address(f"{REPORTS}/{ReportName.AGENCY_TIME}", agency=code)
        return _name(rulebook, code), behind

    return page.show(
        "reports.html",
        title="reports.title",
        screen="reports",
        over=over,
        grains=GRAINS,
        report_tabs=tabs_of(page, query),
        unknown=over.books.begins is None,
        figures=figures_of(over, page),
        bars=month_bars(over.months),
        best=[(one, *named(one.agency)) for one in over.best],
        worst=[(one, *named(one.agency)) for one in over.worst],
        least=LEAST,
        slow=[(one, *steps(one.spent.agency)) for one in lengths(over.slowest)],
        times_path=query.address(f"{REPORTS}/{ReportName.AGENCY_TIME}"),
        books=said_of(over.books, page.language, rulebook.calendar.zone),
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure beside what it was: None is not known. `moved` says which way, `by` how far."""

    name: str
    now: float | None
    then: float | None
    share: bool
    moved: str | None = None
    by: str = ""


def figures_of(over: Overview, page: PageMaker) -> list[Figure]:
    """Return what a leader asks first."""
    formats = Formats(page.language)
    now, then = _measured(over.now), None if over.then is None else _measured(over.then)
    found = []
    for name in FIGURES:
        value, was = now[name], None if then is None else then[name]
        share = name in ("on-time", "online")
        moved, by = None, ""
        if value is not None and was is not None and value != was:
            if share:
                moved = "points-up" if value > was else "points-down"
                by = formats.number(round(100 * abs(value - was), 1))
            elif was:
                moved = "up" if value > was else "down"
                by = formats.percent(abs(value - was) / was)
        found.append(Figure(name, value, was, share, moved, by))
    return found


def _measured(tally: Tally) -> dict[str, float | None]:
    judged = tally.met + tally.missed + tally.open
    came = tally.online + tally.at_counter
    return {
        "on-time": (judged - tally.missed - tally.failing) / judged if judged else None,
        "received": came,
        "settled-in-time": tally.early + tally.on_time + tally.undated + tally.returned,
        "settled-late": tally.late,
        "open": tally.open,
        "overdue": tally.overdue,
        "online": tally.online / came if came else None,
    }


def _name(rulebook: Rulebook, code: str) -> str:
    history: Any = rulebook.directory.history(code)
    return history[-1].name if history else code
