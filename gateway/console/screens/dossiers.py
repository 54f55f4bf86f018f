"""Find a dossier (Hồ sơ): by its code, the beginning of one, or a transfer's id; and the newest.

One match leads straight there. A dossier's own address leads to its newest transfer within reach.
"""

import re
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Path, Response

from gateway.api.problems import refuse
from gateway.api.state import ApiState, State
from gateway.console.pages import Page
from gateway.console.visitors import allowed
from gateway.operations.dossier import find_within
from gateway.operations.dossier_search import MOST_FOUND, Listed, find_dossiers, list_newest
from gateway.operations.step_titles import procedure_title
from gateway.people.rights import Ability, reach
from gateway.people.signed_in import SignedIn
from schemas.problems import ProblemType

router = APIRouter(prefix="/console")

Seeing = Annotated[SignedIn, allowed(Ability.SEE_WORK)]

LIST_COLUMNS: Final = ("dossier", "office", "procedure", "state", "submitted", "due")
_CODE: Final = re.compile(r"[A-Za-z0-9._/-]{4,64}")
"""A code, or the beginning of one: fewer characters would begin too many."""


@router.get("/dossiers")
async def show(
    page: Page, who: Seeing, state: State, q: str = "", before: UUID | None = None
) -> Response:
    """Show what was asked for, or the newest; what cannot be a code is not looked for."""
    asked, pool, within = q.strip(), state.services.pool, reach(who, Ability.SEE_WORK)
    found: list[Listed] = []
    is_understood = not asked or _CODE.fullmatch(asked) is not None
    if asked and is_understood:
        transfer = _transfer_id(asked)
        if transfer is not None and await find_within(pool, transfer, within) is not None:
            return page.lead_to(_address(transfer))
        found = await find_dossiers(pool, asked, within)
        exact = [one for one in found if one.code == asked] or found
        if len({(one.issuer, one.code) for one in exact}) == 1:
            return page.lead_to(_address(max(one.transfer for one in exact)))
    rulebook, now = state.services.rulebook, state.services.clock.now()
    newest = None if asked else await list_newest(pool, within, before=before)
    return page.show(
        "dossiers.html",
        title="dossiers.title",
        screen="dossiers",
        status=200 if is_understood else 400,
        asked=asked if is_understood else "",
        is_understood=is_understood,
        is_search=bool(asked),
        rows=found[:MOST_FOUND] if newest is None else newest.listed,
        columns=LIST_COLUMNS,
        capped=len(found) > MOST_FOUND,
        following=newest.following if newest is not None else None,
        is_first=before is None,
        named=lambda code: rulebook.name_in_force(code, now),
        titled=lambda code: _title(state, code, page.language),
        now=now,
    )


@router.get("/dossiers/{issuer}/{code:path}")
async def lead_to_newest(
    issuer: Annotated[str, Path(max_length=35)],
    code: Annotated[str, Path(max_length=64)],
    page: Page,
    who: Seeing,
    state: State,
) -> Response:
    """Lead to a dossier's newest transfer within reach."""
    found = await find_dossiers(state.services.pool, code, reach(who, Ability.SEE_WORK))
    own = [one.transfer for one in found if (one.issuer, one.code) == (issuer, code)]
    if not own:
        raise refuse(ProblemType.NOT_FOUND, "no dossier within reach has this code")
    return page.lead_to(_address(max(own)))


def _address(transfer: UUID) -> str:
    return f"/console/transfers/{transfer}"


def _transfer_id(asked: str) -> UUID | None:
    try:
        return UUID(asked) if len(asked) == len(str(UUID(int=0))) else None
    except ValueError:
        return None


def _title(state: ApiState, code: str, language: str) -> str:
    title = procedure_title(state.services.rulebook.catalogue, code)
    return title.of(language) if title else code
