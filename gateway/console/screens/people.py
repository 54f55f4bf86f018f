"""Users (Người dùng): who may sign in, as what; added, changed and switched off by administrators.

An address names an account by its id, never by its name. Each act asks why, and is in the audit.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from gateway.api.state import ApiState, State
from gateway.console.flashes import Flash
from gateway.console.forms import Form, read_form
from gateway.console.pages import Crumb, Page, PageMaker
from gateway.console.visitors import HOME, allowed
from gateway.people import accounts as use
from gateway.people.accounts import ByPerson, PersonRefused, by_person
from gateway.people.linked import bind, unbind
from gateway.people.rights import Ability, Grant, NotAGrant, Role, read_grant
from gateway.people.roster import PeoplePage, find_person, page_of_people
from gateway.people.second_factor import remove_factor
from gateway.people.signed_in import SignedIn
from gateway.store.pool import Pool

PEOPLE = HOME + "/people"
PER_PAGE: Final = 50
MOST_ASKED: Final = 100

router = APIRouter(prefix=PEOPLE)

Managing = Annotated[SignedIn, allowed(Ability.MANAGE_PEOPLE)]
_Act = Callable[[Pool, str, ByPerson], Awaitable[None]]

_ACTS: dict[str, _Act] = {
    "disable": use.disable_person,
    "enable": use.enable_person,
    "unlock": use.unlock_person,
    "remove-factor": remove_factor,
    "unbind": unbind,
}


@router.get("")
async def show_all(page: Page, state: State, who: Managing, after: UUID | None = None) -> Response:
    """List whom the administrator has a say over, and themselves, page by page."""
    found = await page_of_people(state.services.pool, who, after=after, limit=PER_PAGE)
    return _list(page, state, found, is_first=after is None)


@router.post("/find")
async def find(request: Request, page: Page, state: State, who: Managing) -> Response:
    """List those whose name or sign-in name has a text in it; names stand in no address."""
    text = " ".join((await read_form(request)).one("text").split())[:MOST_ASKED]
    found = await page_of_people(state.services.pool, who, text=text, limit=PER_PAGE)
    return _list(page, state, found, text=text)


@router.get("/new")
async def ask_new(page: Page, who: Managing) -> Response:
    """Show the form for somebody new."""
    return _new(page, Form())


@router.post("/new")
async def add(request: Request, page: Page, state: State, who: Managing) -> Response:
    """Add somebody, and show their first password this once."""
    form = await read_form(request)
    try:
        grant = _grant(state, form)
        made = await use.add_person(
            state.services.pool,
            form.one("name"),
            form.one("called"),
            [grant],
            by_person(who, _reason(form)),
            secrets=state.secrets,
        )
    except PersonRefused as refused:
        return _new(page, form, page.words(f"people.refused.{refused.word}"))
    return _password(page, made)


@router.get("/{person}")
async def show(page: Page, state: State, who: Managing, person: UUID) -> Response:
    """Show one account with what may be done about it."""
    return _one(page, state, who, await _found(state, who, person))


@router.post("/{person}/roles")
async def set_roles(
    request: Request, page: Page, state: State, who: Managing, person: UUID
) -> Response:
    """Give the roles that stay checked, and one more if one was chosen."""
    found, form = await _found(state, who, person), await read_form(request)
    try:
        grants = [read_grant(one) for one in form.all("keep")]
        if form.one("role"):
            grants.append(_grant(state, form))
        by = by_person(who, _reason(form))
        await use.set_roles(state.services.pool, found["name"], grants, by)
    except NotAGrant:
        raise HTTPException(400) from None
    except PersonRefused as refused:
        return _one(page, state, who, found, page.words(f"people.refused.{refused.word}"))
    return page.lead_to(f"{PEOPLE}/{person}", Flash("good", "people.saved"))


@router.post("/{person}/password")
async def reset_password(
    request: Request, page: Page, state: State, who: Managing, person: UUID
) -> Response:
    """Make another first password, and show it this once."""
    found, form = await _found(state, who, person), await read_form(request)
    try:
        by = by_person(who, _reason(form))
        made = await use.reset_password(
            state.services.pool, found["name"], by, secrets=state.secrets
        )
    except PersonRefused as refused:
        return _one(page, state, who, found, page.words(f"people.refused.{refused.word}"))
    return _password(page, made)


@router.post("/{person}/bind")
async def bind_to_provider(
    request: Request, page: Page, state: State, who: Managing, person: UUID
) -> Response:
    """Say whom the province's identity provider means by a subject."""
    found, form = await _found(state, who, person), await read_form(request)
    doors = state.provider_doors
    if doors is None:
        raise HTTPException(404)
    try:
        by = by_person(who, _reason(form))
        await bind(
            state.services.pool,
            found["name"],
            doors.issuer,
            form.one("subject"),
            by,
            follows_groups=form.one("follows") == "1",
        )
    except PersonRefused as refused:
        return _one(page, state, who, found, page.words(f"people.refused.{refused.word}"))
    return page.lead_to(f"{PEOPLE}/{person}", Flash("good", "people.saved"))


