"""/v1/operations/calendars: from a reviewed file to the clocks that count by it."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import structlog
from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from gateway.api.answers import as_json
from gateway.api.callers import Operator
from gateway.api.documented import PROBLEMS
from gateway.api.operation_shapes import CALENDAR_PATTERN, ActShape
from gateway.api.problems import Refusal
from gateway.api.state import State
from gateway.operations import calendars as use
from gateway.operations import recalendar
from gateway.operations.acts import ActRefused
from gateway.operations.calendars import CalendarRefused
from schemas.identifiers import AGENCY_PATTERN
from schemas.problems import ProblemType, problem
from schemas.wire import LINE_PATTERN

log = structlog.get_logger()
router = APIRouter(prefix="/v1/operations/calendars", tags=["operations"])

RUN_SECONDS = 5.0
_COMMON = PROBLEMS(400, 401, 403, 503)
_NAME_PATTERN = r"^[a-z0-9][a-z0-9-]{0,63}(@\d{4}-\d{2}-\d{2}[a-z]?)?$"
_Calendar = Annotated[str, Path(pattern=CALENDAR_PATTERN, examples=["vn@2026-11-22"])]
_Agency = Annotated[str, Field(max_length=35, pattern=AGENCY_PATTERN)]


class CalendarShape(BaseModel):
    """One version. Imported ones say by whom; only approved and packaged ones decide."""

    calendar: str
    name: str
    version: str
    kind: Literal["base", "agencies"]
    state: Literal["packaged", "imported", "approved"]
    known_from: date | None = None
    known_until: date | None = None
    extends: str | None = None
    agencies: list[str] | None = None
    valid_from: date | None = None
    imported_by: str | None = None
    imported_at: datetime | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    differs: list[date] | None = Field(None, description="Days with other hours than now in force.")
    doubtful: list[date] | None = Field(None, description="Weekend days worked beside a holiday.")


class ReachShape(BaseModel):
    """Until when the base calendar is known, and until when it should be."""

    calendar: str
    known_until: date
    needed_until: date
    days_left: int
    short: bool


class CalendarList(BaseModel):
    """Every version, and whether the newest reaches far enough."""

    calendars: list[CalendarShape]
    reach: ReachShape


class CalendarDays(BaseModel):
    """The days of a year: working intervals in local time, and why a day differs."""

    calendar: str
    year: int
    days: list[dict[str, Any]]


class CalendarFile(BaseModel):
    """A reviewed calendar file."""

    model_config = ConfigDict(extra="forbid")

    document: str = Field(min_length=1, max_length=use.MOST_BYTES, description="TOML.")


class Moves(BaseModel):
    """The open deadlines that a version moves: how many, and the first of them."""

    moves: int
    later: int
    earlier: int
    transfers: int
    totals: int
    by_agency: dict[str, int]
    deadlines: list[dict[str, Any]]


class Application(BaseModel):
    """Which running clocks are to count by the version."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=3, max_length=500, pattern=LINE_PATTERN)
    all: bool = False
    agencies: list[_Agency] | None = Field(None, min_length=1, max_length=1000)
    transfers: list[UUID] | None = Field(None, min_length=1, max_length=10_000)
    dry_run: bool = Field(False, description="Freeze the lists, and wait for resume.")

    @model_validator(mode="after")
    def _some_or_all(self) -> Self:
        if self.all == bool(self.agencies or self.transfers):
            raise ValueError("say which: all, or else agencies or transfers")
        return self


class Applied(BaseModel):
    """The acts that move them, of at most 10,000 clocks each."""

    acts: list[ActShape]


@router.get(
    "",
    summary="List calendar versions",
    operation_id="listCalendars",
    responses={200: {"model": CalendarList}, **_COMMON},
)
async def list_calendars(_operator: Operator, state: State) -> Response:
    """Return packaged and imported versions, and how far the newest reaches."""
    services = state.services
    views = await use.list_calendars(services.pool, services.rulebook.calendars)
    reach = services.lookout.reach
    told = {
        "calendar": reach.calendar,
        "known_until": reach.known_until,
        "needed_until": reach.needed_until,
        "days_left": reach.days_left,
        "short": reach.is_short,
    }
    return as_json({"calendars": views, "reach": told})


