"""Now (Tình hình): what needs a person, how the month goes, what is well; live."""

from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from datetime import timedelta
from functools import partial
from typing import Annotated, Any, Final, cast

import psycopg
from fastapi import APIRouter, Request, Response
from psycopg_pool import PoolTimeout
from starlette.responses import RedirectResponse, StreamingResponse

from gateway.api.state import ApiState, State
from gateway.console.charts import bars_of
from gateway.console.heat import heat_map
from gateway.console.navigation import screen_for
from gateway.console.pages import Page, PageMaker
from gateway.console.pulse import Beat, Pulse
from gateway.console.screens.agencies import count_trouble
from gateway.console.visitors import HOME, NotAllowed, Watching, allowed, is_still_here
from gateway.operations.alarms import group_alarms
from gateway.operations.wellness import Organ
from gateway.people.rights import Ability, may, may_everywhere, reach
from gateway.people.signed_in import SignedIn

router = APIRouter()

MOST_STREAMS: Final = 300
"""Watchers of one process; who comes later has the page, and may load it anew."""
_LOOK_AFTER: Final = 10
"""Glances (5 s) between looks whether the session is still open."""

HANDED: Final = ("handed_quickly", "handed_in_time", "handed_late")

Seeing = Annotated[SignedIn, allowed(Ability.SEE_WORK)]


@router.get("/console/")
async def lead_home(_who: Seeing) -> Response:
    """There is one address."""
    return RedirectResponse(HOME, status_code=308)


@router.get("/console")
async def show(request: Request, who: Seeing, page: Page, state: State) -> Response:
    """Show the last look, which the page then keeps fresh."""
    beat = await _pulse(request).latest()
    facts = _facts(beat, who, state, page, await _trouble(request, state, who, beat))
    return page.show("now.html", title="now.title", screen="now", **facts)


@router.get("/console/now/live")
async def watch(request: Request, who: Watching, page: Page, state: State) -> Response:
    """Send each new look as an event, until the session ends or the gateway stops."""
    if not may(who, Ability.SEE_WORK):
        raise NotAllowed(Ability.SEE_WORK)
    pulse = _pulse(request)
    if pulse.watchers >= MOST_STREAMS:
        return Response(status_code=204)  # what tells an EventSource not to come back
    return StreamingResponse(
        _events(request, who, page, state, pulse),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


async def _events(
    request: Request, who: SignedIn, page: PageMaker, state: ApiState, pulse: Pulse
) -> AsyncIterator[str]:
    glances = 0
    async with aclosing(pulse.watch()) as beats:
        async for beat in beats:
            if state.bell.is_closed:
                return
            glances += 1
            if glances % _LOOK_AFTER == 0:
                if not await is_still_here(request, who, state):
                    yield "event: over\ndata:\n\n"
                    return
                yield ": still here\n\n"
            if beat is not None:
                trouble = await _trouble(request, state, who, beat)
                write = partial(_event, beat, who, state, page, trouble)
                yield pulse.written.of(beat.number, (page.language, who.grants), write)


def _event(beat: Beat, who: SignedIn, state: ApiState, page: PageMaker, trouble: int) -> str:
    """Write a look as its readers see it: who they are is in it only by language and roles."""
    part = page.written("now_live.html", **_facts(beat, who, state, page, trouble))
    lines = "".join(f"data: {line}\n" for line in part.splitlines())
    return f"event: now\n{lines}\n"


async def _trouble(request: Request, state: ApiState, who: SignedIn, beat: Beat) -> int:
    """Return how many connections need a look; without the database, how many are cut off."""
    if beat.wellness.reached:
        with suppress(PoolTimeout, psycopg.OperationalError):
            return await count_trouble(request, state, who)
    return len(beat.wellness.connectors(reach(who, Ability.SEE_WORK))[0].unwell)


def _facts(
    beat: Beat, who: SignedIn, state: ApiState, page: PageMaker, trouble: int
) -> dict[str, Any]:
    """Narrow a look to what its reader may see."""
    seen = reach(who, Ability.SEE_WORK)
    causes = beat.situation.by_cause(seen)
    connectors, connections = beat.wellness.connectors(seen)
    reported = may(who, Ability.SEE_REPORTS)
    bands = []
    if reported:
        bands = heat_map(
            beat.books,
            state.services.rulebook.directory,
            beat.situation.looked_at,
            reach(who, Ability.SEE_REPORTS),
            page.language,
        )
    alarms = beat.wellness.alarms if may_everywhere(who, Ability.SEE_WORK) else ()
    judged = sum(one.whole.judged for one in bands)
    return {
        "beat": beat,
        "now": beat.situation.looked_at,
        "causes": causes,
        "waiting": beat.awaiting(who) if may(who, Ability.APPROVE) else 0,
        "vi": page.language == "vi",
        "screen_for": lambda cause: screen_for(cause, who),
        "count": sum(one.count for one in causes),
        "urgent": min((one.most_urgent for one in causes if one.most_urgent), default=None),
        "oldest": min((one.oldest for one in causes if one.oldest), default=None),
        "soon": beat.situation.looked_at + timedelta(hours=4),
        "parts": [*beat.wellness.parts, connectors],
        "connections": connections,
        "trouble": trouble,
        "away_since": next(one.since for one in beat.wellness.parts if one.organ is Organ.DATABASE),
        "everywhere": may_everywhere(who, Ability.SEE_WORK),
        "alarms": alarms,
        "alarm_groups": group_alarms(alarms),
        "name_of": lambda code: state.services.rulebook.name_of(code, beat.situation.looked_at),
        "came": bars_of(beat.day, "submitted"),
        "handed": bars_of(beat.day, *HANDED),
        "kinds": HANDED,
        "bands": bands,
        "reported": reported,
        "judged": judged,
        "on_time": sum(one.whole.on_time for one in bands) / judged if judged else None,
    }


def _pulse(request: Request) -> Pulse:
    return cast(Pulse, request.app.state.pulse)
