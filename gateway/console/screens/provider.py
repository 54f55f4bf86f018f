"""Signing in by the province's own identity provider: away to it, and back.

Both are plain visits to addresses: a form that led to another host would not be let through by our
own policy. Who is sent here by somebody else's page begins nothing. The cookie of a round ends with
the round, whatever comes of it.
"""

from typing import Final, cast

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from gateway.api.state import ApiState, State
from gateway.console.guesses import Guesses
from gateway.console.pages import Page, PageMaker
from gateway.console.visitors import (
    HOME,
    SIGN_IN,
    address_of,
    anybody,
    find_visitor,
    go_to,
    safe_next,
    set_cookie,
    token_of,
)
from gateway.people.by_provider import ProviderDoors, Sent, SignedInBy, Turned, TurnedAway
from gateway.people.rounds import GOOD_FOR

PROVIDER: Final = SIGN_IN + "/provider"
STATUSES: Final = {
    Turned.STALE: 400,
    Turned.CANCELLED: 403,
    Turned.UNREACHABLE: 503,
    Turned.UNKNOWN_CLIENT: 502,
    Turned.NOT_BELIEVED: 502,
    Turned.NO_ROLE: 403,
    Turned.OFF: 403,
    Turned.NAME_TAKEN: 403,
    Turned.NAME_FORM: 502,
}

router = APIRouter(prefix=PROVIDER, dependencies=[anybody])


@router.get("")
async def leave_for_it(request: Request, page: Page, state: State, next: str = HOME) -> Response:
    """Send the browser to the provider; who comes from somebody else's page is asked first."""
    doors = _doors(state)
    onward = safe_next(next)
    if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return go_to(request, SIGN_IN)
    match await doors.begin(onward):
        case Sent(address=address, cookie=cookie):
            answer = Response(status_code=303, headers={"Location": address})
            answer.set_cookie(
                _cookie_name(state),
                cookie,
                max_age=GOOD_FOR,
                path="/",
                secure=state.services.settings.cookies_are_secure,
                httponly=True,
                samesite="lax",  # it must come along when the provider sends the browser back
            )
            return answer
        case TurnedAway() as turned:
            return _turned(page, turned, doors)


@router.get("/return")
async def come_back(request: Request, page: Page, state: State) -> Response:
    """Open a session for whom the provider vouches for; who was signed in here before is not."""
    doors = _doors(state)
    if not cast(Guesses, request.app.state.returns).may_ask(address_of(request)):
        raise HTTPException(429, headers={"Retry-After": "60"})
    said = {name: value for name, value in request.query_params.items() if "\0" not in value}
    cookie = request.cookies.get(_cookie_name(state), "")
    match await doors.finish(cookie, said):
        case SignedInBy(opened=opened, onward=onward):
            before = await find_visitor(request, state)
            if before is not None:
                await state.doors.sign_out(before, token_of(request, state))
            answer = page.lead_to(onward)
            set_cookie(answer, state, opened.token)
        case TurnedAway() as turned:
            answer = _turned(page, turned, doors)
    if cookie:
        secure = state.services.settings.cookies_are_secure
        answer.delete_cookie(_cookie_name(state), path="/", secure=secure, httponly=True)
    return answer


def _doors(state: ApiState) -> ProviderDoors:
    if state.provider_doors is None:
        raise HTTPException(404)
    return state.provider_doors


def _cookie_name(state: ApiState) -> str:
    secure = state.services.settings.cookies_are_secure
    return "__Host-lienthong-round" if secure else "lienthong-round"


def _turned(page: PageMaker, turned: TurnedAway, doors: ProviderDoors) -> Response:
    """Say why nobody is signed in, and whose fault it is."""
    return page.show(
        "provider_turned.html",
        title="provider.turned.title",
        is_public=True,
        status=STATUSES[turned.why],
        turned=turned,
        called=doors.rules.called or page.words("provider.called"),
    )