@router.get(
    "/{calendar}/days/{year}",
    summary="Read a year",
    operation_id="getCalendarYear",
    responses={200: {"model": CalendarDays}, **_COMMON, **PROBLEMS(422)},
)
async def get_year(
    calendar: Annotated[str, Path(pattern=_NAME_PATTERN, examples=["vn"])],
    year: Annotated[int, Path(ge=1900, le=2199)],
    _operator: Operator,
    state: State,
) -> Response:
    """Return each known day of the year; without a version, of the newest."""
    services = state.services
    try:
        found = await use.find_calendar(services.pool, calendar, services.rulebook.calendars)
    except CalendarRefused as refused:
        raise _refused(refused) from refused
    days = use.days_of(found, year)
    return as_json({"calendar": found.pin, "year": year, "days": days})


@router.post(
    "",
    summary="Import a calendar file",
    operation_id="importCalendar",
    status_code=201,
    responses={201: {"model": CalendarShape}, **_COMMON, **PROBLEMS(422)},
)
async def import_calendar(file: CalendarFile, operator: Operator, state: State) -> Response:
    """Store a version, which decides nothing before it is approved."""
    services = state.services
    actor = f"operator:{operator.client_id}"
    try:
        view = await use.import_calendar(
            services.pool, file.document, actor, services.rulebook.calendars
        )
    except CalendarRefused as refused:
        raise _refused(refused) from refused
    log.info("calendar.imported", calendar=view["calendar"], by=actor)
    return as_json(view, status=201)


@router.post(
    "/{calendar}/approve",
    summary="Approve an imported version",
    operation_id="approveCalendar",
    responses={200: {"model": CalendarShape}, **_COMMON, **PROBLEMS(422)},
)
async def approve_calendar(calendar: _Calendar, operator: Operator, state: State) -> Response:
    """Let clocks count by it that start from now on; those that run keep theirs."""
    services = state.services
    actor = f"operator:{operator.client_id}"
    try:
        view = await use.approve_calendar(
            services.pool, calendar, actor, services.rulebook.calendars, services.clock.now()
        )
    except CalendarRefused as refused:
        raise _refused(refused) from refused
    await services.librarian.refresh()
    await services.lookout.look()
    log.info("calendar.approved", calendar=calendar, by=actor)
    return as_json(view)


@router.get(
    "/{calendar}/moves",
    summary="See which open deadlines a version moves",
    operation_id="listCalendarMoves",
    responses={200: {"model": Moves}, **_COMMON, **PROBLEMS(422)},
)
async def list_moves(
    calendar: _Calendar,
    _operator: Operator,
    state: State,
    agency: Annotated[str | None, Query(pattern=AGENCY_PATTERN, max_length=35)] = None,
    transfer: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
) -> Response:
    """Return both values of each; also of a version that is not approved yet."""
    services = state.services
    try:
        known = await use.calendars_with(services.pool, calendar, services.rulebook.calendars)
        moves = await recalendar.list_moves(
            services.pool,
            known,
            calendar,
            agencies=None if agency is None else [agency],
            transfers=None if transfer is None else [transfer],
        )
    except CalendarRefused as refused:
        raise _refused(refused) from refused
    shown = [move.view() for move in moves[:limit]]
    return as_json({**recalendar.summed_up(moves), "deadlines": shown})


@router.post(
    "/{calendar}/apply",
    summary="Apply a version to running clocks",
    operation_id="applyCalendar",
    status_code=202,
    responses={202: {"model": Applied}, **_COMMON, **PROBLEMS(422)},
)
async def apply_calendar(
    calendar: _Calendar, application: Application, operator: Operator, state: State
) -> Response:
    """Freeze the deadlines that move, then move them; what takes longer goes on by itself."""
    services = state.services
    try:
        calendars = services.rulebook.calendars
        actor = f"operator:{operator.client_id}"
        order = recalendar.ordered(actor, application.reason, calendar, calendars)
        moves = await recalendar.list_moves(
            services.pool,
            calendars,
            calendar,
            agencies=application.agencies,
            transfers=application.transfers,
        )
        acts = await recalendar.apply_moves(
            services.pool,
            state.runner,
            order,
            moves,
            dry_run=application.dry_run,
            seconds=RUN_SECONDS,
        )
    except (ActRefused, CalendarRefused) as refused:
        raise _refused(refused) from refused
    services.wake_dispatch()
    return as_json({"acts": acts}, status=202)


def _refused(error: ValueError) -> Refusal:
    return Refusal(problem(ProblemType.INVALID_VALUE, str(error)))
