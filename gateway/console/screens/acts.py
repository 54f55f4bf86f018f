"""An act: its frozen list before the first item, its progress while it runs, what came of each.

Who ordered an act sees it while they answer for all that it touches, as does whoever may see the
work of all of that; for others it is not there.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from starlette.responses import StreamingResponse

from gateway.api.problems import refuse
from gateway.api.state import ApiState, State
from gateway.console.flashes import Flash
from gateway.console.outcome_words import is_good, why
from gateway.console.pages import Crumb, Page, PageMaker
from gateway.console.screens.orders import Acting
from gateway.console.stuck_query import address, cause_title
from gateway.console.visitors import Watching, allowed, is_still_here
from gateway.operations import acts
from gateway.operations.orders import is_order_within, list_orders
from gateway.operations.second_person import is_person
from gateway.operations.step_titles import step_title
from gateway.operations.stuck_filter import BadFilter, read_filter
from gateway.people.four_eyes import (
    Decided,
    Irrevocable,
    ProposalRefused,
    find_about,
    propose,
    reaches_all,
)
from gateway.people.rights import Ability, may_everywhere, reach
from gateway.people.signed_in import SignedIn
from gateway.reports.spreadsheets import write_rows
from schemas.problems import ProblemType

router = APIRouter(prefix="/console/acts")

Seeing = Annotated[SignedIn, allowed(Ability.SEE_WORK)]

PER_PAGE: Final = 100
COLUMNS: Final = ("no", "dossier", "what", "step", "agency", "outcome", "why")
UNAPPROVED: Final = ("refused", "withdrawn", "expired")
TONES: Final = {
    "running": "info",
    "frozen": "info",
    "paused": "pause",
    "held": "warn",
    "unproposed": "warn",
    "refused": "bad",
    "done": "good",
    "done-some": "warn",
    "done-none": "warn",
}
OUTCOMES: Final = ("done", "skipped", "failed", "open")
_EVERY: Final = 0.5
_ASK_AGAIN: Final = 10.0
"""Seconds between looks whether the watcher is still signed in."""
_LONGEST: Final = 600.0
"""Seconds that a stream lasts; a browser that is still there asks again."""


@router.get("")
async def show_recent(
    page: Page, who: Seeing, state: State, before: UUID | None = None
) -> Response:
    """Show the orders of the last month: one's own, and those within one's reach."""
    reached = reach(who, Ability.SEE_WORK)
    found = await list_orders(
        state.services.pool, who.actor, reached, before=before, limit=PER_PAGE + 1
    )
    shown = []
    for one in found[:PER_PAGE]:
        stands = standing(one, one["proposed"], one["outcomes"])
        cause = cause_title(one["question"], page.language)
        shown.append((one, cause, stands, tone_of(stands, one["outcomes"])))
    return page.show(
        "acts.html",
        title="act.recent",
        screen="stuck",
        trail=[Crumb(page.words("stuck.title"), "/console/stuck")],
        orders=shown,
        following=found[PER_PAGE - 1]["id"] if len(found) > PER_PAGE else None,
        me=who.actor,
    )


@router.get("/{act}")
async def show(
    act: UUID,
    page: Page,
    who: Seeing,
    state: State,
    outcome: Literal["done", "skipped", "failed", "open"] | None = None,
    after: int = 0,
) -> Response:
    """Show an act with its list, or with those of its items that came to one outcome."""
    view, proposal = await _with_proposal(state, who, act)
    items = await acts.list_items(
        state.services.pool, act, after=max(0, after), limit=PER_PAGE + 1, outcome=outcome
    )
    rulebook, now = state.services.rulebook, state.services.clock.now()
    return page.show(
        "act.html",
        title="act.title",
        screen="stuck",
        trail=[Crumb(page.words("stuck.title"), _back(view))],
        items=items[:PER_PAGE],
        following=items[PER_PAGE - 1]["no"] if len(items) > PER_PAGE else None,
        outcome=outcome,
        proposal=proposal,
        may_propose=view["state"] == "held" and view["actor"] == who.actor and proposal is None,
        decides=proposal is not None and _may_decide(who, proposal),
        is_good=is_good,
        why=lambda detail: why(page.words, detail),
        named=lambda code: rulebook.name_in_force(code, now),
        until=_instant(view["details"].get("until")),
        step_of=lambda item: _step(page, state, item),
        **_facts(view, who, proposal.state if proposal else None),
    )


@router.post("/{act}/propose")
async def ask_for_second(act: UUID, page: Page, who: Acting, state: State) -> Response:
    """Ask for a second person; whoever ordered a held act does it, with the reason that it has."""
    view = await _found(state, who, act)
    if view["actor"] != who.actor:
        raise refuse(ProblemType.FORBIDDEN, "somebody else ordered it")
    here, pool = f"/console/acts/{act}", state.services.pool
    if view["state"] != "held":
        return page.lead_to(here)
    agencies = await acts.list_concerned(pool, view)
    kind = Irrevocable.REORGANISE if view["act"] == "reorganise" else Irrevocable.ARCHIVE_MANY
    try:
        await propose(pool, who, kind, str(act), view["reason"], agencies=agencies)
    except ProposalRefused as refused:
        return page.lead_to(here, Flash("bad", f"approvals.refused.{refused.word}"))
    return page.lead_to(here, Flash("good", "act.proposed"))


@router.post("/{act}/{how}")
async def control(
    act: UUID,
    how: Annotated[Literal["pause", "resume", "cancel"], Path()],
    page: Page,
    who: Acting,
    state: State,
) -> Response:
    """Start, pause, go on or cancel: who ordered it and still may, or who may act everywhere."""
    view = await _found(state, who, act)
    if not _may_control(view, who):
        raise refuse(ProblemType.FORBIDDEN, "somebody else ordered it")
    await acts.control(state.services.pool, act, how)
    state.services.wake_dispatch()
    return page.lead_to(f"/console/acts/{act}")


@router.get("/{act}/progress")
async def progress(
    act: UUID, request: Request, page: Page, who: Watching, state: State
) -> StreamingResponse:
    """Tell how far it is until it has ended: `progress` again and again, then `ended`."""
    await _found(state, who, act)

    async def told() -> AsyncIterator[str]:
        until, last = time.monotonic() + _LONGEST, ""
        ask_at = time.monotonic() + _ASK_AGAIN
        while time.monotonic() < until and not await request.is_disconnected():
            if time.monotonic() >= ask_at:
                if not await is_still_here(request, who, state):
                    return
                ask_at = time.monotonic() + _ASK_AGAIN
            view = await acts.find_act(state.services.pool, act)
            assert view is not None
            part = page.written("parts/act_progress.html", **_facts(view, who))
            if part != last:
                yield _event("progress", part)
                last = part
            if view["state"] in ("done", "cancelled"):
                yield _event("ended", "")
                return
            if state.bell.is_closed:
                return
            await asyncio.sleep(_EVERY)

    return StreamingResponse(
        told(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


@router.get("/{act}/items.csv")
async def as_csv(
    act: UUID,
    page: Page,
    who: Seeing,
    state: State,
    outcome: Literal["done", "skipped", "failed", "open"] | None = None,
) -> Response:
    """Return the whole list as a table for a spreadsheet."""
    await _found(state, who, act)
    items = await acts.list_items(state.services.pool, act, limit=acts.MOST_ITEMS, outcome=outcome)
    headings = [page.words(f"act.column.{name}") for name in COLUMNS]
    rows = [
        (
            item["no"],
            item["dossier"] or "",
            item["transfer"] or item["delivery"] or item["message"] or "",
            _step(page, state, item),
            item["whose"] or "",
            page.words(f"act.outcome.{item['outcome'] or 'open'}"),
            why(page.words, item["detail"]),
        )
        for item in items
    ]
    headers = {"Content-Disposition": f'attachment; filename="{act}.csv"'}
    body = write_rows(headings, rows, language=page.language)
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)


def _facts(view: dict[str, Any], who: SignedIn, proposed: str | None = None) -> dict[str, Any]:
    outcomes = {name: view["outcomes"].get(name, 0) for name in OUTCOMES}
    ended = view["total"] - outcomes["open"]
    return {
        "act": view,
        "standing": (stands := standing(view, proposed, outcomes)),
        "tone": tone_of(stands, outcomes),
        "outcomes": outcomes,
        "ended": ended,
        "is_fresh": view["state"] in ("paused", "held") and ended == 0,
        "is_held": view["state"] == "held",
        "csrf": who.csrf,
        "may_control": _may_control(view, who),
    }


def standing(
    view: dict[str, Any], proposed: str | None, outcomes: Mapping[str, int] | None = None
) -> str:
    """Return the word for how an act stands: what came of its items, and of what was proposed.

    `proposed` is the state of its last proposal; without outcomes it has ended in whatever way.
    """
    state = str(view["state"])
    if state == "held":
        return "held" if proposed == "open" else "unproposed"
    if state == "cancelled" and proposed in UNAPPROVED:
        return str(proposed)
    if outcomes is None:
        return state
    if state == "paused" and outcomes["open"] == view["total"]:
        return "frozen"
    if state == "done" and outcomes["done"] < view["total"]:
        return "done-some" if outcomes["done"] else "done-none"
    return state


def tone_of(stands: str, outcomes: Mapping[str, int]) -> str:
    """Return the tone of a word of `standing`: what failed is never shown as good."""
    if stands.startswith("done-") and outcomes["failed"]:
        return "bad"
    return TONES.get(stands, "quiet")


def _step(page: PageMaker, state: ApiState, item: dict[str, Any]) -> str:
    """Return what the step of an item is called; empty where it is about no step."""
    step = item["step"]
    if step is None:
        return ""
    catalogue = state.services.rulebook.catalogue
    title = step_title(catalogue, step, item["procedure"], item["version"])
    return step if title is None else title.of(page.language)


def _instant(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)


def _back(view: dict[str, Any]) -> str:
    try:
        return address(read_filter(view["question"].get("filter", {})))
    except BadFilter:
        return "/console/stuck"


async def _found(state: ApiState, who: SignedIn, act: UUID) -> dict[str, Any]:
    view, _ = await _with_proposal(state, who, act)
    return view


async def _with_proposal(
    state: ApiState, who: SignedIn, act: UUID
) -> tuple[dict[str, Any], Decided | None]:
    """Return an act and what was proposed of it, to whoever may see it or decide it."""
    pool = state.services.pool
    view = await acts.find_act(pool, act)
    proposal = None
    if view is not None and (view["state"] == "held" or _needs_two(view)):
        proposal = await find_about(pool, str(act))
        view = await acts.find_act(pool, act)  # what is over is cancelled by now
    reached = reach(who, Ability.SEE_WORK)
    sees = view is not None and (
        reached is None
        or acts.is_followed_by(view, who.actor, reached)
        or await is_order_within(pool, act, reached)
    )
    if view is None or not (sees or (proposal is not None and _may_decide(who, proposal))):
        raise refuse(ProblemType.NOT_FOUND, "no act has this id")
    return view, proposal


def _needs_two(view: dict[str, Any]) -> bool:
    return view["act"] in ("archive", "reorganise") and is_person(view["actor"])


def _may_control(view: dict[str, Any], who: SignedIn) -> bool:
    """Whether somebody may go on with it: as far as they reach now, not as they did once."""
    return acts.is_followed_by(view, who.actor, reach(who, Ability.ACT)) or may_everywhere(
        who, Ability.ACT
    )


def _may_decide(who: SignedIn, proposal: Decided) -> bool:
    return who.person != proposal.proposed_by and reaches_all(who, proposal.agencies)


def _event(name: str, part: str) -> str:
    lines = "".join(f"data: {line}\n" for line in part.splitlines() or [""])
    return f"event: {name}\n{lines}\n"
