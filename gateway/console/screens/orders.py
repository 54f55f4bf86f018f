"""Ordering an act: on what was chosen, on a group, or on all that a question finds.

First the form that the act needs; then its list is frozen and shown (screens/acts.py) before the
first item. Nothing of what is chosen stands in an address but codes and ids.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from gateway.api.state import ApiState, State
from gateway.console.flashes import Flash
from gateway.console.formats import ZONE
from gateway.console.forms import Form, read_form
from gateway.console.pages import Crumb, Page, PageMaker
from gateway.console.stuck_query import StuckQuery, address, read_query, read_written, written
from gateway.console.visitors import allowed
from gateway.operations import acts
from gateway.operations.acts import ActRefused, DeskAct, Order, Target
from gateway.operations.notes import LONGEST as LONGEST_NOTE
from gateway.operations.stuck import Asking, count_stuck
from gateway.operations.stuck_filter import BadFilter
from gateway.people.rights import Ability, reach
from gateway.people.signed_in import SignedIn
from routing.lifecycle.model import ORIGIN, Act
from schemas.wire import LINE_PATTERN, TEXT_PATTERN

router = APIRouter(prefix="/console/stuck")

Acting = Annotated[SignedIn, allowed(Ability.ACT)]

OFFERED: Final[Sequence[Act | DeskAct]] = (
    Act.RETRY,
    Act.REDIRECT,
    Act.RESOLVE,
    Act.PAUSE,
    Act.RESUME,
    Act.EXTEND,
    Act.RETURN,
    Act.RELEASE_REFUSAL,
    Act.STOP,
    Act.ARCHIVE,
    DeskAct.ASSIGN,
    DeskAct.NOTE,
)
FIELDS: Final = ("reason", "agency", "until", "legal_basis", "person", "note")
"""What the forms ask for in words of one's own."""
RETURNS: Final = ("wrong_data", "upstream_error", "wrong_procedure", "incomplete")
RETURN_TO: Final = ("sender", "origin")
"""Where a list of many can go back to: earlier steps differ from procedure to procedure."""
PAUSES: Final = ("supplement", "payment", "confirmation", "publication", "outage")
ON_A_BASIS: Final = (Act.EXTEND, Act.PAUSE, Act.RETURN)
_AGENCY = re.compile(r"[A-Z0-9.]{1,35}")
_PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@:-]{0,99}")


class NotGiven(ValueError):
    """A field of the form that is missing or cannot be; `field` is its name."""

    def __init__(self, field_: str) -> None:
        super().__init__(field_)
        self.field = field_


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an act is to be on: items that were named, or a question."""

    act: Act | DeskAct
    query: StuckQuery
    items: Sequence[str] = ()
    """Without any, it is on all that the question finds; who meant to choose has chosen some."""
    targets: Sequence[Target] = field(default=(), repr=False)

    @property
    def back(self) -> str:
        return address(self.query.filter)


@router.get("/order")
async def form_for_all(request: Request, page: Page, who: Acting, state: State) -> Response:
    """Show the form of an act on all that a question finds: a group, or what the page lists."""
    chosen = _chosen(
        request.query_params.get("act", ""), read_query(request.query_params.multi_items()), ()
    )
    if chosen is None:
        return page.lead_to("/console/stuck")
    return await _show(page, state, who, chosen)


@router.post("/order")
async def form_for_chosen(request: Request, page: Page, who: Acting, state: State) -> Response:
    """Show the form of an act on the items that were chosen, or on all of the page's question."""
    form = await read_form(request)
    chosen = _of_form(form)
    if chosen is None:
        return _lead_back(page, form)
    return await _show(page, state, who, chosen)


@router.post("/acts")
async def freeze(request: Request, page: Page, who: Acting, state: State) -> Response:
    """Freeze the list of an act and lead to it; nothing is done yet."""
    form = await read_form(request)
    chosen = _of_form(form)
    if chosen is None:
        return _lead_back(page, form)
    try:
        order = _order(chosen.act, form, who)
        frozen = await _freeze(state, who, chosen, order)
    except NotGiven as missing:
        return await _show(page, state, who, chosen, form, wrong=missing.field)
    except (ActRefused, BadFilter):
        return await _show(page, state, who, chosen, form, refused=True)
    return page.lead_to(f"/console/acts/{frozen.id}")


async def _freeze(state: ApiState, who: SignedIn, chosen: Chosen, order: Order) -> acts.Frozen:
    reached = reach(who, Ability.ACT)
    services = state.services
    alone = services.settings.archived_alone
    if chosen.targets:
        return await acts.freeze(
            services.pool,
            order,
            chosen.targets,
            question={},
            dry_run=True,
            reach=reached,
            archived_alone=alone,
        )
    asking = Asking.of(services.rulebook, services.clock.now(), chosen.query.filter, reached)
    return await acts.freeze_asked(services.pool, order, asking, dry_run=True, archived_alone=alone)


async def _show(
    page: PageMaker,
    state: ApiState,
    who: SignedIn,
    chosen: Chosen,
    form: Form = Form(),  # noqa: B008
    *,
    wrong: str = "",
    refused: bool = False,
) -> Response:
    count: tuple[int, bool] = (len(chosen.items), False)
    if not chosen.items:
        services = state.services
        asking = Asking.of(
            services.rulebook,
            services.clock.now(),
            chosen.query.filter,
            reach(who, Ability.ACT),
        )
        found = await count_stuck(services.pool, asking)
        count = sum(one.count for one in found), any(one.capped for one in found)
    return page.show(
        "order.html",
        title="order.title",
        screen="stuck",
        trail=[Crumb(page.words("stuck.title"), chosen.back)],
        status=422 if wrong or refused else 200,
        chosen=chosen,
        act=chosen.act.value,
        at=_called(state, chosen.query.filter.agency),
        alone=state.services.settings.archived_alone,
        needs_two=chosen.act is Act.ARCHIVE
        and (count[1] or count[0] > state.services.settings.archived_alone),
        count=count[0],
        capped=count[1],
        most=acts.MOST_ITEMS,
        asked=written(chosen.query.filter),
        entry=chosen.query.cause.entry if chosen.query.cause else None,
        form=form,
        wrong=wrong,
        refused=refused,
        pauses=PAUSES,
        return_words=[(one, page.words(f"order.return.{one}")) for one in RETURNS],
        return_to_words=[(one, page.words(f"order.return-to.{one}")) for one in RETURN_TO],
        on_a_basis=ON_A_BASIS,
        me=who.name,
        csrf=who.csrf,
    )


