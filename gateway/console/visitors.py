"""Who visits, and whether they may: the dependencies of every route of the console.

Each route says whom it is for, and a test fails for one that does not:

    who: Visitor                                                anybody signed in
    who: Annotated[SignedIn, allowed(Ability.SEE_WORK)]         who has it in some scope
    who: Annotated[SignedIn, allowed(..., everywhere=True)]     who has it without a scope
    who: Watching                                               as Visitor, for streams: no activity
    dependencies=[anybody]                                      the public

With the cookie of a session comes the danger of posts that somebody else's page makes: whatever is
not a plain reading must come from our own pages and bring the session's csrf token, in the field
`csrf` or the header `X-CSRF-Token`. Who may not is turned away: to sign in, or with 403.
"""

import hmac
import re
from typing import Annotated, Any, Final
from urllib.parse import quote, urlsplit

import psycopg
from fastapi import Depends, FastAPI, Request, Response
from psycopg_pool import PoolTimeout

from gateway.api.state import ApiState, State
from gateway.console.forms import read_form
from gateway.console.problems import problem_page
from gateway.people.rights import Ability, may, may_everywhere
from gateway.people.signed_in import Owed, SignedIn

HOME: Final = "/console"
SIGN_IN: Final = "/console/sign-in"
PAY: Final = {
    Owed.CODE: "/console/sign-in/code",
    Owed.PASSWORD: "/console/account/password",
    Owed.FACTOR: "/console/account/second-factor",
}
"""Where each thing is done that somebody owes before anything else."""

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_NEXT: Final = re.compile(r"/console(?:[/?][!-\[\]-~]*)?")
"""A path of the console in printable ASCII, without a backslash, which browsers read as a slash."""
_LONGEST_NEXT: Final = 1000


class TurnedAway(Exception):
    """A visitor who is not let in here."""


class SignInNeeded(TurnedAway):
    """Nobody is signed in; `next` is where they wanted to go."""

    def __init__(self, next_: str) -> None:
        super().__init__("sign in")
        self.next = next_


class Owing(TurnedAway):
    """Something has to be done first."""

    def __init__(self, owed: Owed, next_: str) -> None:
        super().__init__(owed)
        self.owed = owed
        self.next = next_


class NotAllowed(TurnedAway):
    """Their roles do not reach that far."""


class Forged(TurnedAway):
    """A post that our own pages did not make, or made for a session that is over."""


# Who visits


def cookie_name(state: ApiState) -> str:
    """Return the name of the session's cookie; with the prefix browsers keep it to this host."""
    return "__Host-lienthong" if state.services.settings.cookies_are_secure else "lienthong"


def set_cookie(response: Response, state: ApiState, token: str) -> None:
    """Give the visitor's browser a session's token; it ends with the browser."""
    response.set_cookie(
        cookie_name(state),
        token,
        path="/",
        secure=state.services.settings.cookies_are_secure,
        httponly=True,
        samesite="lax",
    )


def drop_cookie(response: Response, state: ApiState) -> None:
    """Take the token back."""
    secure = state.services.settings.cookies_are_secure
    response.delete_cookie(cookie_name(state), path="/", secure=secure, httponly=True)


def token_of(request: Request, state: ApiState) -> str:
    """Return the token that the visitor's browser sent; empty if it sent none."""
    return request.cookies.get(cookie_name(state), "")


def address_of(request: Request) -> str:
    """Return where a request comes from, as far as the web server believes it."""
    return request.client.host if request.client else ""


async def find_visitor(
    request: Request, state: ApiState, *, active: bool = True
) -> SignedIn | None:
    """Return who is signed in, if anybody; for pages that are for everybody.

    The frame of the page finds them as `request.state.visitor`.
    """
    token = token_of(request, state)
    who = None if not token else await state.sessions.present(token, active=active)
    request.state.visitor = who
    return who


async def is_still_here(request: Request, who: SignedIn, state: ApiState) -> bool:
    """Whether the session of a stream is open and reaches as far as it did; in doubt it is."""
    try:
        found = await find_visitor(request, state, active=False)
    except (PoolTimeout, psycopg.OperationalError):
        return True
    return found is not None and (found.session, found.grants) == (who.session, who.grants)


