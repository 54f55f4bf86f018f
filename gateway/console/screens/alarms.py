"""Alarms (Cảnh báo): what the gateway itself noticed, by kind, what to do about it, and who knows.

Alarms concern the whole gateway: they are for who sees work everywhere. Taking note of a kind says
that somebody sees to it; an alarm ends by itself once what raised it is over.
"""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from gateway.api.state import State
from gateway.console.flashes import Flash
from gateway.console.forms import read_form
from gateway.console.pages import Crumb, Page
from gateway.console.visitors import HOME, allowed
from gateway.operations.alarms import acknowledge_alarms, group_alarms, list_alarms
from gateway.operations.audit import By
from gateway.people.rights import Ability, may_everywhere
from gateway.people.signed_in import SignedIn
from schemas.identifiers import is_agency_code

ALARMS: Final = HOME + "/alarms"
MOST: Final = 500

router = APIRouter(prefix=ALARMS)


@router.get("")
async def show(
    page: Page,
    state: State,
    who: Annotated[SignedIn, allowed(Ability.SEE_WORK, everywhere=True)],
) -> Response:
    """Show what is open, first what nobody took note of."""
    alarms = await list_alarms(state.services.pool, limit=MOST)
    names = {one["subject"]: _agency_of(one["subject"]) for one in alarms}
    rulebook, now = state.services.rulebook, state.services.clock.now()
    return page.show(
        "alarms.html",
        title="alarms.title",
        screen="now",
        trail=[Crumb(page.words("nav.now"), HOME)],
        groups=group_alarms(alarms),
        agencies=names,
        named={code: rulebook.name_of(code, now) for code in names.values() if code},
        vi=page.language == "vi",
        is_cut=len(alarms) == MOST,
        may_note=may_everywhere(who, Ability.RUN_AGENCIES),
    )


@router.post("/{kind}/acknowledge")
async def acknowledge(
    request: Request,
    page: Page,
    state: State,
    kind: str,
    who: Annotated[SignedIn, allowed(Ability.RUN_AGENCIES, everywhere=True)],
) -> Response:
    """Take note of a kind's alarms, up to the newest one that the page showed."""
    try:
        newest = UUID((await read_form(request)).one("newest"))
    except ValueError:
        raise HTTPException(400) from None
    count = await acknowledge_alarms(state.services.pool, kind, newest, By(who.actor))
    flash = Flash("good", "alarms.noted", {"n": count}) if count else None
    return page.lead_to(ALARMS, flash)


def _agency_of(subject: str) -> str | None:
    """Return the agency that a subject is or names: `H31.101`, `H31.101-1/http`."""
    code = subject.partition("/")[0].partition("-")[0]
    return code if is_agency_code(code) else None
