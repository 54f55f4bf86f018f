"""What was noted of something stuck: who wrote it, when, in which words; and writing another.

Free text, so it is on no list and in no address, and shown to who may act on what it is about.
"""

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response

from gateway.api.problems import refuse
from gateway.api.state import ApiState, State
from gateway.console.flashes import Flash
from gateway.console.forms import read_form
from gateway.console.pages import Crumb, Page, PageMaker
from gateway.console.screens.orders import Acting, NotGiven, read_note, read_target
from gateway.console.visitors import HOME
from gateway.operations import acts
from gateway.operations.acts import ActRefused, DeskAct, Order, Target
from gateway.operations.notes import LONGEST, is_within, list_notes, subject_of
from gateway.people.rights import Ability, reach
from gateway.people.signed_in import SignedIn
from schemas.problems import ProblemType

NOTES: Final = HOME + "/stuck/notes"

router = APIRouter(prefix=NOTES)

_AT_ONCE: Final = 5.0
"""Seconds that writing one may take before its reader is shown the page."""


@router.get("")
async def show(page: Page, who: Acting, state: State, item: str = "") -> Response:
    """Show the notes of a thing, oldest first, and a form for another."""
    target, subject = await _meant(state, who, item)
    return await _page(page, state, who, item, target, subject)


@router.post("")
async def add(request: Request, page: Page, who: Acting, state: State) -> Response:
    """Write a note, as an act on the trail like every other."""
    form = await read_form(request)
    item = form.one("item")
    target, subject = await _meant(state, who, item)
    try:
        order = Order(DeskAct.NOTE, who.actor, DeskAct.NOTE.value, note=read_note(form))
    except NotGiven:
        return await _page(page, state, who, item, target, subject, wrong=form.one("note"))
    pool = state.services.pool
    reached = reach(who, Ability.ACT)
    try:
        act = await acts.freeze(pool, order, [target], question={}, dry_run=False, reach=reached)
    except ActRefused:
        raise _nothing() from None
    await state.runner.run(act.id, seconds=_AT_ONCE)
    return page.lead_to(f"{NOTES}?{urlencode({'item': item})}", Flash("good", "notes.kept"))


async def _page(
    page: PageMaker,
    state: ApiState,
    who: SignedIn,
    item: str,
    target: Target,
    subject: UUID,
    *,
    wrong: str | None = None,
) -> Response:
    notes: list[dict[str, Any]] = await list_notes(state.services.pool, subject)
    return page.show(
        "notes.html",
        title="notes.title",
        screen="stuck",
        status=200 if wrong is None else 422,
        trail=[
            Crumb(page.words("stuck.title"), HOME + "/stuck"),
            *_dossier(page, target),
        ],
        notes=notes,
        item=item,
        wrong=wrong,
        longest=LONGEST,
        csrf=who.csrf,
    )


def _dossier(page: PageMaker, target: Target) -> list[Crumb]:
    """Return the way to the dossier that it is of, if it is of one."""
    if target.transfer_id is None:
        return []
    return [Crumb(page.words("dossier.title"), f"{HOME}/transfers/{target.transfer_id}")]


async def _meant(state: ApiState, who: SignedIn, item: str) -> tuple[Target, UUID]:
    """Return what an item is, and what its notes are kept under; 404 beyond one's reach."""
    pool = state.services.pool
    try:
        target = read_target(item)
    except ValueError:
        raise _nothing() from None
    subject = await subject_of(
        pool,
        transfer=target.transfer_id,
        delivery=target.delivery_id,
        message=target.inbox_id,
    )
    if subject is None or not await is_within(pool, subject, reach(who, Ability.ACT)):
        raise _nothing()
    return target, subject


def _nothing() -> Exception:
    return refuse(ProblemType.NOT_FOUND, "there is nothing of the kind within reach")
