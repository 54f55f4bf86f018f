"""One agency: who it is, how it is reached and how that goes, what it owes and is owed.

Who may run its connection tests, probes, switches, suspends and resumes it from here; each act is
in the audit. Whose reach ends elsewhere reads what the directory says of it, and no more.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Path, Request, Response

from gateway.api.problems import refuse
from gateway.api.state import ApiState, State
from gateway.console.agency_query import PATH
from gateway.console.failure_words import name_code
from gateway.console.flashes import Flash
from gateway.console.forms import read_form
from gateway.console.pages import Crumb, Page, PageMaker
from gateway.console.screens.agencies import (
    STATE_TONES,
    TONES,
    Code,
    Room,
    Seeing,
    census_of,
    connector_word,
    level_word,
    look_around,
    pulse_of,
)
from gateway.console.visitors import NotAllowed, Watching, allowed
from gateway.joining import members, trying, ways
from gateway.joining.showing import show as show_member
from gateway.joining.states import JoiningRefused, MemberState, NoSuchMember
from gateway.joining.suspensions import find_suspension
from gateway.joining.trying import awaited_until
from gateway.operations.agency_census import MOST_WAITING
from gateway.operations.agency_work import MOST_COUNTED, AgencyWork, Turn, show_work
from gateway.operations.audit import By
from gateway.operations.outages import list_outages
from gateway.operations.situation import CauseNow
from gateway.operations.step_titles import Title, step_title
from gateway.people.rights import Ability, may
from gateway.people.signed_in import SignedIn
from gateway.store.pool import Pool
from routing.directory import Agency
from schemas.identifiers import AGENCY_REF_PATTERN
from schemas.problems import ProblemType

router = APIRouter(prefix=PATH)

Running = Annotated[SignedIn, allowed(Ability.RUN_AGENCIES)]
Reference = Annotated[str, Path(max_length=35, pattern=AGENCY_REF_PATTERN)]

DEEDS: Final = ("suspend", "resume", "off", "on")
"""What asks why before it is done."""
OPEN_TURNS: Final = ("dispatching", "delivered", "received", "paused", "refused")
MOST_UNITS: Final = 12
LONGEST_REASON: Final = 500

_Deed = Callable[[Pool, str, By], Awaitable[Any]]


async def _off(pool: Pool, code: str, by: By) -> Any:
    return await ways.switch_endpoint(pool, code, by, enabled=False)


async def _on(pool: Pool, code: str, by: By) -> Any:
    return await ways.switch_endpoint(pool, code, by, enabled=True)


_DO: Final[dict[str, _Deed]] = {
    "suspend": members.suspend,
    "resume": members.resume,
    "off": _off,
    "on": _on,
}


@router.get("/{code}")
async def show(
    request: Request, code: Reference, page: Page, who: Seeing, state: State
) -> Response:
    """Show an agency by its code or any of its aliases."""
    services = state.services
    room = await look_around(request, state, who)
    canonical = services.rulebook.directory.resolve(code, room.now)
    if canonical is None:
        raise refuse(ProblemType.NOT_FOUND, "no agency has this code or alias")
    if canonical != code:
        return page.lead_to(f"{PATH}/{canonical}")
    history = services.rulebook.directory.history(code)
    agency = room.tree.agencies.get(code) or history[-1]
    sees = room.sees(code)
    return page.show(
        "agency.html",
        title="agency.title",
        screen="agencies",
        trail=_trail(page, room, agency),
        agency=agency,
        history=history,
        in_force=agency.in_force(room.now),
        below=room.tree.size(code),
        level=level_word(page, agency.level),
        roles=[role_word(page, role) for role in agency.roles],
        connector=lambda name: connector_word(page, name),
        units=_units(state, agency, room.now),
        most_units=MOST_UNITS,
        named=lambda one: services.rulebook.name_of(one, room.now),
        sees=sees,
        **(await _standing(request, state, page, who, room, agency) if sees else {}),
    )


@router.get("/{code}/test")
async def show_test(code: Code, page: Page, who: Watching, state: State) -> Response:
    """Show what has become of the last test message, for the place where it is waited for."""
    if not may(who, Ability.SEE_WORK, [code]):
        raise NotAllowed(Ability.SEE_WORK)
    view = await member_of(state, code)
    return page.part("parts/agency_test.html", **_test_facts(page, who, state, code, view))


@router.post("/{code}/test")
async def send_test(
    code: Code, request: Request, page: Page, who: Running, state: State
) -> Response:
    """Send a test message by the agency's own connector; the page tells what becomes of it."""
    reaches(who, code)
    services = state.services
    view = await member_of(state, code)
    if _test_facts(page, who, state, code, view)["test_waits"]:
        return page.lead_to(f"{PATH}/{code}#test", Flash("info", "agency.test.under-way"))
    try:
        await trying.send_test(services.pool, code, By(who.actor), now=services.clock.now())
    except JoiningRefused:
        return _refused(page, code)
    await see_change(request, state)
    services.wake_dispatch()
    state.bell.ring()
    return page.lead_to(f"{PATH}/{code}#test")


