"""Stuck (Ách tắc): work-queues by cause, what failed alike, and each thing of it; narrowed at will.

What is acted on goes through gateway/console/screens/orders.py. Lists are narrowed to the agencies
that their reader answers for, where they are read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any, Final, cast
from uuid import UUID

from fastapi import APIRouter, Request, Response

from gateway.api.state import ApiState, State
from gateway.api.stuck_places import read_place, write_place
from gateway.console.failure_words import Called, name_failure
from gateway.console.flashes import Flash
from gateway.console.forms import read_form
from gateway.console.navigation import screen_for
from gateway.console.pages import Page, PageMaker
from gateway.console.pulse import Pulse
from gateway.console.screens.orders import write_target
from gateway.console.stuck_query import (
    NOBODY,
    SPANS,
    StuckQuery,
    address,
    read_query,
    read_written,
    written,
)
from gateway.console.visitors import allowed
from gateway.operations.causes import Cause
from gateway.operations.kept import counted, grouped
from gateway.operations.situation import Situation
from gateway.operations.step_titles import procedure_title, step_title
from gateway.operations.stuck import (
    Asking,
    Stuck,
    StuckCount,
    StuckGroup,
    StuckGroups,
    group_items,
    page_of_stuck,
)
from gateway.operations.stuck_filter import BadFilter, StuckFilter, read_filter
from gateway.operations.stuck_views import drop_view, keep_view, list_views
from gateway.people.rights import Ability, may, reach
from gateway.people.signed_in import SignedIn
from gateway.reports.names import LEVELS
from schemas.wire import LINE_PATTERN

router = APIRouter(prefix="/console/stuck")

Seeing = Annotated[SignedIn, allowed(Ability.SEE_WORK)]

PER_PAGE: Final = 50
MOST_COUNTED: Final = 1_000
"""More than a person frees one by one: then it is "1.000+"."""
MOST_GROUPS: Final = 40
TONES: Final = {
    Cause.NO_ENDPOINT: "warn",
    Cause.SUSPENDED: "pause",
    Cause.DUE_SOON: "warn",
    Cause.LETTER_DUE: "warn",
    Cause.CALENDAR_MISSING: "warn",
}
CHIPS: Final = (
    "agency",
    "below",
    "level",
    "procedure",
    "failure",
    "text",
    "stuck_for",
    "time_left",
    "assigned",
)
OTHERS: Final = (
    "retry",
    "redirect",
    "pause",
    "resume",
    "extend",
    "return",
    "archive",
    "assign",
    "note",
)
"""What may be done to anything stuck, beside what its cause suggests."""


@dataclass(frozen=True, slots=True)
class Lists:
    """What the page shows of a question."""

    counts: Sequence[StuckCount] = ()
    groups: StuckGroups = field(default_factory=lambda: StuckGroups([], capped=False))
    items: Sequence[Stuck] = ()
    following: str | None = None


@router.get("")
async def show(request: Request, page: Page, who: Seeing, state: State) -> Response:
    """Show the causes with their counts, and of one of them the groups and the first items."""
    query = read_query(request.query_params.multi_items())
    now = state.services.clock.now()
    after = request.query_params.get("after")
    lists = Lists()
    if query.is_understood:
        try:
            look = cast(Pulse, request.app.state.pulse).kept()
            query, lists = await _look(state, who, query, now, after, look)
        except BadFilter:
            query = replace(query, is_understood=False)
    views = await list_views(state.services.pool, who.name)
    return _page(page, state, who, query, lists, now, views, is_first=after is None)


async def _look(
    state: ApiState,
    who: SignedIn,
    query: StuckQuery,
    now: datetime,
    after: str | None,
    look: Situation | None,
) -> tuple[StuckQuery, Lists]:
    pool, rulebook = state.services.pool, state.services.rulebook
    reached = reach(who, Ability.SEE_WORK)
    everywhere = Asking.of(rulebook, now, query.filter.of(), reached)
    counts = await counted(pool, everywhere, look, most=MOST_COUNTED)
    cause = query.cause or next((one.cause for one in counts if one.count), None)
    if cause is None:
        return query, Lists(counts)
    asking = replace(everywhere, filter=query.filter.of(cause))
    place = read_place(cause, after)
    items: list[Stuck] = []
    if query.filter.is_by_agency or any(one.count for one in counts if one.cause is cause):
        items = await page_of_stuck(pool, cause, asking, after=place, limit=PER_PAGE + 1)
    if after is None and len(items) <= PER_PAGE:
        groups = group_items(cause, asking.filter, items)
    else:
        groups = await grouped(pool, cause, asking, look, limit=MOST_GROUPS)
    following = write_place(cause, items[PER_PAGE - 1].place) if len(items) > PER_PAGE else None
    lists = Lists(counts, groups, items[:PER_PAGE], following)
    return replace(query, filter=asking.filter), lists


def _page(
    page: PageMaker,
    state: ApiState,
    who: SignedIn,
    query: StuckQuery,
    lists: Lists,
    now: datetime,
    views: Sequence[dict[str, Any]],
    *,
    is_first: bool,
) -> Response:
    wanted, cause = query.filter, query.cause
    rulebook = state.services.rulebook
    catalogue = rulebook.catalogue

    def named(code: str | None) -> str:
        return "" if code is None else rulebook.name_in_force(code, now)

    def stepped(one: Stuck) -> str:
        title = step_title(catalogue, one.step or "", one.procedure, one.version)
        return one.step or "" if title is None else title.of(page.language)

    def failed(one: Stuck | StuckGroup) -> Called:
        about = one.procedures if isinstance(one, StuckGroup) else (one.procedure or "",)
        version = None if isinstance(one, StuckGroup) else one.version
        return name_failure(page.words, catalogue, one.cause, one.failure or "", about, version)

    def titled(procedure: str) -> str:
        title = procedure_title(catalogue, procedure)
        return "" if title is None else title.of(page.language)

    suggested = list(cause.entry.acts) if cause else []
    return page.show(
        "stuck.html",
        title="stuck.title",
        screen="stuck",
        status=200 if query.is_understood else 400,
        query=query,
        wanted=wanted,
        cause=cause,
        entry=None if cause is None else cause.entry,
        words=_words_of(page),
        more=screen_for(cause, who) if cause else None,
        tones=TONES,
        lists=lists,
        causes=[
            (one, address(replace(wanted, causes=(one.cause,), failure=None)))
            for one in lists.counts
        ],
        groups=[(one, address(one.filter), written(one.filter)) for one in lists.groups.groups],
        chips=[
            (name, value, address(replace(wanted, **cleared)))
            for name, value, cleared in _chips(wanted)
        ],
        rows=[(one, write_target(one)) for one in lists.items],
        first_page=is_first,
        following=None if lists.following is None else address(wanted, after=lists.following),
        first=address(wanted),
        asked=written(wanted),
        levels=[
            (code, title[0] if page.language == "vi" else title[1])
            for code, title in LEVELS.items()
        ],
        spans=[(key, span) for key, span in SPANS.items()],
        views=[(one["id"], one["name"], _address_of(one["filter"])) for one in views],
        named=named,
        stepped=stepped,
        failed=failed,
        titled=titled,
        chip_failed=name_failure(page.words, catalogue, cause, wanted.failure or ""),
        now=now,
        suggested=suggested,
        others=[one for one in OTHERS if one not in suggested],
        may_act=may(who, Ability.ACT),
        me=who.name,
        nobody=NOBODY,
        csrf=who.csrf,
    )


def _chips(wanted: StuckFilter) -> list[tuple[str, Any, dict[str, Any]]]:
    """What narrows the lists, each with what takes it away."""
    found: list[tuple[str, Any, dict[str, Any]]] = []
    if wanted.agency is not None:
        found.append(
            ("below" if wanted.below else "agency", wanted.agency, {"agency": None, "below": False})
        )
    for name in ("level", "procedure", "failure", "text", "stuck_for", "time_left"):
        value = getattr(wanted, name)
        found += [(name, value, {name: None})] if value is not None else []
    if wanted.person is not None or wanted.unassigned:
        cleared = {"person": None, "unassigned": False}
        found.append(("assigned", wanted.person or NOBODY, cleared))
    return found


def _words_of(page: PageMaker) -> Any:
    """Return what chooses between the two languages that causes are written in."""
    vietnamese = page.language == "vi"
    return lambda vi, en: vi if vietnamese else en


def _address_of(kept: dict[str, Any]) -> str:
    try:
        return address(read_filter(kept))
    except BadFilter:
        return address(StuckFilter())


@router.post("/views")
async def keep(request: Request, page: Page, who: Seeing, state: State) -> Response:
    """Keep the question of the page under a name."""
    form = await read_form(request)
    query, name = read_written(form.one("query")), form.one("name")
    if not query.is_understood or not 0 < len(name) <= 60 or not re.fullmatch(LINE_PATTERN, name):
        return page.lead_to(address(query.filter), Flash("bad", "stuck.view.refused"))
    kept = await keep_view(state.services.pool, who.name, name, query.filter)
    flash = Flash("good", "stuck.view.kept") if kept else Flash("bad", "stuck.view.too-many")
    return page.lead_to(address(query.filter), flash)


@router.post("/views/{view}/drop")
async def drop(view: UUID, page: Page, who: Seeing, state: State) -> Response:
    """Forget a view."""
    await drop_view(state.services.pool, who.name, view)
    return page.lead_to("/console/stuck", Flash("good", "stuck.view.dropped"))
