"""One's own account (Tài khoản của tôi): password, second factor, language, open sessions."""

from typing import Annotated

import segno
from fastapi import APIRouter, Depends, Request, Response

from gateway.api.state import State
from gateway.console.flashes import Flash
from gateway.console.forms import read_form
from gateway.console.pages import Page
from gateway.console.visitors import HOME, Visitor, WhoOwes, address_of
from gateway.people import own_account as use
from gateway.people.passwords import LONGEST, SHORTEST
from gateway.people.second_factor import Begun, Confirmed, WrongCode
from gateway.people.signed_in import Owed, SignedIn
from gateway.people.signing_in import TooManyTries

ACCOUNT = HOME + "/account"

router = APIRouter(prefix=ACCOUNT)

_OwesPassword = Annotated[SignedIn, Depends(WhoOwes(Owed.PASSWORD))]
_OwesFactor = Annotated[SignedIn, Depends(WhoOwes(Owed.FACTOR))]


@router.get("")
async def show(page: Page, state: State, who: Visitor) -> Response:
    """Show who one is here, as what, and where one is signed in."""
    sessions = await use.list_sessions(state.services.pool, state.sessions, who)
    rulebook, now = state.services.rulebook, state.services.clock.now()
    places = {one.scope: rulebook.name_of(one.scope, now) for one in who.grants if one.scope}
    return page.show("account.html", title="account.title", sessions=sessions, places=places)


@router.post("/language")
async def choose_language(request: Request, page: Page, state: State, who: Visitor) -> Response:
    """Keep the language for every browser that has not chosen one."""
    form = await read_form(request)
    await use.choose_language(state.services.pool, state.sessions, who, form.one("language"))
    return page.lead_to(ACCOUNT, Flash("good", "account.saved"))


@router.post("/sessions/end")
async def end_others(page: Page, state: State, who: Visitor) -> Response:
    """Sign out everywhere else."""
    ended = await use.end_other_sessions(state.services.pool, state.sessions, who)
    return page.lead_to(ACCOUNT, Flash("good", "account.ended", {"n": ended}))


@router.get("/password")
async def ask_password(page: Page, who: _OwesPassword) -> Response:
    """Show the form."""
    return _password(page, who)


@router.post("/password")
async def change_password(
    request: Request, page: Page, state: State, who: _OwesPassword
) -> Response:
    """Take the password that somebody chose, or say what speaks against it."""
    fields = dict((await read_form(request)).fields)
    wanted = fields.get("wanted", "")
    if wanted != fields.get("again", ""):
        return _password(page, who, again=page.words("password.not-the-same"))
    match await use.change_password(
        state.services.pool,
        state.secrets,
        state.sessions,
        who,
        present=fields.get("present", ""),
        wanted=wanted,
        address=address_of(request),
    ):
        case use.Changed():
            return page.lead_to(HOME if who.owed else ACCOUNT, Flash("good", "password.changed"))
        case use.NotTaken(fault=None):
            return _password(page, who, wanted=page.words("password.the-same"))
        case use.NotTaken(fault=fault):
            told = page.words(f"password.{fault}", least=SHORTEST, most=LONGEST)
            return _password(page, who, wanted=told)
        case use.NotTheirs():
            return _password(page, who, present=page.words("password.not-theirs"))
        case TooManyTries() as waits:
            told = page.words("sign-in.wait", n=waits.minutes)
            return _password(page, who, present=told)


@router.get("/second-factor")
async def ask_factor(page: Page, who: _OwesFactor) -> Response:
    """Say what it is for, and whether one has it."""
    return page.show("second_factor.html", title="factor.title", must=who.owed is not None)


@router.post("/second-factor")
async def begin_factor(page: Page, state: State, who: _OwesFactor) -> Response:
    """Show the code to scan."""
    begun = await state.second_factors.begin(who)
    if begun is None:
        return page.lead_to(ACCOUNT + "/second-factor")
    return _scan(page, who, begun)


@router.post("/second-factor/confirm")
async def confirm_factor(request: Request, page: Page, state: State, who: _OwesFactor) -> Response:
    """Let it count once its first code is right, and show the recovery codes this once."""
    form = await read_form(request)
    match await state.second_factors.confirm(who, form.one("code"), address_of(request)):
        case Confirmed(recovery_codes=codes):
            return page.show("recovery_codes.html", title="factor.recovery.title", codes=codes)
        case WrongCode():
            wrong = page.words("code.wrong")
        case TooManyTries() as waits:
            wrong = page.words("sign-in.wait", n=waits.minutes)
    begun = await state.second_factors.begun(who)
    if begun is None:
        return page.lead_to(ACCOUNT + "/second-factor")
    return _scan(page, who, begun, wrong)


def _password(page: Page, who: SignedIn, **wrong: str) -> Response:
    return page.show(
        "password.html",
        title="password.title",
        status=422 if wrong else 200,
        must=who.owed is not None,
        least=SHORTEST,
        wrong=wrong,
    )


def _scan(page: Page, who: SignedIn, begun: Begun, wrong: str = "") -> Response:
    picture = segno.make(begun.address, error="m", micro=False)
    return page.show(
        "scan.html",
        title="factor.title",
        status=422 if wrong else 200,
        must=who.owed is not None,
        picture=picture.svg_data_uri(scale=5, border=4, dark="#000", light="#fff"),
        letters=begun.letters,
        wrong=wrong,
    )
