"""Approvals (Phê duyệt): what cannot be undone and waits for a second person.

Whoever approves carries it out, at once and in the name of both; what could not be done says so.
"""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from gateway.api.state import ApiState, State
from gateway.console.flashes import Flash
from gateway.console.forms import read_form
from gateway.console.pages import Page
from gateway.console.stuck_query import cause_title
from gateway.console.visitors import HOME, Visitor, allowed
from gateway.joining import members
from gateway.joining.states import JoiningRefused
from gateway.operations import acts, calendars, directories
from gateway.operations.calendars import CalendarRefused
from gateway.operations.directories import DirectoryRefused
from gateway.operations.orders import list_proposed
from gateway.people.four_eyes import (
    Irrevocable,
    Proposal,
    ProposalRefused,
    decide,
    for_both,
    list_decided,
    list_open,
    tell_outcome,
    withdraw,
)
from gateway.people.rights import Ability
from gateway.people.signed_in import SignedIn

APPROVALS = HOME + "/approvals"
OF_ACTS: Final = (Irrevocable.ARCHIVE_MANY, Irrevocable.REORGANISE)
"""What is a frozen list, which has a page of its own."""

MOST_NAMED: Final = 5
"""Agencies named on a card; the list has them all."""

router = APIRouter(prefix=APPROVALS)

Approving = Annotated[SignedIn, allowed(Ability.APPROVE)]


@router.get("")
async def show(page: Page, state: State, who: Visitor) -> Response:
    """List what somebody proposed themselves, and what they may decide."""
    pool, language = state.services.pool, page.language
    proposals = await list_open(pool, who)
    decided = await list_decided(pool, who)
    ids = [UUID(one.subject) for one in proposals if one.kind in OF_ACTS]
    ids += [UUID(one.subject) for one in decided if one.kind in OF_ACTS]
    now, rulebook = state.services.clock.now(), state.services.rulebook
    return page.show(
        "approvals.html",
        title="approvals.title",
        screen="approvals",
        proposals=[(one, one.may_be_decided_by(who)) for one in proposals],
        awaited=sum(one.may_be_decided_by(who) for one in proposals),
        decided=decided,
        orders=await list_proposed(pool, ids),
        cause_of=lambda order: cause_title(order["question"], language),
        name_of=lambda code: rulebook.name_of(code, now),
        most_named=MOST_NAMED,
        of_acts=OF_ACTS,
    )


@router.post("/{proposal}/withdraw")
async def take_back(page: Page, state: State, who: Visitor, proposal: UUID) -> Response:
    """Take one's own proposal back."""
    try:
        await withdraw(state.services.pool, who, proposal)
    except ProposalRefused as refused:
        return page.lead_to(APPROVALS, Flash("bad", f"approvals.refused.{refused.word}"))
    return page.lead_to(APPROVALS, Flash("good", "approvals.withdrawn"))


@router.post("/{proposal}/approve")
async def approve(
    request: Request, page: Page, state: State, who: Approving, proposal: UUID
) -> Response:
    """Be the second person, and carry it out."""
    return await _decide(request, page, state, who, proposal, approves=True)


@router.post("/{proposal}/refuse")
async def refuse(
    request: Request, page: Page, state: State, who: Approving, proposal: UUID
) -> Response:
    """Say no; nothing is done."""
    return await _decide(request, page, state, who, proposal, approves=False)


async def _decide(
    request: Request,
    page: Page,
    state: ApiState,
    who: SignedIn,
    proposal: UUID,
    *,
    approves: bool,
) -> Response:
    reason = (await read_form(request)).one("reason")
    try:
        found = await decide(state.services.pool, who, proposal, reason, approve=approves)
    except ProposalRefused as refused:
        return page.lead_to(APPROVALS, Flash("bad", f"approvals.refused.{refused.word}"))
    if not approves:
        return page.lead_to(APPROVALS, Flash("info", "approvals.turned-down"))
    done = await _carry_out(state, found, who)
    await tell_outcome(state.services.pool, who, found, done=done)
    if found.kind in OF_ACTS and done:
        state.services.wake_dispatch()
        return page.lead_to(f"/console/acts/{found.subject}", Flash("good", "approvals.started"))
    if not done:
        return page.lead_to(APPROVALS, Flash("bad", "approvals.not-done"))
    return page.lead_to(APPROVALS, Flash("good", "approvals.done"))


async def _carry_out(state: ApiState, found: Proposal, who: SignedIn) -> bool:
    """Do what was approved; False if it cannot be done any more."""
    services, by = state.services, for_both(found, who)
    book, now = services.rulebook, services.clock.now()
    try:
        match found.kind:
            case Irrevocable.REMOVE_AGENCY:
                await members.remove(services.pool, found.subject, by)
            case Irrevocable.APPROVE_CALENDAR:
                await calendars.approve_calendar(
                    services.pool, found.subject, by.actor, book.calendars, now
                )
                await services.librarian.refresh()
            case Irrevocable.APPROVE_DIRECTORY:
                await directories.approve_directory(
                    services.pool,
                    found.subject,
                    by.actor,
                    by.reason or "",
                    book.catalogue,
                    book.units,
                )
                await services.librarian.refresh()
            case Irrevocable.ARCHIVE_MANY | Irrevocable.REORGANISE:
                return await acts.release(services.pool, UUID(found.subject))
    except (JoiningRefused, CalendarRefused, DirectoryRefused):
        return False
    return True
