"""/v1/operations/reports: the forms and figures of a period. Sums only, of nobody in particular."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from gateway.api.callers import Operator
from gateway.api.documented import PROBLEMS
from gateway.api.problems import refuse
from gateway.api.shapes import Title
from gateway.api.state import State
from gateway.reports.making import ReportName, make_report
from gateway.reports.period import BadPeriod, Period
from gateway.reports.question import BadQuestion, Question
from gateway.reports.writers import MEDIA, Format, write_report
from schemas.problems import ProblemType

router = APIRouter(prefix="/v1/operations/reports", tags=["operations"])


class ReportColumn(BaseModel):
    """A column: its key in the rows, and its number on the form."""

    key: str
    number: str | None
    vi: str
    en: str


class BooksShape(BaseModel):
    """How far the books went: figures are the past as known then."""

    booked_until: datetime | None
    behind: bool = Field(description="The ledger had entries that were not booked yet.")


class ReportShape(BaseModel):
    """A report; `rows` are lines, groups with their sum, and the total, by the columns' keys."""

    name: ReportName
    form: str | None
    title: Title
    columns: list[ReportColumn]
    rows: list[dict[str, Any]]
    notes: list[str]
    books: BooksShape


_WRITTEN: dict[int | str, dict[str, Any]] = {
    200: {
        "model": ReportShape,
        "content": {
            MEDIA[Format.CSV].partition(";")[0]: {"schema": {"type": "string"}},
            MEDIA[Format.XLSX]: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.get(
    "/{report}",
    summary="Report a period",
    operation_id="getReport",
    responses={**_WRITTEN, **PROBLEMS(400, 401, 403, 503)},
)
async def get_report(
    report: ReportName,
    _operator: Operator,
    state: State,
    first: Annotated[date, Query(alias="from", description="The first local day.")],
    last: Annotated[date, Query(alias="to", description="The last local day.")],
    agency: Annotated[str | None, Query(pattern=r"^[A-Z0-9.\-]{1,35}$")] = None,
    level: Annotated[str | None, Query(pattern=r"^[a-z-]{1,32}$")] = None,
    field: Annotated[str | None, Query(pattern=r"^[a-z-]{1,32}$")] = None,
    how: Annotated[Format, Query(alias="format")] = Format.JSON,
) -> Response:
    """Return Biểu 06, II.06a, outcomes, on-time figures, or the time of each agency."""
    services = state.services
    try:
        question = Question(Period(first, last), agency, level, field)
        made = await make_report(services.pool, services.rulebook, report, question)
    except (BadPeriod, BadQuestion) as error:
        raise refuse(ProblemType.BAD_QUERY, f"query: {error}") from error
    headers = {}
    if how is not Format.JSON:
        file = f"{report}_{first}_{last}.{how}"
        headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return Response(write_report(made, how), media_type=MEDIA[how], headers=headers)
