"""Reorganisation preview (Sắp xếp bộ máy): what closes, what opens, what moves, who is asked.

A plan is drafted, by a reviewed file or by the directory alone, and looked at; that changes
nothing. What it would move is read in the background. Ordering it freezes the lists, and holds
them until a second person approved: nothing is applied from here by one alone.
"""

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from gateway.api.state import ApiState, State
from gateway.console.flashes import Flash
from gateway.console.flow_picture import NOBODY, REST, picture_of_flows
from gateway.console.formats import ZONE
from gateway.console.forms import Form, read_form
from gateway.console.pages import Crumb, Page, PageMaker
from gateway.console.visitors import HOME, allowed
from gateway.operations import acts
from gateway.operations.acts import ActRefused
from gateway.operations.audit import By
from gateway.operations.forecaster import (
    Forecast,
    closing_days,
    flows_of,
    followers_of,
    opening,
)
from gateway.operations.reform_plans import find_draft, keep_draft, list_drafts
from gateway.operations.reorganise import ReformRefused, freeze_moves, ordered
from gateway.operations.step_titles import step_title
from gateway.people.four_eyes import Irrevocable, ProposalRefused, propose
from gateway.people.rights import Ability, may_everywhere
from gateway.people.signed_in import SignedIn
from routing.data.tables import legal_midnight
from routing.reform import FROM_DIRECTORY, Plan, PlanInvalid, plan_from_directory, read_plan

REORGANISATION: Final = HOME + "/reorganisation"
PARTS: Final = ("turn", "originator", "sender", "addressed")
WAITS: Final = ("successor-ambiguous", "successor-missing")
MOST_LISTED: Final = 40
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")

router = APIRouter(prefix=REORGANISATION)

Preparing = Annotated[SignedIn, allowed(Ability.PREPARE_TABLES, everywhere=True)]
Ordering = Annotated[SignedIn, allowed(Ability.ACT, everywhere=True)]


@router.get("")
async def show_all(request: Request, page: Page, state: State, _who: Preparing) -> Response:
    """List drafts, and ask for another; an address may say for which day."""
    return await _drafts(page, state, Form(request.query_params.multi_items()))


@router.post("")
async def draft(request: Request, page: Page, state: State, who: Preparing) -> Response:
    """Keep a plan as a draft, and lead to what it would move."""
    form = await read_form(request)
    try:
        plan = _plan(form)
    except PlanInvalid as invalid:
        return await _drafts(page, state, form, [str(one) for one in invalid.faults[:20]])
    except ValueError:
        return await _drafts(page, state, form, [page.words("reform.wrong")])
    await keep_draft(state.services.pool, plan, By(who.actor))
    return page.lead_to(f"{REORGANISATION}/{plan.digest}")


@router.get("/{digest}")
async def show(digest: str, page: Page, state: State, who: Preparing) -> Response:
    """Show what a plan would move, or how far that is known."""
    plan = await _found(state, digest)
    forecast = state.services.forecaster.of(plan, state.services.rulebook)
    return page.show(
        "reorganisation_plan.html",
        title="reform.plan",
        screen="reorganisation",
        trail=[Crumb(page.words("reform.title"), REORGANISATION)],
        **_facts(page, state, who, forecast),
    )


@router.get("/{digest}/forecast")
async def show_forecast(digest: str, page: Page, state: State, who: Preparing) -> Response:
    """Show the same for the page to fetch anew while it is being read."""
    plan = await _found(state, digest)
    forecast = state.services.forecaster.of(plan, state.services.rulebook)
    return page.part("reorganisation_forecast.html", **_facts(page, state, who, forecast))


@router.post("/{digest}/again")
async def again(digest: str, page: Page, state: State, _who: Preparing) -> Response:
    """Read anew what a plan would move."""
    plan = await _found(state, digest)
    state.services.forecaster.of(plan, state.services.rulebook, anew=True)
    return page.lead_to(f"{REORGANISATION}/{digest}")


