"""An agency's outages: declared, ended, withdrawn, by who may run its connection.

What a declaration holds is policy data; the clocks of the hops concerned stand from its start on.
Each act is in the audit, beside the ledger entries of the hops that it holds.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response

from gateway.api.problems import refuse
from gateway.api.state import ApiState, State
from gateway.console.agency_query import PATH
from gateway.console.flashes import Flash
from gateway.console.formats import ZONE
from gateway.console.forms import Form, read_form
from gateway.console.pages import Crumb, Page, PageMaker
from gateway.console.screens.agencies import Code
from gateway.console.screens.agency import LONGEST_REASON, Running, reaches, reason_of
from gateway.operations import outages as use
from gateway.operations.outages import Declaration, NoSuchOutage, OutageRefused
from gateway.people.rights import Ability, may, reach
from gateway.people.signed_in import SignedIn
from routing.outages import OutageKind
from schemas.problems import ProblemType

router = APIRouter(prefix=PATH)

SHOWN: Final = 30
WRONG: Final[Mapping[str, str]] = {
    "a planned outage needs": "no-end",
    "an outage ends after it began": "order",
    "an incident has begun": "future",
    "outage ": "overlaps",
}
"""What a refusal says, by how it begins, as a word of the catalogue."""


@router.get("/{code}/outages")
async def show(code: Code, page: Page, who: Running, state: State) -> Response:
    """Show what was declared, with the form for another."""
    return await _show(page, state, who, code)


@router.post("/{code}/outages")
async def declare(code: Code, request: Request, page: Page, who: Running, state: State) -> Response:
    """Declare one: clocks of the hops concerned stand from its start on."""
    reaches(who, code)
    form = await read_form(request)
    try:
        declared = _declaration(form, code, who, state.services.clock.now())
        covers = state.services.rulebook.directory.subtree(code) if declared.below else (code,)
        reached = reach(who, Ability.RUN_AGENCIES)
        if reached is not None and not reached.issuperset(covers):
            return await _show(page, state, who, code, form, wrong="below")
        await use.declare(
            state.services.pool,
            declared,
            now=state.services.clock.now(),
            rulebook=state.services.rulebook,
        )
    except _NotGiven as missing:
        return await _show(page, state, who, code, form, wrong=missing.field)
    except OutageRefused as refused:
        return await _show(page, state, who, code, form, wrong=_word(refused))
    return page.lead_to(f"{PATH}/{code}/outages", Flash("good", "outage.done.declare"))


@router.post("/outages/{outage}/{how}")
async def close(
    outage: UUID, how: Literal["end", "withdraw"], page: Page, who: Running, state: State
) -> Response:
    """Say that the system is back, or that the declaration was a mistake."""
    services = state.services
    now, rulebook = services.clock.now(), services.rulebook
    try:
        view = await use.find_outage(services.pool, outage, now, rulebook.policies)
    except NoSuchOutage:
        raise refuse(ProblemType.NOT_FOUND, "no outage has this id") from None
    code = view["agency"]
    if code is None or not may(who, Ability.RUN_AGENCIES, [code]):
        raise refuse(ProblemType.NOT_FOUND, "no agency's outage within reach has this id")
    try:
        if how == "end":
            await use.end(
                services.pool, outage, at=None, actor=who.actor, now=now, rulebook=rulebook
            )
        else:
            await use.withdraw(services.pool, outage, actor=who.actor, now=now, rulebook=rulebook)
    except OutageRefused:
        return page.lead_to(f"{PATH}/{code}/outages", Flash("bad", "agency.refused"))
    return page.lead_to(f"{PATH}/{code}/outages", Flash("good", f"outage.done.{how}"))


class _NotGiven(ValueError):
    """A field that is missing or cannot be; `field` is its name."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def _declaration(form: Form, code: str, who: SignedIn, now: datetime) -> Declaration:
    try:
        kind = OutageKind(form.one("kind"))
    except ValueError:
        raise _NotGiven("kind") from None
    legal_basis = reason_of(form.one("legal_basis"))
    if legal_basis is None:
        raise _NotGiven("legal_basis")
    reason = reason_of(form.one("reason"))
    if reason is None:
        raise _NotGiven("reason")
    ends_at = _instant(form, "ends_at")
    return Declaration(
        agency=code,
        kind=kind,
        starts_at=_instant(form, "starts_at") or now,
        ends_at=ends_at,
        announced_at=None,
        legal_basis=legal_basis,
        reason=reason,
        actor=who.actor,
        below=form.one("below") == "1",
    )


def _instant(form: Form, name: str) -> datetime | None:
    """Read what a browser sends of a day and a time: Vietnam's, without an offset."""
    written = form.one(name)
    if not written:
        return None
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        raise _NotGiven(name) from None
    if read.tzinfo is not None or not 2000 <= read.year <= 2100:
        raise _NotGiven(name)
    return read.replace(tzinfo=ZONE)


def _word(refused: OutageRefused) -> str:
    said = str(refused)
    return next((word for begins, word in WRONG.items() if said.startswith(begins)), "refused")


async def _show(
    page: PageMaker,
    state: ApiState,
    who: SignedIn,
    code: str,
    form: Form = Form(),  # noqa: B008
    *,
    wrong: str = "",
) -> Response:
    reaches(who, code)
    services = state.services
    now = services.clock.now()
    name = state.services.rulebook.name_of(code, now)
    found: list[dict[str, Any]] = await use.list_outages(
        services.pool,
        now=now,
        policies=services.rulebook.policies,
        agency=code,
        over=True,
        limit=SHOWN,
    )
    return page.show(
        "agency_outages.html",
        title="outage.title",
        screen="agencies",
        status=422 if wrong else 200,
        trail=[Crumb(page.words("agencies.title"), PATH), Crumb(name, f"{PATH}/{code}")],
        code=code,
        name=name,
        outages=found,
        form=form,
        wrong=wrong,
        kinds=[(kind.value, page.words(f"agency.outage.kind.{kind}")) for kind in OutageKind],
        has_below=len(services.rulebook.directory.subtree(code)) > 1,
        longest=LONGEST_REASON,
    )