class WhoOwes:
    """Lets in who is signed in even if they owe one of these: for the pages where it is done."""

    def __init__(self, *owed: Owed) -> None:
        self.owed = frozenset(owed)

    def __repr__(self) -> str:
        return f"<WhoOwes {', '.join(sorted(self.owed))}>"

    async def __call__(self, request: Request, state: State) -> SignedIn:
        who = await _admit(request, state)
        if who.owed is not None and who.owed not in self.owed:
            raise Owing(who.owed, _onward(request))
        return who


async def visitor_of(request: Request, state: State) -> SignedIn:
    """Return who is signed in and owes nothing; turn everybody else away."""
    who = await _admit(request, state)
    if who.owed is not None:
        raise Owing(who.owed, _onward(request))
    return who


async def watcher_of(request: Request, state: State) -> SignedIn:
    """Return the visitor of a stream: watching alone does not keep a session open."""
    who = await _admit(request, state, active=False)
    if who.owed is not None:
        raise Owing(who.owed, _onward(request))
    return who


class Allowed:
    """Lets in who has an ability: somewhere, or everywhere."""

    def __init__(self, ability: Ability, *, everywhere: bool = False) -> None:
        self.ability = ability
        self.everywhere = everywhere

    def __repr__(self) -> str:
        return f"<Allowed {self.ability}{' everywhere' if self.everywhere else ''}>"

    async def __call__(self, who: Annotated[SignedIn, Depends(visitor_of)]) -> SignedIn:
        has = may_everywhere if self.everywhere else may
        if not has(who, self.ability):
            raise NotAllowed(self.ability)
        return who


def allowed(ability: Ability, *, everywhere: bool = False) -> Any:
    """Make the dependency of a route that needs an ability.

    With it somewhere one is let in; what the route then shows or does is for the use case to
    narrow by `reach` or to ask `may` with the agencies concerned.
    """
    return Depends(Allowed(ability, everywhere=everywhere))


async def come_as_you_are(request: Request) -> None:
    """Let anybody in; a post must still come from a page of our own."""
    if request.method not in _READING and made_here(request) is not True:
        raise Forged("not from our own page")


Visitor = Annotated[SignedIn, Depends(visitor_of)]
Watching = Annotated[SignedIn, Depends(watcher_of)]
anybody = Depends(come_as_you_are)


# Where they may go next


def safe_next(wanted: str | None) -> str:
    """Return an address of the console to go on to; anything else is the first page."""
    if wanted and len(wanted) <= _LONGEST_NEXT and _NEXT.fullmatch(wanted):
        return wanted
    return HOME


def made_here(request: Request) -> bool | None:
    """Whether one of our own pages made this request; None if the browser does not say."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc == request.headers.get("host")
    return None


def answer_the_turned_away(app: FastAPI) -> None:
    """Map each way of being turned away to an answer."""
    app.add_exception_handler(SignInNeeded, _to_sign_in)
    app.add_exception_handler(Owing, _to_pay)
    app.add_exception_handler(NotAllowed, _forbidden)
    app.add_exception_handler(Forged, _forbidden)


async def _admit(request: Request, state: ApiState, *, active: bool = True) -> SignedIn:
    who = await find_visitor(request, state, active=active)
    if who is None:
        raise SignInNeeded(_onward(request))
    request.state.visitor = who  # the frame of every page names them
    if request.method not in _READING and not await _is_meant(request, who):
        raise Forged("without the session's token")
    return who


async def _is_meant(request: Request, who: SignedIn) -> bool:
    if made_here(request) is False:
        return False
    given = request.headers.get("x-csrf-token") or (await read_form(request)).one("csrf")
    return hmac.compare_digest(given.encode(), who.csrf.encode())


def _onward(request: Request) -> str:
    """Where they wanted to go; to where a form went there is no going back."""
    if request.method not in _READING:
        return HOME
    query = request.url.query
    return safe_next(f"{request.url.path}?{query}" if query else request.url.path)


def _with_next(address: str, next_: str) -> str:
    return address if next_ == HOME else f"{address}?next={quote(next_, safe='')}"


async def _to_sign_in(request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInNeeded)
    return go_to(request, _with_next(SIGN_IN, error.next))


async def _to_pay(request: Request, error: Exception) -> Response:
    assert isinstance(error, Owing)
    return go_to(request, _with_next(PAY[error.owed], error.next))


async def _forbidden(request: Request, _error: Exception) -> Response:
    return problem_page(request, 403)


def go_to(request: Request, address: str) -> Response:
    """Send a browser on; htmx, which would swap the other page into its place, goes there whole."""
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": address})
    return Response(status_code=303, headers={"Location": address})
