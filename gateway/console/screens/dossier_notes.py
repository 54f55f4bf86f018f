"""Notes of a transfer: what its operators wrote to each other, oldest first; and a new one.

Notes are free text, so they stand on a page of their own that only who may act there opens. A new
one is an act like any other, with its place in the trail.
"""

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from gateway.api.problems import refuse
from gateway.api.state import ApiState, State
from gateway.console.flashes import Flash
from gateway.console.forms import read_form
from gateway.console.pages import Crumb, Page, PageMaker
from gateway.console.visitors import allowed
from gateway.operations import acts
from gateway.operations.acts import DeskAct, Order, Target
from gateway.operations.dossier import find_within
from gateway.operations.notes import LONGEST, list_notes
from gateway.operations.transfer_view import Found
from gateway.people.rights import Ability, reach
from gateway.people.signed_in import SignedIn
from schemas.problems import ProblemType
from schemas.wire import TEXT_PATTERN

router = APIRouter(prefix="/console/transfers")

Acting = Annotated[SignedIn, allowed(Ability.ACT)]

_PATIENCE = 5.0
"""Seconds to wait until the note is there to be read."""


@router.get("/{transfer}/notes")
async def show(transfer: UUID, page: Page, who: Acting, state: State) -> Response:
    """Show the notes."""
    return await _page(page, state, await _found(state, who, transfer))


@router.post("/{transfer}/notes")
async def add(transfer: UUID, page: Page, who: Acting, state: State) -> Response:
    """Add a note."""
    found, form = await _found(state, who, transfer), await read_form(page.request)
    text = form.one("note").replace("\r\n", "\n")
    if not 0 < len(text) <= LONGEST or not re.fullmatch(TEXT_PATTERN, text):
        return await _page(page, state, found, text, wrong=True)
    order = Order(DeskAct.NOTE, who.actor, "note", note=text)
    frozen = await acts.freeze(
        state.services.pool, order, [Target(transfer)], question={}, dry_run=False
    )
    await state.runner.run(frozen.id, seconds=_PATIENCE)
    return page.lead_to(
        f"/console/transfers/{transfer}/notes", Flash("good", "dossier.notes.added")
    )


async def _found(state: ApiState, who: SignedIn, transfer: UUID) -> Found:
    found = await find_within(state.services.pool, transfer, reach(who, Ability.ACT))
    if found is None:
        raise refuse(ProblemType.NOT_FOUND, "no transfer within reach has this id")
    return found


async def _page(
    page: PageMaker, state: ApiState, found: Found, text: str = "", *, wrong: bool = False
) -> Response:
    here = f"/console/transfers/{found.transfer.id}"
    return page.show(
        "dossier_notes.html",
        title="dossier.notes.title",
        screen="dossiers",
        trail=[
            Crumb(page.words("dossiers.title"), "/console/dossiers"),
            Crumb(found.transfer.code, here),
        ],
        status=422 if wrong else 200,
        here=here,
        notes=await list_notes(state.services.pool, found.transfer.id),
        text=text,
        wrong=wrong,
        longest=LONGEST,
    )
