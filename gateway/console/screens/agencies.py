"""Agencies (Cơ quan): the directory as a tree and as a map, each agency with how it stands.

Who exists is public, and anybody who may see work finds everybody here. How a connection is, what
waits for it and what it owes is shown of the agencies that a reader answers for, and of no others.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, cast

from fastapi import APIRouter, Path, Request, Response

from gateway.api.problems import refuse
from gateway.api.state import ApiState, State
from gateway.console.agency_map import Band, draw_map
from gateway.console.agency_query import (
    CONDITIONS,
    PATH,
    STATES,
    AgencyQuery,
    read_agency_query,
)
from gateway.console.agency_tree import SELF_TEST, AgencyTree, Grove, by_level
from gateway.console.failure_words import name_code
from gateway.console.paced import Paced
from gateway.console.pages import Page, PageMaker
from gateway.console.pulse import Pulse
from gateway.console.visitors import allowed
from gateway.joining.states import MemberState
from gateway.operations.agency_census import MOST_WAITING, Census
from gateway.operations.agency_standing import TROUBLE, WORST_FIRST, Condition
from gateway.operations.agency_work import MOST_TURNS, count_turns
from gateway.operations.causes import Cause
from gateway.people.rights import Ability, reach
from gateway.people.signed_in import SignedIn
from routing.directory import Agency
from schemas.identifiers import AGENCY_PATTERN
from schemas.problems import ProblemType

router = APIRouter(prefix=PATH)

Seeing = Annotated[SignedIn, allowed(Ability.SEE_WORK)]
Code = Annotated[str, Path(max_length=35, pattern=AGENCY_PATTERN)]

PER_PAGE: Final = 100
TONES: Final = {
    Condition.BREAKER_OPEN: "bad",
    Condition.FAILING: "bad",
    Condition.SILENT: "warn",
    Condition.SLOW: "warn",
    Condition.SHUT: "pause",
    Condition.WELL: "good",
    Condition.UNHEARD: "quiet",
    Condition.UNREACHED: "quiet",
}
STATE_TONES: Final = {
    MemberState.REGISTERED: "info",
    MemberState.TESTING: "info",
    MemberState.LIVE: "good",
    MemberState.SUSPENDED: "pause",
    MemberState.REMOVED: "quiet",
}
STRIP: Final = ("live", "trouble", "suspended", "ending", "waiting", "joining")
"""What is counted above the tree, in this order."""
_FIRST: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Overview:
    """How many of a reader's agencies stand in one way, and where they are listed."""

    name: str
    tone: str
    count: int
    path: str


@dataclass(frozen=True, slots=True)
class Room:
    """What every page of this screen is made from."""

    tree: AgencyTree
    census: Census
    reached: Collection[str] | None
    now: datetime
    """Legal time."""
    gone: Sequence[Agency] = ()
    """Who is no longer in force, and takes part or is owed something all the same."""

    @property
    def everybody(self) -> list[Agency]:
        return [*self.tree.agencies.values(), *self.gone]

    def sees(self, code: str) -> bool:
        """Whether the reader answers for an agency."""
        return self.reached is None or code in self.reached


@router.get("")
async def show(request: Request, page: Page, who: Seeing, state: State) -> Response:
    """Show the strip, and the tree, the map, or the list of what was asked for."""
    query = read_agency_query(request.query_params.multi_items())
    room = await look_around(request, state, who)
    if query.at and query.at not in room.tree.agencies:
        raise refuse(ProblemType.NOT_FOUND, "no agency in force has this code")
    found: dict[str, Any] = {"bands": None, "listed": None, "following": None}
    shown: Sequence[Agency] = ()
    if query.narrows:
        shown, found["following"] = _listed(query, room)
        found["listed"] = shown
    elif query.view == "map":
        found["bands"] = draw_map(room.tree, room.census, room.reached, query.at or None)
    else:
        shown = _opened(query, room)
    facts = await row_facts(request, state, page, room, shown)
    facts["legend"] = _legend(found["bands"] or ())
    if query.at:
        facts["opened"] = {*(one.code for one in room.tree.path(query.at)), query.at}
    return page.show(
        "agencies.html",
        title="agencies.title",
        screen="agencies",
        query=query,
        strip=_strip(room),
        ways={
            "tree": AgencyQuery(at=query.at).address,
            "map": AgencyQuery(at=query.at, view="map").address,
        },
        connectors=[
            ("", page.words("agencies.any")),
            *((one, connector_word(page, one)) for one in _connectors(room)),
        ],
        states=_choices(page, STATES, "agency.state."),
        conditions=_choices(page, CONDITIONS, "agency.condition."),
        roots=room.tree.roots,
        **found,
        facts=facts,
    )


@router.get("/branch/{code}")
async def branch(request: Request, code: Code, page: Page, who: Seeing, state: State) -> Response:
    """Show who is directly below an agency, for the place where its branch was opened."""
    room = await look_around(request, state, who)
    if code not in room.tree.agencies:
        raise refuse(ProblemType.NOT_FOUND, "no agency in force has this code")
    below = room.tree.below(code)
    return page.part(
        "parts/agency_branch.html",
        code=code,
        facts=await row_facts(request, state, page, room, below),
    )


async def look_around(request: Request, state: ApiState, who: SignedIn) -> Room:
    """Return the tree that rules now, the last census, and how far the reader may see into it."""
    services = state.services
    now = services.clock.now()
    census = await census_of(request).latest()
    directory = services.rulebook.directory
    tree = cast(Grove, request.app.state.grove).tree(directory, now)
    unlisted = (directory.history(code) for code in census.standings if code not in tree.agencies)
    gone = sorted(
        (rows[-1] for rows in unlisted if rows and rows[-1].level != SELF_TEST),
        key=lambda one: one.code,
    )
    return Room(tree, census, reach(who, Ability.SEE_WORK), now, gone)