@router.post("/{digest}/order")
async def order(digest: str, request: Request, page: Page, state: State, who: Ordering) -> Response:
    """Freeze what it moves, and ask for a second person; without one nothing is done."""
    services, here = state.services, f"{REORGANISATION}/{digest}"
    plan = await _found(state, digest)
    reason = " ".join((await read_form(request)).one("reason").split())[:500]
    summary = services.forecaster.of(plan, services.rulebook).summary
    if not reason or summary is None:
        word = "approvals.refused.no-reason" if not reason else "reform.not-yet-read"
        return page.lead_to(here, Flash("bad", word))
    try:
        frozen = await freeze_moves(
            services.pool,
            ordered(plan, who.actor, reason),
            plan,
            summary,
            services.rulebook,
            now=services.clock.now(),
            dry_run=True,
        )
        for act in frozen:
            view = await acts.find_act(services.pool, act) or {}
            agencies = await acts.list_concerned(services.pool, view)
            await propose(
                services.pool, who, Irrevocable.REORGANISE, str(act), reason, agencies=agencies
            )
    except ReformRefused:
        return page.lead_to(here, Flash("bad", "reform.too-early"))
    except (ActRefused, ProposalRefused):
        return page.lead_to(here, Flash("bad", "reform.not-ordered"))
    if not frozen:
        return page.lead_to(here, Flash("info", "reform.nothing-to-do"))
    return page.lead_to(f"{HOME}/approvals", Flash("good", "reform.ordered"))


def _plan(form: Form) -> Plan:
    """Read the file that was given, else make the plan that follows the directory alone."""
    # Not stripped: the last row may end in empty fields.
    document = "".join(form.all("document")).replace("\r\n", "\n")
    if document.strip():
        return read_plan(document)
    basis = " ".join(form.one("legal_basis").split())[:200]
    if not basis or not basis.isprintable():
        raise ValueError("a legal basis is needed")
    return plan_from_directory(legal_midnight(form.one("effective")), basis)


async def _found(state: ApiState, digest: str) -> Plan:
    plan = None
    if _DIGEST.fullmatch(digest):
        plan = await find_draft(state.services.pool, digest)
    if plan is None:
        raise HTTPException(404)
    return plan


async def _drafts(
    page: PageMaker, state: ApiState, form: Form, faults: list[str] | None = None
) -> Response:
    days = closing_days(state.services.rulebook)
    return page.show(
        "reorganisation.html",
        title="reform.title",
        screen="reorganisation",
        status=422 if faults else 200,
        drafts=await list_drafts(state.services.pool),
        days=days,
        zone=ZONE,
        given=dict(form.fields),
        faults=faults or [],
        from_directory=FROM_DIRECTORY,
    )


def _facts(page: PageMaker, state: ApiState, who: SignedIn, forecast: Forecast) -> dict[str, Any]:
    services, plan = state.services, forecast.plan
    book, summary = services.rulebook, forecast.summary

    def named(code: str | None) -> str:
        if code in (REST, NOBODY):
            return page.words("reform.rest" if code == REST else "reform.nobody")
        rows = book.directory.history(code or "")
        return rows[-1].name if rows else code or ""

    def titled(step: str, procedure: str) -> str:
        found = step_title(book.catalogue, step, procedure)
        return found.of(page.language) if found else step

    flows = flows_of(summary.agencies, plan, book) if summary else []
    busiest = summary.by_agency if summary else {}
    return {
        "plan": plan,
        "is_from_directory": plan.title == FROM_DIRECTORY,
        "forecast": forecast,
        "summary": summary,
        "is_older": forecast.directory != book.directory.version,
        "opens": len(opening(plan, book)) if summary else 0,
        "picture": picture_of_flows(flows, named) if flows else None,
        "flows": flows[:MOST_LISTED],
        "agencies": [
            (code, followers_of(plan, book, code), busiest.get(code, 0))
            for code in sorted(
                summary.agencies if summary else (), key=lambda one: (-busiest.get(one, 0), one)
            )[:MOST_LISTED]
        ],
        "parts": PARTS,
        "named": named,
        "titled": titled,
        "is_due": services.clock.now() >= plan.effective,
        "may_order": may_everywhere(who, Ability.ACT),
        "csrf": who.csrf,
    }
