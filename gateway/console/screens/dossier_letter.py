"""The letter of apology of a transfer's dossier: as it was issued, or what one would say now.

A draft is written anew each time and kept nowhere. Issuing is a person's declaration, once per
dossier: it moves the promised date, and is sent to nobody. Nothing of the citizen's is in it.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Response

from gateway.api.problems import refuse
from gateway.api.state import ApiState, State
from gateway.console.dossier_rows import Teller
from gateway.console.flashes import Flash
from gateway.console.formats import ZONE
from gateway.console.forms import Form, read_form
from gateway.console.pages import Crumb, Page, PageMaker
from gateway.console.visitors import allowed
from gateway.letters.issuing import Declaration, Issued, issue_letter
from gateway.letters.reading import Shown, read_letter
from gateway.operations.dossier import find_within
from gateway.operations.transfer_view import Found
from gateway.people.rights import Ability, may, reach
from gateway.people.signed_in import SignedIn
from routing.letters import NoLetter
from schemas.problems import ProblemType
from schemas.wire import LINE_PATTERN

router = APIRouter(prefix="/console/transfers")

Seeing = Annotated[SignedIn, allowed(Ability.SEE_WORK)]
Acting = Annotated[SignedIn, allowed(Ability.ACT)]
Language = Literal["vi", "en"]

WHY_NONE: Final[Mapping[str, str]] = {
    "the transfer is over": "over",
    "the total stands still": "paused",
    "the working calendar": "calendar",
    "nothing was promised": "no-total",
    "what is left of the plan": "in-time",
    "the promised date can only move later": "earlier",
    "the promised date may move": "moved",
    "the promised date may not move any more": "too-near",
    "a letter was issued": "issued",
    "the transfer goes on": "again",
}
"""Why there is no letter, by how that begins; anything else is `other`."""


@router.get("/{transfer}/letter")
async def show(
    transfer: UUID, page: Page, who: Seeing, state: State, lang: Language | None = None
) -> Response:
    """Show the letter, or why there is none."""
    found = await _found(state, who, transfer, Ability.SEE_WORK)
    return await _page(page, state, who, found, lang)


@router.get("/{transfer}/letter.pdf")
async def as_pdf(transfer: UUID, who: Seeing, state: State, lang: Language = "vi") -> Response:
    """Return the letter to print."""
    await _found(state, who, transfer, Ability.SEE_WORK)
    shown = await _read(state, transfer)
    if not isinstance(shown, Shown):
        raise refuse(ProblemType.NOT_FOUND, "there is no letter")
    name = f"thu-xin-loi-{transfer}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(await shown.pdf(lang), media_type="application/pdf", headers=headers)


@router.post("/{transfer}/letter")
async def issue(transfer: UUID, page: Page, who: Acting, state: State) -> Response:
    """Issue the letter: the promised date moves with it, or nothing happens."""
    found, form = await _found(state, who, transfer, Ability.ACT), await read_form(page.request)
    until, reason = _until(form), form.one("reason")
    if until is None or not 3 <= len(reason) <= 500 or not re.fullmatch(LINE_PATTERN, reason):
        return await _page(page, state, who, found, None, form, wrong="form")
    services = state.services
    issued = await issue_letter(
        services.pool,
        services.rulebook,
        state.runner,
        transfer,
        Declaration(who.actor, until, reason),
        now=services.clock.now(),
    )
    services.wake_dispatch()
    if not isinstance(issued, Issued):
        return await _page(page, state, who, found, None, form, wrong=_why(issued))
    flash = Flash("good", "dossier.letter.issued-now")
    return page.lead_to(f"/console/transfers/{transfer}/letter", flash)


async def _read(state: ApiState, transfer: UUID) -> Shown | NoLetter | None:
    services = state.services
    return await read_letter(services.pool, services.rulebook, transfer, now=services.clock.now())


async def _found(state: ApiState, who: SignedIn, transfer: UUID, ability: Ability) -> Found:
    found = await find_within(state.services.pool, transfer, reach(who, ability))
    if found is None:
        raise refuse(ProblemType.NOT_FOUND, "no transfer within reach has this id")
    return found


async def _page(
    page: PageMaker,
    state: ApiState,
    who: SignedIn,
    found: Found,
    language: Language | None,
    form: Form = Form(),  # noqa: B008
    *,
    wrong: str = "",
) -> Response:
    transfer = found.transfer
    shown = await _read(state, transfer.id)
    letter = shown if isinstance(shown, Shown) else None
    lang: Language = language or page.language
    here = f"/console/transfers/{transfer.id}"
    facts: dict[str, Any] = {} if letter is None else letter.document(lang)
    return page.show(
        "dossier_letter.html",
        title="dossier.letter.title",
        screen="dossiers",
        trail=[
            Crumb(page.words("dossiers.title"), "/console/dossiers"),
            Crumb(transfer.code, here),
        ],
        status=422 if wrong else 200,
        here=here,
        letter=facts,
        instant=lambda at: datetime.fromisoformat(at) if isinstance(at, str) else at,
        why_none="" if letter else _why(shown),
        lang=lang,
        teller=Teller(transfer, state.services.rulebook, page.language),
        may_issue=letter is not None and letter.status == "draft" and _may_act(who, found),
        until=form.one("until") or _proposed(facts),
        form=form,
        wrong=wrong,
    )


def _may_act(who: SignedIn, found: Found) -> bool:
    hops = found.transfer.hops.values()
    concerned = {code for hop in hops for code in (hop.agency, hop.answers) if code is not None}
    return may(who, Ability.ACT, concerned | {found.transfer.originator})


def _why(none: object) -> str:
    """Return the word for why there is no letter."""
    detail = none.detail if isinstance(none, NoLetter) else ""
    return next((word for begins, word in WHY_NONE.items() if detail.startswith(begins)), "other")


def _proposed(facts: Mapping[str, Any]) -> str:
    new_date = facts.get("new_date")
    if isinstance(new_date, str):
        new_date = datetime.fromisoformat(new_date)
    return "" if new_date is None else f"{new_date.astimezone(ZONE):%Y-%m-%dT%H:%M}"


def _until(form: Form) -> datetime | None:
    try:
        until = datetime.fromisoformat(form.one("until")).replace(tzinfo=ZONE)
    except ValueError:
        return None
    return until if 1900 <= until.year <= 2199 else None
