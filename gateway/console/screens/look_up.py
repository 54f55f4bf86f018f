"""Look-up (Tra cứu): where a dossier stands, for the citizen who handed it in; public.

What is asked comes in a post and stands in no address. Whatever was found, the answer takes as
long; a code that nobody has and digits that do not fit are answered alike.
"""

import asyncio
import re
import time
from typing import Final, cast

from fastapi import APIRouter, Request, Response

from gateway.api.state import State
from gateway.console.forms import read_form
from gateway.console.guesses import Guesses
from gateway.console.pages import Page, PageMaker
from gateway.console.visitors import anybody
from gateway.operations.look_up import DIGITS, Whereabouts, look_up

router = APIRouter(dependencies=[anybody])

_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9._/-]{2,63}")
_PROOF: Final = re.compile(rf"[0-9]{{{DIGITS}}}")
_TAKES: Final = 0.4
"""Seconds that every answer takes: longer than any of them needs."""
_LEAVE_AFTER: Final = 120
"""Seconds: a kiosk's next visitor does not find what the one before asked for."""


@router.get("/tra-cuu")
async def ask(page: Page) -> Response:
    """Show the form."""
    return _form(page)


@router.post("/tra-cuu")
async def answer(request: Request, page: Page, state: State) -> Response:
    """Say where the dossier stands, if the digits prove it."""
    until = time.monotonic() + _TAKES
    form = await read_form(request)
    code = "".join(form.one("code").split()).upper()
    proof = form.one("proof")
    wrong = {
        name: text
        for name, text, pattern, given in (
            ("code", "lookup.code.wrong", _CODE, code),
            ("proof", "lookup.proof.wrong", _PROOF, proof),
        )
        if pattern.fullmatch(given) is None
    }
    if wrong:
        return _form(page, status=422, code=code[:64], wrong=wrong)
    guesses = cast(Guesses, request.app.state.guesses)
    if not guesses.may_ask(request.client.host if request.client else ""):
        return _form(page, status=429, code=code, told="lookup.wait")
    found = await _found(state, guesses, code, proof)
    await asyncio.sleep(max(0.0, until - time.monotonic()))
    if not found:
        return _form(page, code=code, told="lookup.none")
    return page.show(
        "look_up_found.html",
        title="lookup.title",
        is_public=True,
        headers={"Refresh": f"{_LEAVE_AFTER}; url=/tra-cuu"},
        found=found,
        now=state.services.clock.now(),
    )


async def _found(state: State, guesses: Guesses, code: str, proof: str) -> list[Whereabouts]:
    services = state.services
    if not guesses.may_try(code):
        return []
    now = services.clock.now()
    found = await look_up(services.pool, services.rulebook, code, proof, now)
    if not found:
        guesses.note(code)
    return found


def _form(
    page: PageMaker,
    *,
    status: int = 200,
    code: str = "",
    told: str | None = None,
    wrong: dict[str, str] | None = None,
) -> Response:
    return page.show(
        "look_up.html",
        title="lookup.title",
        is_public=True,
        status=status,
        headers={"Retry-After": "60"} if status == 429 else None,
        code=code,
        told=told,
        wrong=wrong or {},
    )