def _called(state: ApiState, code: str | None) -> str:
    """Return an agency's name; empty where a list is of no one agency."""
    return state.services.rulebook.name_of(code, state.services.clock.now()) if code else ""


def _of_form(form: Form) -> Chosen | None:
    """Return what a form is on; None too where nothing was chosen and not all of it was meant."""
    whole = form.one("whole") == "1"
    items = () if whole else form.all("item")
    if not whole and not items:
        return None
    return _chosen(form.one("act"), read_written(form.one("query")), items)


def _lead_back(page: PageMaker, form: Form) -> Response:
    """Lead to the list that a form came from, and say what was missing."""
    query = read_written(form.one("query"))
    return page.lead_to(address(query.filter), Flash("bad", "stuck.none-chosen"))


def _chosen(act: str, query: StuckQuery, items: Sequence[str]) -> Chosen | None:
    """Return what was chosen; None if that is no act, nothing, or no item of ours."""
    known = {one.value: one for one in OFFERED}
    if act not in known or not query.is_understood:
        return None
    if not items and query.cause is None:
        return None
    try:
        targets = [read_target(one) for one in items]
    except ValueError:
        return None
    return Chosen(known[act], query, items, targets)


def write_target(item: Any) -> str:
    """Write what an act on an item of the lists is about, as the value of its box."""
    whole = item.transfer or item.delivery or item.message
    parts = (
        item.transfer,
        item.step,
        item.round,
        item.delivery,
        item.message,
        None if whole else item.agency,
    )
    return "|".join("" if part is None else str(part) for part in parts)


def read_target(value: str) -> Target:
    """Read what `write_target` wrote; ValueError for anything else."""
    transfer, step, round_, delivery, message, agency = value.split("|")
    if agency and not _AGENCY.fullmatch(agency):
        raise ValueError("no agency")
    if not re.fullmatch(r"(?:[a-z][a-z0-9-]{0,63})?", step) or not re.fullmatch(r"\d{0,5}", round_):
        raise ValueError("no turn")
    return Target(
        transfer_id=UUID(transfer) if transfer else None,
        step=step or None,
        round=int(round_) if round_ else None,
        delivery_id=UUID(delivery) if delivery else None,
        inbox_id=UUID(message) if message else None,
        agency=agency or None,
    )


def _order(act: Act | DeskAct, form: Form, who: SignedIn) -> Order:
    """Read the form that an act needs; raise NotGiven."""
    reason = form.one("reason")
    if act in (DeskAct.ASSIGN, DeskAct.NOTE):
        reason = f"{act}"
    elif not 3 <= len(reason) <= 500 or not re.fullmatch(LINE_PATTERN, reason):
        raise NotGiven("reason")
    return Order(
        act,
        who.actor,
        reason,
        agency=_agency(act, form),
        until=_until(form) if act is Act.EXTEND else None,
        pause_reason=_one_of(form, "pause_reason", PAUSES) if act is Act.PAUSE else None,
        legal_basis=_legal_basis(form) if act in ON_A_BASIS else None,
        return_reason=_one_of(form, "return_reason", RETURNS) if act is Act.RETURN else None,
        to_step=_return_to(form) if act is Act.RETURN else None,
        person=_person(form) if act is DeskAct.ASSIGN else None,
        note=read_note(form) if act is DeskAct.NOTE else None,
    )


def _agency(act: Act | DeskAct, form: Form) -> str | None:
    if act not in (Act.REDIRECT, Act.RESOLVE):
        return None
    agency = form.one("agency").upper()
    if not agency and act is Act.RESOLVE:
        return None  # of a message: it has arrived, or is settled
    if not _AGENCY.fullmatch(agency):
        raise NotGiven("agency")
    return agency


def _until(form: Form) -> datetime:
    try:
        return datetime.fromisoformat(form.one("until")).replace(tzinfo=ZONE)
    except ValueError:
        raise NotGiven("until") from None


def _one_of(form: Form, field_: str, known: Sequence[str]) -> str:
    if (chosen := form.one(field_)) not in known:
        raise NotGiven(field_)
    return chosen


def _return_to(form: Form) -> str | None:
    """Return the step that a list goes back to; None where each goes to whoever fed it."""
    return None if _one_of(form, "return_to", RETURN_TO) == "sender" else ORIGIN


def _legal_basis(form: Form) -> str:
    basis = form.one("legal_basis")
    if not 3 <= len(basis) <= 500 or not re.fullmatch(LINE_PATTERN, basis):
        raise NotGiven("legal_basis")
    return basis


def _person(form: Form) -> str | None:
    person = form.one("person")
    if person and not _PERSON.fullmatch(person):
        raise NotGiven("person")
    return person or None


def read_note(form: Form) -> str:
    """Read the words of a note; raise NotGiven."""
    note = form.one("note").replace("\r\n", "\n")
    if not 0 < len(note) <= LONGEST_NOTE or not re.fullmatch(TEXT_PATTERN, note):
        raise NotGiven("note")
    return note