@router.post("/{code}/probe")
async def probe(code: Code, request: Request, page: Page, who: Running, state: State) -> Response:
    """Let the next delivery find out now whether an agency is back."""
    reaches(who, code)
    try:
        await ways.probe(state.services.pool, code, By(who.actor))
    except JoiningRefused:
        return _refused(page, code)
    await see_change(request, state)
    state.services.wake_dispatch()
    return page.lead_to(f"{PATH}/{code}", Flash("good", "agency.done.probe"))


@router.get("/{code}/{deed}")
async def ask(
    request: Request,
    code: Code,
    deed: Literal["suspend", "resume", "off", "on"],
    page: Page,
    who: Running,
    state: State,
) -> Response:
    """Say what an act will do, and ask why."""
    return await _ask(request, code, deed, page, who, state)


@router.post("/{code}/{deed}")
async def do(
    request: Request,
    code: Code,
    deed: Literal["suspend", "resume", "off", "on"],
    page: Page,
    who: Running,
    state: State,
) -> Response:
    """Suspend or resume an agency, switch its endpoint off or on."""
    reaches(who, code)
    reason = reason_of((await read_form(request)).one("reason"))
    if reason is None:
        return await _ask(request, code, deed, page, who, state, wrong=True)
    try:
        await _DO[deed](state.services.pool, code, By(who.actor, reason))
    except JoiningRefused:
        return _refused(page, code)
    await see_change(request, state)
    named = {
        "name": state.services.rulebook.name_of(code, state.services.clock.now()),
        "code": code,
    }
    return page.lead_to(f"{PATH}/{code}", Flash("good", f"agency.done.{deed}", named))


async def _ask(
    request: Request,
    code: str,
    deed: str,
    page: PageMaker,
    who: SignedIn,
    state: ApiState,
    *,
    wrong: bool = False,
) -> Response:
    reaches(who, code)
    room = await look_around(request, state, who)
    work = await show_work(state.services.pool, code, now=room.now)
    name = state.services.rulebook.name_of(code, room.now)
    return page.show(
        "agency_deed.html",
        title=f"agency.deed.{deed}",
        screen="agencies",
        status=422 if wrong else 200,
        trail=[Crumb(page.words("agencies.title"), PATH), Crumb(name, f"{PATH}/{code}")],
        code=code,
        name=name,
        deed=deed,
        work=work,
        most=MOST_COUNTED,
        wrong=wrong,
        longest=LONGEST_REASON,
    )


def reason_of(written: str) -> str | None:
    """Return why, on one line; None if nothing was said, or too much."""
    reason = " ".join(written.split())
    return reason if 0 < len(reason) <= LONGEST_REASON and reason.isprintable() else None


async def see_change(request: Request, state: ApiState) -> None:
    """Let what was changed hold in this process, and be seen on the next page."""
    await state.services.endpoints.refresh()
    await state.services.roster.refresh()
    state.clients.forget()
    census_of(request).forget()


def reaches(who: SignedIn, code: str) -> None:
    """Turn away who may not run an agency's connection."""
    if not may(who, Ability.RUN_AGENCIES, [code]):
        raise NotAllowed(Ability.RUN_AGENCIES)


def _refused(page: PageMaker, code: str) -> Response:
    return page.lead_to(f"{PATH}/{code}", Flash("bad", "agency.refused"))


