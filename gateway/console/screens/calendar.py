"""Calendar (Lịch làm việc): the year as a picture, its versions, and what another would move.

A version decides nothing before somebody else than its importer approved it; a year that nobody
decided yet is shouted, with how many clocks wait for it. The calendar is everybody's; what it would
move is narrowed to what its reader answers for.
"""

import asyncio
import re
from typing import Annotated, Any, Final

from babel.dates import get_month_names
from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from gateway.api.state import ApiState, State
from gateway.console.flashes import Flash
from gateway.console.formats import ZONE
from gateway.console.forms import read_form
from gateway.console.pages import Crumb, Page, PageMaker
from gateway.console.visitors import HOME, allowed
from gateway.console.year import DayKind, months_of, special_days, years_of
from gateway.operations import calendars as use
from gateway.operations.calendars import CalendarRefused
from gateway.operations.causes import Cause
from gateway.operations.recalendar import Move, find_moves, summed_up
from gateway.operations.second_person import is_same_hand
from gateway.operations.step_titles import step_title
from gateway.operations.stuck import Asking, count_stuck
from gateway.operations.stuck_filter import StuckFilter
from gateway.people.rights import Ability, may_everywhere, reach
from gateway.people.signed_in import SignedIn
from gateway.pictures.words import day_words
from routing.legaltime import CalendarNotLoaded, WorkCalendar

CALENDAR: Final = HOME + "/calendar"
MOST_COUNTED: Final = 1_000
MOST_MOVES: Final = 2_000
"""So many moved deadlines are looked for, and so long: more than that is "at least"."""
_PATIENCE: Final = 5.0
_SHOWN: Final = 100
_PIN: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}(@\d{4}-\d{2}-\d{2}[a-z]?)?")
CERTAINTIES: Final = {
    "confirmed": "good",
    "secondary": "info",
    "computed": "info",
    "unverified": "warn",
    "ours": "quiet",
    "demo": "quiet",
}
STATES: Final = {"packaged": "quiet", "imported": "warn", "approved": "good"}
NOTES: Final = (
    "public_holiday",
    "substitute",
    "swapped_off",
    "local_day_off",
    "make_up",
    "half_day",
)

router = APIRouter(prefix=CALENDAR)

Seeing = Annotated[SignedIn, allowed(Ability.SEE_WORK)]
Preparing = Annotated[SignedIn, allowed(Ability.PREPARE_TABLES, everywhere=True)]
Approving = Annotated[SignedIn, allowed(Ability.APPROVE, everywhere=True)]


@router.get("")
async def show(request: Request, page: Page, state: State, who: Seeing) -> Response:
    """Show a year of the calendar that rules, or of another version."""
    return await _page(page, state, who, dict(request.query_params))


@router.post("/import")
async def import_(request: Request, page: Page, state: State, who: Preparing) -> Response:
    """Store a reviewed file as a version that waits for somebody else."""
    text = (await read_form(request)).one("document").replace("\r\n", "\n")
    services = state.services
    try:
        view = await use.import_calendar(
            services.pool, f"{text}\n", who.actor, services.rulebook.calendars
        )
    except CalendarRefused as refused:
        return await _page(page, state, who, {}, wrong=str(refused), document=text)
    pin = str(view["calendar"])
    return page.lead_to(f"{CALENDAR}?calendar={pin}", Flash("good", "calendar.imported"))


@router.post("/approve")
async def approve(request: Request, page: Page, state: State, who: Approving) -> Response:
    """Put a version into force that another person imported."""
    form, services = await read_form(request), state.services
    pin, reason = form.one("calendar"), " ".join(form.one("reason").split())[:500]
    back = f"{CALENDAR}?calendar={pin}" if _PIN.fullmatch(pin) else CALENDAR
    if not reason:
        return page.lead_to(back, Flash("bad", "approvals.refused.no-reason"))
    try:
        await use.approve_calendar(
            services.pool,
            pin,
            who.actor,
            services.rulebook.calendars,
            services.clock.now(),
            reason=reason,
        )
    except CalendarRefused as refused:
        return await _page(page, state, who, {"calendar": pin}, wrong=str(refused))
    await services.librarian.refresh()
    await services.lookout.look()
    return page.lead_to(back, Flash("good", "calendar.approved"))