def census_of(request: Request) -> Paced[Census]:
    """Return what keeps this process's census."""
    return cast(Paced[Census], request.app.state.census)


async def count_trouble(request: Request, state: ApiState, who: SignedIn) -> int:
    """Return how many connections within reach need a look, as the strip of this screen counts."""
    room = await look_around(request, state, who)
    query, gone = AgencyQuery(condition="trouble"), {one.code for one in room.gone}
    return sum(
        1
        for code in room.census.standings
        if room.sees(code)
        and (code in room.tree.agencies or code in gone)
        and query.fits(code, room.census)
    )


def pulse_of(request: Request) -> Pulse:
    """Return what looks at everything that is stuck."""
    return cast(Pulse, request.app.state.pulse)


async def overdue_by_agency(request: Request) -> dict[str, int]:
    """Return how many turns are past their deadline at each agency, as the first screen counts."""
    tallies = (await pulse_of(request).latest()).situation.tallies
    found: dict[str, int] = {}
    for one in tallies:
        if one.cause is Cause.OVERDUE and one.within is not None:
            found[one.within] = found.get(one.within, 0) + one.count
    return found


async def row_facts(
    request: Request, state: ApiState, page: PageMaker, room: Room, shown: Sequence[Agency]
) -> dict[str, Any]:
    """Return what the rows of these agencies say."""
    seen = [one.code for one in shown if room.sees(one.code)]
    return {
        "room": room,
        "tree": room.tree,
        "census": room.census,
        "turns": await count_turns(state.services.pool, seen),
        "overdue": await overdue_by_agency(request) if seen else {},
        "most_turns": MOST_TURNS,
        "most_waiting": MOST_WAITING,
        "by_level": by_level,
        "level": lambda level: level_word(page, level),
        "connector": lambda name: connector_word(page, name),
        "failed": lambda code: name_code(page.words, code),
        "tones": TONES,
        "state_tones": STATE_TONES,
        "opened": frozenset(),
        "trouble_in": lambda code: _trouble_in(room, code),
    }


def level_word(page: PageMaker, level: str) -> str:
    """Return what a level is called; one that is new in the data, by its own word."""
    id_ = f"agency.level.{level}"
    return page.words(id_) if id_ in page.words else level


def connector_word(page: PageMaker, connector: str | None) -> str:
    """Return what a connector is called; one of a partner's own, by its name."""
    id_ = f"agency.connector.{connector}"
    return page.words(id_) if id_ in page.words else connector or "—"


def _opened(query: AgencyQuery, room: Room) -> list[Agency]:
    """Return the agencies of every branch that stands open in the page."""
    found = [one for one in room.tree.roots if not room.tree.below(one.code)]
    found += [one for one in room.gone if room.sees(one.code)]
    if query.at:
        for one in (*room.tree.path(query.at), room.tree.agencies[query.at]):
            found += room.tree.below(one.code)
    return found


def _listed(query: AgencyQuery, room: Room) -> tuple[list[Agency], str | None]:
    """Return the page of what fits, and what the next one follows.

    In code order; of those whose credentials end, the first to end first.
    """
    found = room.tree.search(query.text) if query.text else room.everybody
    if query.narrows_by_standing:
        found = [one for one in found if room.sees(one.code) and query.fits(one.code, room.census)]

    def place(code: str) -> tuple[datetime, str]:
        ends_at = room.census.of(code).ends_at if query.ending else None
        return ends_at or _FIRST, code

    found = sorted(
        (one for one in found if not query.after or place(one.code) > place(query.after)),
        key=lambda one: place(one.code),
    )
    following = query.following(found[PER_PAGE - 1].code) if len(found) > PER_PAGE else None
    return found[:PER_PAGE], following


def _connectors(room: Room) -> list[str]:
    names = {one.connector for code, one in room.census.standings.items() if room.sees(code)}
    return sorted(one for one in names if one)


def _choices(page: PageMaker, values: Iterable[str], id_: str) -> list[tuple[str, str]]:
    said = [(one, page.words(f"{id_}{one}")) for one in values]
    return [("", page.words("agencies.any")), *said]


def _legend(bands: Iterable[Band]) -> list[tuple[str, int]]:
    """Count the cells of each condition, the worst first, and those beyond the reader's reach."""
    counts = Counter(one.condition or "beyond" for band in bands for one in band.cells)
    return [(how, counts[how]) for how in (*WORST_FIRST, "beyond") if counts[how]]


def _strip(room: Room) -> list[Overview]:
    asked = {
        "live": AgencyQuery(state=MemberState.LIVE),
        "trouble": AgencyQuery(condition="trouble"),
        "suspended": AgencyQuery(state=MemberState.SUSPENDED),
        "ending": AgencyQuery(ending=True),
        "waiting": AgencyQuery(waiting=True),
        "joining": AgencyQuery(state=MemberState.TESTING),
    }
    tones = {"live": "good", "trouble": "bad", "suspended": "pause", "ending": "warn"}
    seen = [one.code for one in room.everybody if room.sees(one.code)]
    found = []
    for name in STRIP:
        count = sum(1 for code in seen if asked[name].fits(code, room.census))
        tone = tones.get(name, "info") if count else "quiet"
        found.append(Overview(name, tone, count, asked[name].address))
    return found


def _trouble_in(room: Room, code: str) -> int:
    """Count whose connection needs a look, of an agency and everybody below it."""
    return sum(
        1
        for one in (code, *(below.code for below in room.tree.everybody_below(code)))
        if room.sees(one)
        and room.census.of(one).takes_part
        and room.census.condition(one) in TROUBLE
    )