@router.post("/{person}/{act}")
async def act_on(
    request: Request, page: Page, state: State, who: Managing, person: UUID, act: str
) -> Response:
    """Switch somebody off or on, let them try again, take their second factor off."""
    if act not in _ACTS:
        raise HTTPException(404)
    found, form = await _found(state, who, person), await read_form(request)
    try:
        await _ACTS[act](state.services.pool, found["name"], by_person(who, _reason(form)))
    except PersonRefused as refused:
        return _one(page, state, who, found, page.words(f"people.refused.{refused.word}"))
    return page.lead_to(f"{PEOPLE}/{person}", Flash("good", "people.saved"))


async def _found(state: ApiState, who: SignedIn, person: UUID) -> dict[str, Any]:
    """Return an account that somebody has a say over; to others it does not exist."""
    found = await find_person(state.services.pool, who, person)
    if found is None:
        raise HTTPException(404)
    return found


def _list(
    page: PageMaker, state: ApiState, found: PeoplePage, *, text: str = "", is_first: bool = True
) -> Response:
    return page.show(
        "people.html",
        title="people.title",
        screen="people",
        people=found.people,
        following=found.following,
        is_first=is_first,
        text=text,
        places=_places(state, *found.people),
        most_asked=MOST_ASKED,
    )


def _grant(state: ApiState, form: Form) -> Grant:
    try:
        role, scope = Role(form.one("role")), form.one("scope").upper()
    except ValueError:
        raise PersonRefused("no-role", "name a role") from None
    if not scope:
        return Grant(role)
    known = state.services.rulebook.directory.resolve(scope)
    if known is None:
        raise PersonRefused("no-agency", "the directory has no such agency")
    return Grant(role, known)


def _reason(form: Form) -> str:
    reason = " ".join(form.one("reason").split())
    if not reason:
        raise PersonRefused("no-reason", "an act needs a reason")
    return reason[:500]


def _new(page: PageMaker, form: Form, wrong: str = "") -> Response:
    return page.show(
        "person_new.html",
        title="people.add",
        screen="people",
        trail=[Crumb(page.words("people.title"), PEOPLE)],
        status=422 if wrong else 200,
        given=dict(form.fields),
        roles=_roles(page),
        wrong=wrong,
    )


def _one(
    page: PageMaker, state: ApiState, who: SignedIn, found: dict[str, Any], wrong: str = ""
) -> Response:
    doors = state.provider_doors
    return page.show(
        "person.html",
        title="people.one",
        screen="people",
        trail=[Crumb(page.words("people.title"), PEOPLE)],
        status=422 if wrong else 200,
        person=found,
        places=_places(state, found),
        is_self=found["id"] == who.person,
        provider=doors.rules.called or page.words("provider.called") if doors else "",
        roles=_roles(page),
        wrong=wrong,
    )


def _places(state: ApiState, *people: dict[str, Any]) -> dict[str, str]:
    """Return what the agencies are called that somebody's roles are scoped to."""
    rulebook, now = state.services.rulebook, state.services.clock.now()
    scopes = {role.partition("@")[2] for one in people for role in one["roles"]} - {""}
    return {scope: rulebook.name_of(scope, now) for scope in scopes}


def _password(page: PageMaker, made: use.NewPerson) -> Response:
    return page.show(
        "person_password.html",
        title="people.password",
        screen="people",
        trail=[Crumb(page.words("people.title"), PEOPLE)],
        made=made,
    )


def _roles(page: PageMaker) -> list[tuple[str, str]]:
    return [("", "—"), *((role.value, page.words(f"role.{role}")) for role in Role)]