@router.get("/moves")
async def show_moves(request: Request, page: Page, state: State, who: Seeing) -> Response:
    """Show which open deadlines a version would move, both values."""
    pin = request.query_params.get("calendar", "")
    services = state.services
    try:
        known = await use.calendars_with(services.pool, pin, services.rulebook.calendars)
        moves, is_whole = await _moves(state, who, known, pin)
    except (CalendarRefused, CalendarNotLoaded):
        raise HTTPException(404) from None
    book, now = services.rulebook, services.clock.now()

    def named(code: str | None) -> str:
        return "" if code is None else book.name_in_force(code, now) or code

    def titled(step: str) -> str:
        found = step_title(book.catalogue, step)
        return found.of(page.language) if found else step

    return page.show(
        "calendar_moves.html",
        title="calendar.moves",
        screen="calendar",
        trail=[Crumb(page.words("calendar.title"), CALENDAR)],
        pin=pin,
        moves=moves[:_SHOWN],
        summary=summed_up(moves),
        is_whole=is_whole,
        named=named,
        titled=titled,
    )


async def _moves(state: ApiState, who: SignedIn, known: Any, pin: str) -> tuple[list[Move], bool]:
    """Look for moved deadlines within a reader's reach; False if that was cut short."""
    reached = reach(who, Ability.SEE_WORK)
    agencies = None if reached is None else sorted(reached)
    found: list[Move] = []
    try:
        async with asyncio.timeout(_PATIENCE):
            async for move in find_moves(state.services.pool, known, pin, agencies=agencies):
                found.append(move)
                if len(found) >= MOST_MOVES:
                    return found, False
    except TimeoutError:
        return found, False
    return found, True


async def _page(
    page: PageMaker,
    state: ApiState,
    who: SignedIn,
    asked: dict[str, str],
    *,
    wrong: str = "",
    document: str = "",
) -> Response:
    services = state.services
    rulebook, now = services.rulebook, services.clock.now()
    today = now.astimezone(ZONE).date()
    shown = await _calendar(state, asked.get("calendar", rulebook.calendar.name))
    years = years_of(shown, today)
    year = int(asked["year"]) if asked.get("year", "").isdecimal() else today.year
    if year not in years:
        year = today.year
    months = months_of(shown, year, today)
    versions = await use.list_calendars(services.pool, rulebook.calendars)
    version = next((one for one in versions if one["calendar"] == asked.get("calendar")), None)
    return page.show(
        "calendar.html",
        title="calendar.title",
        screen="calendar",
        status=422 if wrong else 200,
        shown=shown,
        is_ruling=shown.pin == rulebook.calendar.pin,
        version=version,
        year=year,
        years=years,
        months=months,
        month_names=get_month_names("wide", context="stand-alone", locale=page.language),
        weekdays=[day_words(page.language, day, "").strip() for day in range(7)],
        lacking=sum(month.lacking for month in months),
        special=list(special_days(months)),
        versions=list(reversed(versions)),
        reach=services.lookout.reach,
        waiting=await _waiting(state, who),
        certainties=CERTAINTIES,
        states=STATES,
        kinds=list(DayKind),
        may_import=may_everywhere(who, Ability.PREPARE_TABLES),
        may_approve=may_everywhere(who, Ability.APPROVE),
        is_own=lambda one: is_same_hand(one["imported_by"], who.actor),
        wrong=wrong,
        document=document,
        csrf=who.csrf,
    )


async def _calendar(state: ApiState, name: str) -> WorkCalendar:
    if not _PIN.fullmatch(name):
        raise HTTPException(404)
    services = state.services
    try:
        return await use.find_calendar(services.pool, name, services.rulebook.calendars)
    except (CalendarRefused, CalendarNotLoaded):
        raise HTTPException(404) from None


async def _waiting(state: ApiState, who: SignedIn) -> Any:
    """Count the clocks that wait for days nobody decided yet, as far as a reader may see."""
    services = state.services
    asking = Asking.of(
        services.rulebook,
        services.clock.now(),
        StuckFilter(causes=(Cause.CALENDAR_MISSING,)),
        reach(who, Ability.SEE_WORK),
    )
    [count] = [
        one
        for one in await count_stuck(services.pool, asking, most=MOST_COUNTED)
        if one.cause is Cause.CALENDAR_MISSING
    ]
    return count
