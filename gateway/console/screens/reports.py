"""Reports (Báo cáo): the official forms and the figures of a period, to read, print and take away.

Every figure is a sum of the books, narrowed to the agencies whose reports a reader may see: what
is taken away as a file is what stands on the page, and no more. An agency beyond it is answered as
one that does not exist.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response

from gateway.api.problems import refuse
from gateway.api.state import ApiState, State
from gateway.console.agency_found import MOST, agencies_meant
from gateway.console.pages import Page, PageMaker
from gateway.console.report_query import DAYS, ReportQuery, name_of, offered, read_query
from gateway.console.visitors import HOME, allowed
from gateway.people.rights import Ability, reach
from gateway.people.signed_in import SignedIn
from gateway.reports.making import Report, ReportName, make_report
from gateway.reports.names import FIELDS, LEVELS
from gateway.reports.question import BadQuestion, Question
from gateway.reports.sheet import Language, Row, Sheet, said
from gateway.reports.writers import MEDIA, Format, for_excel, said_of_books, write_report
from routing.synthetic import SYNTHETIC_ISSUERS
from schemas.problems import ProblemType

REPORTS: Final = HOME + "/reports"

router = APIRouter(prefix=REPORTS)

Seeing = Annotated[SignedIn, allowed(Ability.SEE_REPORTS)]

OFFICIAL: Final = frozenset({ReportName.BIEU_06, ReportName.II_06A})
"""Forms of TT 01/2020/TT-VPCP: shown with what a form has above and below its table."""
MOST_AGENCIES: Final = 400
"""Offered while one types; any other is known by its code."""
_LEADS_TO: Final = {
    ReportName.BIEU_06: ReportName.II_06A,
    ReportName.OUTCOMES: ReportName.II_06A,
    ReportName.ON_TIME: ReportName.II_06A,
    ReportName.AGENCY_TIME: ReportName.AGENCY_TIME,
}
"""What is behind a line that is an agency: its own fields, or its own steps."""


@router.get("/{report}")
async def show(
    report: ReportName, request: Request, page: Page, who: Seeing, state: State
) -> Response:
    """Show a report, to read and to print."""
    today = today_of(state)
    written = read_query(request.query_params, today)
    known = _agencies(state, who)
    query, meant = _settled(state, written, known)
    wrong, made = query.wrong, None
    if meant:
        wrong = "reports.wrong.several"
    elif wrong is None:
        try:
            made = await _make(state, who, report, query, page.language)
        except BadQuestion:
            wrong = "reports.wrong.agency"
    here = f"{REPORTS}/{report}"
    return page.show(
        "report.html",
        title="reports.title",
        screen="reports",
        status=200 if wrong is None else 400,
        report=report,
        made=made,
        wrong=wrong,
        meant=[(written.address(here, agency=code), known[code], code) for code in meant[:MOST]],
        not_shown=max(0, len(meant) - MOST),
        here=here,
        report_tabs=tabs_of(page, query),
        query=query,
        files=[(how, query.address(f"{here}/{how}")) for how in (Format.XLSX, Format.CSV)],
        official=report in OFFICIAL,
        period_name=name_of(query.span, page.words) if query.span else None,
        headings=None if made is None else headings_of(made.sheet),
        rows=[] if made is None else _rows(report, made.sheet, query),
        is_empty=made is None or all(row.kind == "total" for row in made.sheet.rows),
        notices=[] if made is None else notices_of(query, made, today),
        books=None if made is None else said_of_books(made),
        **choices_of(known, page, query, today),
    )


@router.get("/{report}/{how}")
async def take_away(
    report: ReportName, how: Format, request: Request, page: Page, who: Seeing, state: State
) -> Response:
    """Return the same report as a file."""
    written = read_query(request.query_params, today_of(state))
    query, meant = _settled(state, written, _agencies(state, who))
    if query.wrong is not None or meant or how is Format.JSON:
        raise refuse(ProblemType.BAD_QUERY, "query: there is no such report")
    try:
        made = await _make(state, who, report, query, page.language)
    except BadQuestion as error:
        raise refuse(ProblemType.BAD_QUERY, "query: there is no such report") from error
    body = for_excel(made) if how is Format.CSV else write_report(made, how)
    name = f"{report}_{query.period.first}_{query.period.last}.{how}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response(body, media_type=MEDIA[how], headers=headers)


async def _make(
    state: ApiState, who: SignedIn, report: ReportName, query: ReportQuery, language: Language
) -> Report:
    question = Question(
        query.period,
        query.agency,
        query.level,
        query.field,
        query.below,
        reach(who, Ability.SEE_REPORTS),
        language,
    )
    services = state.services
    return await make_report(services.pool, services.rulebook, report, question)


def today_of(state: ApiState) -> date:
    """Return the local day that it is, in legal time."""
    services = state.services
    return services.clock.now().astimezone(services.rulebook.calendar.zone).date()


# What is on the page


def tabs_of(page: PageMaker, query: ReportQuery) -> list[tuple[str, str, None]]:
    """Return the overview, and the reports there are, each for what is asked now."""
    return [
        (REPORTS, page.words("reports.tab.overview"), None),
        *(
            (query.address(f"{REPORTS}/{one}"), page.words(f"reports.tab.{one}"), None)
            for one in ReportName
        ),
    ]


def _agencies(state: ApiState, who: SignedIn) -> dict[str, str]:
    """Return the names of all that somebody may ask about, by code."""
    directory, now = state.services.rulebook.directory, state.services.clock.now()
    seen = reach(who, Ability.SEE_REPORTS)
    return {
        one.code: one.name
        for one in directory.in_force(now)
        if (seen is None or one.code in seen) and one.code not in SYNTHETIC_ISSUERS
    }


def _settled(
    state: ApiState, query: ReportQuery, known: Mapping[str, str]
) -> tuple[ReportQuery, list[str]]:
    """Return the question with its agency by code; or as it was typed, and whom that may mean."""
    written, directory = query.agency, state.services.rulebook.directory
    if written is None or directory.resolve(written, state.services.clock.now()) is not None:
        return query, []
    meant = agencies_meant(written, known)
    return (replace(query, agency=meant[0]), []) if len(meant) == 1 else (query, meant)


def choices_of(
    known: Mapping[str, str], page: PageMaker, query: ReportQuery, today: date
) -> dict[str, Any]:
    """Return what the form of the question offers."""
    return {
        "days": DAYS,
        "spans": [
            (grain, [(str(one), name_of(one, page.words)) for one in spans])
            for grain, spans in offered(today, query)
        ],
        "agencies": sorted(known.items())[:MOST_AGENCIES],
        "levels": [(code, said(title, page.language)) for code, title in LEVELS.items()],
        "fields": [(code, said(title, page.language)) for code, title in FIELDS.items()],
    }


def notices_of(query: ReportQuery, made: Report, today: date) -> list[str]:
    """Return what a reader must know before they read a figure, as words of the catalogue."""
    begins = made.books.begins
    if made.books.booked_until is None and begins is None:
        return ["reports.note.nothing-booked"]
    if query.period.first > today:
        return ["reports.note.not-begun"]
    if begins is not None and query.period.last < begins:
        return ["reports.note.before-books"]
    found = ["reports.note.in-progress"] if query.period.last >= today else []
    return [*found, "reports.note.behind"] if made.books.behind else found


@dataclass(frozen=True, slots=True)
class Heading:
    """A cell above the table."""

    text: str
    across: int = 1
    down: int = 1
    number: bool = False


def headings_of(sheet: Sheet) -> list[tuple[str, list[Heading]]]:
    """Lay the headings out: what is shared above, each column's own below, then the numbers."""
    deep = 2 if any(one.under for one in sheet.columns) else 1
    above: list[Heading] = []
    below: list[Heading] = []
    for group, columns in groupby(sheet.columns, key=lambda one: one.group(sheet.language)):
        those = list(columns)
        own = [
            Heading(
                one.called(sheet.language), number=one.kind != "text", down=1 if group else deep
            )
            for one in those
        ]
        if group is None:
            above += own
        else:
            above.append(Heading(group, across=len(those), number=True))
            below += own
    numbers = [Heading(f"({one.number})", number=True) for one in sheet.columns if one.number]
    lines = (("above", above), ("below", below), ("numbers", numbers))
    return [(name, line) for name, line in lines if line]


def _rows(report: ReportName, sheet: Sheet, query: ReportQuery) -> Sequence[tuple[Row, str | None]]:
    """Return each row with where its line leads to: what is behind that agency's figures."""
    behind = _LEADS_TO.get(report)
    if behind is None or (report is ReportName.AGENCY_TIME and query.agency and not query.below):
        return [(row, None) for row in sheet.rows]
    without_level = ReportQuery(query.period, query.span, query.closing_on_14)
    return [
        (
            row,
            without_level.address(f"{REPORTS}/{behind}", agency=row.of)
            if row.kind == "line" and row.of
            else None,
        )
        for row in sheet.rows
    ]
