"""Wall boards (Bảng điện tử): shown to a hall by their address, put up and taken down here.

A board is for no account: its page is public for who has the address. It turns its pages and asks
for fresh rows by itself; without script the browser loads the next page every 20 seconds.
"""

from typing import Annotated, Any, Final, cast
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from gateway.api.state import ApiState, State
from gateway.console.flashes import Flash
from gateway.console.forms import read_form
from gateway.console.pages import Page, PageMaker
from gateway.console.shelf import Shelf
from gateway.console.visitors import HOME, allowed, anybody
from gateway.console.wall import Look, Wall
from gateway.console.words import LANGUAGES, words_of
from gateway.operations.audit import By
from gateway.operations.boards import Standing, list_boards, make_board, revoke_board
from gateway.people.rights import Ability, may, reach
from gateway.people.signed_in import SignedIn

BOARDS: Final = HOME + "/boards"
ROWS: Final = 8
"""Of a page without script; with it as many as fit."""
TURNS_EVERY: Final = 20
"""Seconds."""
SAID: Final = {
    "title": "board.title",
    "code": "board.code",
    "status": "board.status",
    "promised": "board.promised",
    "lost": "board.lost",
    "old": "board.old",
    "over": "board.over",
    "more": "board.more",
    "hold": "board.hold",
    "none": "board.none",
}
"""What a board says: always in both languages, Vietnamese first."""
TONES: Final = {
    Standing.READY: ("good", "good"),
    Standing.TO_COUNTER: ("pause", "person"),
    Standing.WAITS_FOR_YOU: ("warn", "warn"),
    Standing.LATE: ("bad", "bad"),
    Standing.AT_WORK: ("info", "clock"),
}
"""The colour and the shape that stand beside a standing's word."""
_HEADERS: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}

router = APIRouter()

Publishing = Annotated[SignedIn, allowed(Ability.PUBLISH)]


@router.get("/bang/{agency}/{token}", dependencies=[anybody])
async def show(
    request: Request, page: Page, state: State, agency: str, token: str, turn: int = 0
) -> Response:
    """Show a board; to who has no address of one there is nothing here."""
    look = await _look(request, agency, token)
    pages = max(1, -(-len(look.rows) // ROWS))
    next_turn = (max(0, turn) + 1) % pages
    return page.show(
        "board.html",
        title="board.title",
        is_public=True,
        headers=_HEADERS,
        name=state.services.rulebook.name_of(agency, look.looked_at),
        look=look,
        here=max(0, turn) % pages,
        each=ROWS,
        pages=pages,
        path=request.url.path,
        next_turn=next_turn,
        turns_every=TURNS_EVERY,
        edition=_edition(request),
        script=cast(Shelf, request.app.state.shelf).url("board.js"),
        **_said(),
    )


@router.get("/bang/{agency}/{token}/rows", dependencies=[anybody])
async def refresh(request: Request, page: Page, agency: str, token: str) -> Response:
    """Return the rows as they are now, for the page that shows them already."""
    look = await _look(request, agency, token)
    body = page.written("board_rows.html", look=look, here=None, each=ROWS, **_said())
    headers = {**_HEADERS, "X-Edition": _edition(request), "X-Now": look.looked_at.isoformat()}
    return Response(body, media_type="text/html", headers=headers)


@router.get(BOARDS)
async def show_all(page: Page, state: State, who: Publishing) -> Response:
    """List the boards within reach, with the form for another."""
    return await _list(page, state, who)


@router.post(BOARDS)
async def put_up(request: Request, page: Page, state: State, who: Publishing) -> Response:
    """Make a board, and show its address this once."""
    form = await read_form(request)
    reason = " ".join(form.one("reason").split())[:500]
    wanted = form.one("agency").upper()
    agency = state.services.rulebook.directory.resolve(wanted) if wanted else None
    if agency is None or not may(who, Ability.PUBLISH, [agency]):
        return await _list(page, state, who, wrong="boards.no-agency", given=wanted)
    if not reason:
        return await _list(page, state, who, wrong="boards.no-reason", given=wanted)
    made = await make_board(state.services.pool, agency, By(who.actor, reason))
    base = state.services.settings.public_url or str(request.base_url).rstrip("/")
    return await _list(page, state, who, address=f"{base}{made.path}")


@router.post(BOARDS + "/{board}/revoke")
async def take_down(
    request: Request, page: Page, state: State, who: Publishing, board: UUID
) -> Response:
    """Take a board's address back: its screen is dark within seconds."""
    reason = " ".join((await read_form(request)).one("reason").split())[:500]
    if not reason:
        return page.lead_to(BOARDS, Flash("bad", "boards.no-reason"))
    by = By(who.actor, reason)
    if not await revoke_board(state.services.pool, board, by, reach(who, Ability.PUBLISH)):
        raise HTTPException(404)
    return page.lead_to(BOARDS, Flash("good", "boards.revoked"))


async def _list(
    page: PageMaker,
    state: ApiState,
    who: SignedIn,
    *,
    wrong: str = "",
    given: str = "",
    address: str = "",
) -> Response:
    now = state.services.clock.now()
    found = await list_boards(state.services.pool, reach(who, Ability.PUBLISH))
    return page.show(
        "boards.html",
        title="boards.title",
        screen="boards",
        status=422 if wrong else 200,
        boards=[(one, state.services.rulebook.name_of(one.agency, now)) for one in found],
        wrong=wrong,
        given=given,
        address=address,
    )


async def _look(request: Request, agency: str, token: str) -> Look:
    look = await cast(Wall, request.app.state.wall).look(agency, token)
    if look is None:
        raise HTTPException(404)
    return look


def _said() -> dict[str, Any]:
    """Return what a board says, as pairs of both languages."""
    both = [words_of(one) for one in LANGUAGES]
    return {
        "said": {name: [words(id_) for words in both] for name, id_ in SAID.items()},
        "standings": {one: [words(f"board.standing.{one}") for words in both] for one in Standing},
        "tones": TONES,
    }


def _edition(request: Request) -> str:
    """What tells a screen that the gateway has other files now: it loads itself anew."""
    shelf = cast(Shelf, request.app.state.shelf)
    return "".join(shelf.url(name).split(".")[-2] for name in ("board.js", "board.css"))
