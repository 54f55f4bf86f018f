"""Signing in (Đăng nhập), with a name and a password and then perhaps a code, and out again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from gateway.api.state import ApiState, State
from gateway.console.flashes import Flash
from gateway.console.forms import read_form
from gateway.console.pages import Page, PageMaker
from gateway.console.visitors import (
    HOME,
    SIGN_IN,
    WhoOwes,
    address_of,
    anybody,
    drop_cookie,
    find_visitor,
    go_to,
    safe_next,
    set_cookie,
    token_of,
)
from gateway.people.second_factor import Passed, WrongCode
from gateway.people.signed_in import Owed, SignedIn
from gateway.people.signing_in import Opened, TooManyTries, WrongPassword

router = APIRouter(prefix=HOME)

_BY_PROVIDER = "provider"

_OwesCode = Annotated[SignedIn, Depends(WhoOwes(Owed.CODE))]
_Leaving = Annotated[SignedIn, Depends(WhoOwes(*Owed))]


@router.get("/sign-in", dependencies=[anybody])
async def ask(
    request: Request, page: Page, state: State, next: str = HOME, left: str = ""
) -> Response:
    """Show the form; who is signed in goes on, and who left may leave their provider as well."""
    if await find_visitor(request, state) is not None:
        return go_to(request, safe_next(next))
    leaving = await _provider_exit(state) if left == _BY_PROVIDER else None
    return _form(page, state, safe_next(next), leaving=leaving)


@router.post("/sign-in", dependencies=[anybody])
async def enter(request: Request, page: Page, state: State) -> Response:
    """Open a session, or say that it was not right."""
    form = await read_form(request)
    onward = safe_next(form.one("next"))
    password = next((value for name, value in form.fields if name == "password"), "")
    match await state.doors.sign_in(form.one("name"), password, address_of(request)):
        case Opened(token=token):
            answer = page.lead_to(onward)
            set_cookie(answer, state, token)
            return answer
        case WrongPassword():
            wrong, status, headers = page.words("sign-in.wrong"), 422, {}
        case TooManyTries() as waits:
            wrong = page.words("sign-in.wait", n=waits.minutes)
            status, headers = 429, {"Retry-After": str(waits.seconds)}
    return _form(page, state, onward, status=status, headers=headers, wrong=wrong)


@router.get("/sign-in/code")
async def ask_for_code(request: Request, page: Page, who: _OwesCode, next: str = HOME) -> Response:
    """Ask for the second factor; who owes none goes on."""
    if who.owed is None:
        return go_to(request, safe_next(next))
    return page.show("code.html", title="code.title", is_public=True, next=safe_next(next))


@router.post("/sign-in/code")
async def enter_code(request: Request, page: Page, state: State, who: _OwesCode) -> Response:
    """Let the session go on, or say that it was no code."""
    form = await read_form(request)
    onward = safe_next(form.one("next"))
    if who.owed is None:
        return page.lead_to(onward)
    status, headers = 422, {}
    match await state.second_factors.enter(who, form.one("code"), address_of(request)):
        case Passed(recovery_left=None):
            return page.lead_to(onward)
        case Passed(recovery_left=int(left)):
            return page.lead_to(onward, Flash("warn", "code.recovered", {"n": left}))
        case WrongCode():
            wrong = page.words("code.wrong")
        case TooManyTries() as waits:
            wrong = page.words("sign-in.wait", n=waits.minutes)
            status, headers = 429, {"Retry-After": str(waits.seconds)}
    return page.show(
        "code.html",
        title="code.title",
        is_public=True,
        status=status,
        headers=headers,
        next=onward,
        wrong=wrong,
    )


@router.post("/sign-out")
async def leave(request: Request, page: Page, state: State, who: _Leaving) -> Response:
    """End the session."""
    await state.doors.sign_out(who, token_of(request, state))
    onward = f"{SIGN_IN}?left={_BY_PROVIDER}" if who.by_provider else SIGN_IN
    answer = page.lead_to(onward, Flash("info", "sign-in.signed-out"))
    drop_cookie(answer, state)
    return answer


async def _provider_exit(state: ApiState) -> str | None:
    if state.provider_doors is None:
        return None
    back = f"{state.services.settings.public_url}{SIGN_IN}"
    return await state.provider_doors.sign_out_address(back)


def _form(
    page: PageMaker,
    state: ApiState,
    onward: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    leaving: str | None = None,
    wrong: str = "",
) -> Response:
    doors = state.provider_doors
    called = doors.rules.called or page.words("provider.called") if doors else ""
    return page.show(
        "sign_in.html",
        title="sign-in.title",
        is_public=True,
        status=status,
        headers=headers,
        next=onward,
        provider=called,
        break_glass=state.services.settings.break_glass is not None,
        leaving=leaving,
        wrong=wrong,
    )