async def _standing(
    request: Request,
    state: ApiState,
    page: PageMaker,
    who: SignedIn,
    room: Room,
    agency: Agency,
) -> dict[str, Any]:
    """Return what is shown to who answers for an agency."""
    services, code = state.services, agency.code
    rulebook = services.rulebook
    view = await member_of(state, code)
    beat = await pulse_of(request).latest()
    causes: list[CauseNow] = beat.situation.by_cause({code})
    work: AgencyWork = await show_work(services.pool, code, now=room.now)
    titles = {
        (one.procedure, one.version, one.step): step_title(
            rulebook.catalogue, one.step, one.procedure, one.version
        )
        for one in work.soonest
    }
    may_run = may(who, Ability.RUN_AGENCIES, [code])
    return {
        "one": room.census.of(code),
        "at": room.census.at,
        "now": room.now,
        "machine_now": datetime.now(UTC),
        "one_second": timedelta(seconds=1),
        "tones": TONES,
        "state_tones": STATE_TONES,
        "member": view,
        "address": _address(view, who, code),
        "work": work,
        "most": MOST_COUNTED,
        "most_waiting": MOST_WAITING,
        "titled": lambda turn: _titled(page, titles[turn.procedure, turn.version, turn.step], turn),
        "open_turns": OPEN_TURNS,
        "causes": causes,
        "vi": page.language == "vi",
        "outages": await list_outages(
            services.pool, now=room.now, policies=rulebook.policies, agency=code, limit=5
        ),
        "deeds": deeds_of(view) if may_run else [],
        "suspended": await find_suspension(services.pool, code)
        if view and view["state"] == MemberState.SUSPENDED
        else None,
        **_test_facts(page, who, state, code, view),
        "may_admit": may(who, Ability.ADMIT_AGENCIES, [code]),
    }


def deeds_of(view: dict[str, Any] | None) -> list[str]:
    """Return which acts are possible as a member stands."""
    if view is None or view["state"] == MemberState.REMOVED:
        return []
    if view["state"] == MemberState.SUSPENDED:
        return ["resume"]
    endpoint = view["endpoint"]
    switch = [] if endpoint is None else ["off" if endpoint["enabled"] else "on"]
    return ["suspend", *switch]


def _test_facts(
    page: PageMaker, who: SignedIn, state: ApiState, code: str, view: dict[str, Any] | None
) -> dict[str, Any]:
    """Return what is told of the last test message: what became of it, or how long it is awaited.

    It waits until its time limit; what has not arrived by then may be sent once more.
    """
    test = view["test"] if view else None
    endpoint = view["endpoint"] if view else None
    connector = endpoint["connector"] if endpoint else None
    is_open = test is not None and test["state"] == "pending"
    until = awaited_until(test, connector) if test and is_open else None
    waits = until is not None and state.services.clock.now() < until
    why = "agency.test.why.unsent"
    if connector == "mailbox":
        why = "agency.test.why.mailbox"
    elif endpoint and endpoint["breaker"] != "closed":
        why = "agency.test.why.breaker"
    return {
        "code": code,
        "csrf": who.csrf,
        "test": test,
        "test_waits": waits,
        "test_given_up": is_open and not waits,
        "test_until": until,
        "test_why": why,
        "member": view,
        "failed": lambda failure: name_code(page.words, failure),
        "may_run": may(who, Ability.RUN_AGENCIES, [code]),
        "may_test": may(who, Ability.RUN_AGENCIES, [code]) and _may_test(view),
    }


def _may_test(view: dict[str, Any] | None) -> bool:
    return (
        view is not None
        and view["state"] not in (MemberState.REMOVED, MemberState.SUSPENDED)
        and view["kept"]
        and view["endpoint"] is not None
        and view["endpoint"]["enabled"]
    )


async def member_of(state: ApiState, code: str) -> dict[str, Any] | None:
    """Return everything about a member but its secrets; None for who takes no part."""
    services = state.services
    try:
        return await show_member(
            services.pool,
            code,
            directory=services.rulebook.directory,
            now=services.clock.now(),
        )
    except NoSuchMember:
        return None


def _address(view: dict[str, Any] | None, who: SignedIn, code: str) -> str | None:
    """Return where its system is: the host; for who admits agencies with the mark of the rest."""
    address: str | None = view["endpoint"]["address"] if view and view["endpoint"] else None
    if address is None or may(who, Ability.ADMIT_AGENCIES, [code]):
        return address
    return urlsplit(address.partition(" ")[0]).hostname


def role_word(page: PageMaker, role: str) -> str:
    """Return what a role is called, as procedures name it; one without a word by its code."""
    id_ = f"competence.{role}"
    return page.words(id_) if id_ in page.words else role


def _trail(page: PageMaker, room: Room, agency: Agency) -> list[Crumb]:
    above = [Crumb(one.name, f"{PATH}/{one.code}") for one in room.tree.path(agency.code)]
    return [Crumb(page.words("agencies.title"), PATH), *above]


def _units(state: ApiState, agency: Agency, now: datetime) -> list[tuple[str, str]]:
    units = state.services.rulebook.units
    found = []
    for code in agency.jurisdiction:
        versions = units.versions(code)
        named = next((one for one in versions if one.in_force(now)), None)
        named = named or (versions[-1] if versions else None)
        found.append((code, named.name if named else code))
    return found


def _titled(page: PageMaker, title: Title | None, turn: Turn) -> str:
    return turn.step if title is None else title.of(page.language)
