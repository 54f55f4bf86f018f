"""Make a report: ask the books once, at one instant, and lay the answer out."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from gateway.reports import kstt
from gateway.reports.agency_time import agency_time
from gateway.reports.books import BooksState, By, Tally, read_state, sum_dossiers, sum_turns
from gateway.reports.on_time import on_time
from gateway.reports.outcomes import outcomes
from gateway.reports.question import Answering, Question
from gateway.reports.sheet import Sheet
from gateway.rulebook import Rulebook
from gateway.store.pool import Connection, Pool


class ReportName(StrEnum):
    """The reports there are."""

    BIEU_06 = "bieu-06"
    II_06A = "ii-06a"
    OUTCOMES = "outcomes"
    ON_TIME = "on-time"
    AGENCY_TIME = "agency-time"


@dataclass(frozen=True, slots=True)
class Report:
    """A sheet, and how far the books went when it was made.

    A correction that comes later may change a day that was reported: it is the past as known now.
    """

    sheet: Sheet
    books: BooksState
    zone: tzinfo
    """In which people read instants."""

    def view(self) -> dict[str, Any]:
        """Return the report as a document for machines."""
        books = {"booked_until": self.books.booked_until, "behind": self.books.behind}
        return {**self.sheet.view(), "books": books}


async def make_report(
    pool: Pool, rulebook: Rulebook, name: ReportName, question: Question
) -> Report:
    """Ask the books and make the sheet; BadQuestion if it names what does not exist."""
    answering = Answering(rulebook, question, at_the_centre=name is ReportName.II_06A)
    maker = _MAKERS[name]
    async with pool.connection() as connection, connection.transaction():
        # One snapshot: the figures, and how far the books had come when they were read.
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        state = await read_state(connection)
        sheet = await maker(connection, answering)
    return Report(sheet, state, rulebook.calendar.zone)


Maker = Callable[[Connection, Answering], Awaitable[Sheet]]


def _of_dossiers(lay_out: Callable[[Answering, Mapping[str, Tally]], Sheet], by: By) -> Maker:
    async def make(connection: Connection, answering: Answering) -> Sheet:
        period = answering.question.period
        return lay_out(answering, await sum_dossiers(connection, period, by, answering.choice()))

    return make


async def _of_turns(connection: Connection, answering: Answering) -> Sheet:
    asked, choice = answering.question, answering.choice()
    turns = await sum_turns(connection, asked.period, choice, by_step=asked.is_of_one_agency)
    return agency_time(answering, turns)


_MAKERS: Final[Mapping[ReportName, Maker]] = MappingProxyType(
    {
        ReportName.BIEU_06: _of_dossiers(kstt.bieu_06, "agency"),
        ReportName.II_06A: _of_dossiers(kstt.ii_06a, "procedure"),
        ReportName.OUTCOMES: _of_dossiers(outcomes, "agency"),
        ReportName.ON_TIME: _of_dossiers(on_time, "agency"),
        ReportName.AGENCY_TIME: _of_turns,
    }
)
