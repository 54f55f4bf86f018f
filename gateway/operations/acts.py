"""Operators' acts: on one item or many. The list is frozen first; the outcome is kept per item.

An act is a row with its actor, reason and details, and one row per item. A dry run is the same
act, paused before its first item: what was shown is exactly what will be acted on.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from gateway.commit.rows import encode
from gateway.ids import new_id
from gateway.operations import questions
from gateway.operations.causes import OF_ONE_MESSAGE
from gateway.operations.notes import keep_text
from gateway.operations.second_person import ARCHIVED_ALONE, is_person
from gateway.operations.stuck import MOST_COUNTED, Asking
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement
from routing.lifecycle.model import Act

View = dict[str, Any]

MOST_ITEMS = MOST_COUNTED
SAMPLE = 20
WITHIN = "within"
"""In an act's question: the agencies that its list touches, where the order was confined."""
CONTROLS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "pause": ("paused", ("running",)),
    "resume": ("running", ("paused",)),
    "cancel": ("cancelled", ("running", "paused", "held")),
}
"""A held act is started by nobody: `release` alone does, with a second person's approval."""


class DeskAct(StrEnum):
    """What operators do to each other's work; no transfer, clock or agency notices."""

    ASSIGN = "assign"
    NOTE = "note"


OF_MESSAGES: frozenset[Act | DeskAct] = frozenset(
    {Act.RETRY, Act.ARCHIVE, Act.RESOLVE, DeskAct.ASSIGN, DeskAct.NOTE}
)
"""What is done to a delivery itself where an item names one; all else is done to its transfer."""


def read_act(name: str) -> Act | DeskAct:
    """Read an act by its name; ValueError if there is none."""
    return DeskAct(name) if name in set(DeskAct) else Act(name)


class ActRefused(ValueError):
    """An act that cannot be carried out as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """What an act is about: a transfer or one of its hops, a delivery, a message, an endpoint."""

    transfer_id: UUID | None = None
    step: str | None = None
    round: int | None = None
    delivery_id: UUID | None = None
    inbox_id: UUID | None = None
    agency: str | None = None

    @property
    def is_empty(self) -> bool:
        return not any((self.transfer_id, self.delivery_id, self.inbox_id, self.agency))

    @property
    def is_hop(self) -> bool:
        """It is about the course of a transfer, not about one message in or out."""
        return self.delivery_id is None and self.inbox_id is None


@dataclass(frozen=True, slots=True)
class Order:
    """What an operator wants done. `reason` is for people; `code` goes into the ledger."""

    act: Act | DeskAct
    actor: str
    reason: str
    code: str = "by-operator"
    agency: str | None = None
    until: datetime | None = None
    pause_reason: str | None = None
    legal_basis: str | None = None
    to_step: str | None = None
    """Of a return: the earlier step; without one, whoever fed the turn."""
    return_reason: str | None = None
    letter: View | None = None
    """The letter that announces it: {seq, row}, JSON-ready; both take effect or neither."""
    calendar: str | None = None
    plan: str | None = None
    """The digest of a stored plan of reorganisation."""
    person: str | None = None
    """Who is to work on it; to assign it to None ends what was assigned."""
    note: str | None = field(default=None, repr=False)
    """Free text: kept apart from the act."""

    def details(self) -> View:
        """Return what the items' execution needs, JSON-ready."""
        letter = {} if self.letter is None else {"letter": self.letter}
        plan = {} if self.plan is None else {"plan": self.plan}
        person = {"person": self.person} if self.act is DeskAct.ASSIGN else {}
        return {
            **letter,
            **plan,
            **person,
            "code": self.code,
            "agency": self.agency,
            "until": self.until.isoformat() if self.until else None,
            "pause_reason": self.pause_reason,
            "legal_basis": self.legal_basis,
            "calendar": self.calendar,
            "to_step": self.to_step,
            "return_reason": self.return_reason,
        }

    def check(self) -> None:
        """Refuse what no item could be done with."""
        if not self.reason.strip():
            raise ActRefused("an act needs a reason")
        if self.act is Act.REDIRECT and self.agency is None:
            raise ActRefused("redirect: name the agency")
        if self.act is Act.EXTEND and (self.until is None or self.legal_basis is None):
            raise ActRefused("extend: name the new deadline and the legal basis")
        if self.act is Act.RECALENDAR and self.calendar is None:
            raise ActRefused("recalendar: name the calendar version")
        if self.act is Act.REORGANISE and self.plan is None:
            raise ActRefused("reorganise: lienthong reorganise applies a reviewed plan")
        if self.act is Act.PAUSE and (self.pause_reason is None or self.legal_basis is None):
            raise ActRefused("pause: name the reason and the legal basis")
        if self.act is Act.RETURN and (self.return_reason is None or self.legal_basis is None):
            raise ActRefused("return: name the reason and the legal basis")
        if (self.act is DeskAct.NOTE) is not bool((self.note or "").strip()):
            raise ActRefused("note: write what is to be noted, and only there")


@dataclass(frozen=True, slots=True)
class Frozen:
    """An act whose list is fixed."""

    id: UUID
    total: int
    sample: list[Target] = field(default_factory=list)
    capped: bool = False
    """The list is as long as one may be; there may have been more."""
    held: bool = False
    """It waits for a second person, whatever was asked for."""


async def freeze(
    pool: Pool,
    order: Order,
    targets: Sequence[Target],
    *,
    question: Mapping[str, Any],
    dry_run: bool,
    reach: Collection[str] | None = None,
    archived_alone: int = ARCHIVED_ALONE,
) -> Frozen:
    """Store an act and its list; it runs at once, or waits for `resume` if it is a dry run.

    What a person cannot do alone is held: a reorganisation, and archiving more than so many.

    With a `reach`, every item must be the turn of one of these agencies; what is beyond it is
    refused as what does not exist.
    """
    order.check()
    distinct = list(dict.fromkeys(targets))
    if not distinct or any(target.is_empty for target in distinct):
        raise ActRefused("there is nothing to act on")
    if order.act is Act.RESOLVE and order.agency is None and any(t.is_hop for t in distinct):
        raise ActRefused("resolve: name the agency")
    if len(distinct) > MOST_ITEMS:
        raise ActRefused(f"at most {MOST_ITEMS} items at a time")
    act_id = new_id()
    rows = [{"no": no, **asdict(target)} for no, target in enumerate(distinct, 1)]
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(statement("freeze_act_items"), (act_id, encode(rows)))
        asked = {**question, **await _keep_within(connection, act_id, order, reach)}
        held = _is_held(order, len(rows), archived_alone)
        await _enter(connection, act_id, order, asked, len(rows), _state(dry_run, held))
    return Frozen(act_id, len(rows), distinct[:SAMPLE], held=held)


async def freeze_asked(
    pool: Pool,
    order: Order,
    asking: Asking,
    *,
    dry_run: bool,
    archived_alone: int = ARCHIVED_ALONE,
) -> Frozen:
    """Store an act on all that a filter finds now, longest stuck first; else as `freeze`.

    What it finds is frozen where it is found, in one statement: no id passes through here. Raises
    ActRefused, and BadFilter.
    """
    order.check()
    causes = asking.filter.causes
    if not causes:
        raise ActRefused("name the causes that it is for")
    if order.act is Act.RESOLVE and order.agency is None and not OF_ONE_MESSAGE.issuperset(causes):
        raise ActRefused("resolve: name the agency")
    act_id = new_id()
    asked = {**asking.parameters(), "act": act_id, "limit": MOST_ITEMS}
    async with pool.connection() as connection, connection.transaction():
        frozen = await connection.execute(questions.freezing(asking.filter.asked), asked)
        total = frozen.rowcount
        if total == 0:
            raise ActRefused("there is nothing to act on")
        within = await _keep_within(connection, act_id, order, asking.reach)
        capped = total == MOST_ITEMS
        question = {"filter": asking.filter.view(), "capped": capped, **within}
        held = _is_held(order, total, archived_alone)
        await _enter(connection, act_id, order, question, total, _state(dry_run, held))
        first = await connection.execute(
            statement("list_act_items"),
            {"act": act_id, "after": 0, "limit": SAMPLE, "outcome": None},
        )
        sample = [Target(*row[1:7]) for row in await first.fetchall()]
    return Frozen(act_id, total, sample, capped, held)


async def _keep_within(
    connection: Connection, act_id: UUID, order: Order, reach: Collection[str] | None
) -> View:
    """Return what is kept of whose the frozen list is; raise ActRefused if it goes beyond a reach.

    Of an order that was confined its act says by which agencies: whoever gave it follows it as
    long as they reach those. Of any other it says nothing, and who follows it reaches them all.
    """
    if reach is None:
        return {}
    touched = await _agencies_of(connection, act_id, order.act)
    if not touched <= set(reach):
        raise ActRefused("not all of it is there")
    return {WITHIN: sorted(one for one in touched if one is not None)}


async def _agencies_of(
    connection: Connection, act_id: UUID, act: Act | DeskAct
) -> frozenset[str | None]:
    asked = {"act": act_id, "of_messages": act in OF_MESSAGES}
    found = await connection.execute(statement("list_agencies_of_act"), asked)
    return frozenset(row[0] for row in await found.fetchall())


def is_followed_by(view: View, actor: str, reach: Collection[str] | None) -> bool:
    """Whether somebody may follow an act: who ordered it, while they reach all that it touches."""
    if view["actor"] != actor:
        return False
    within = view["question"].get(WITHIN)
    return reach is None or (within is not None and set(within) <= set(reach))


async def _enter(
    connection: Connection,
    act_id: UUID,
    order: Order,
    question: Mapping[str, Any],
    total: int,
    state: str,
) -> None:
    details = order.details()
    if order.note is not None:
        await keep_text(connection, act_id, order.note)
        details["note"] = str(act_id)
    await connection.execute(
        statement("insert_operator_act"),
        {
            "id": act_id,
            "actor": order.actor,
            "act": order.act.value,
            "reason": order.reason,
            "question": Jsonb(dict(question)),
            "details": Jsonb(details),
            "state": state,
            "total": total,
        },
    )
    named = {"act": act_id, "other": order.agency}
    await connection.execute(statement("name_agencies_of_act"), named)


def _is_held(order: Order, total: int, archived_alone: int) -> bool:
    if not is_person(order.actor):
        return False
    return order.act is Act.REORGANISE or (order.act is Act.ARCHIVE and total > archived_alone)


def _state(dry_run: bool, held: bool) -> str:
    return "held" if held else "paused" if dry_run else "running"


async def release(pool: Pool, act_id: UUID) -> bool:
    """Start a held act that a second person approved; False if nobody did, or it is over."""
    async with pool.connection() as connection:
        released = await connection.execute(statement("release_held_act"), {"id": act_id})
        return released.rowcount > 0


async def list_concerned(pool: Pool, view: View) -> list[str]:
    """Return the agencies that an act's list concerns; none where it is nobody's in particular."""
    async with pool.connection() as connection:
        agencies = await _agencies_of(connection, view["id"], read_act(view["act"]))
    return [] if None in agencies else sorted(one for one in agencies if one is not None)


async def control(pool: Pool, act_id: UUID, how: str) -> bool:
    """Pause, resume or cancel an act between two items; False if its state does not allow it."""
    to, from_ = CONTROLS[how]
    async with pool.connection() as connection, connection.transaction():
        changed = await connection.execute(
            statement("change_act_state"), {"id": act_id, "to": to, "from": list(from_)}
        )
        if how == "cancel" and changed.rowcount:
            await connection.execute(statement("withdraw_proposals_of_act"), (str(act_id),))
        return changed.rowcount > 0


async def find_act(pool: Pool, act_id: UUID) -> View | None:
    """Return an act with its progress."""
    async with pool.connection() as connection:
        found = await connection.execute(statement("find_operator_act"), (act_id,))
        row = await found.fetchone()
    return None if row is None else {**_act(row), "outcomes": row[10]}


async def list_acts(pool: Pool, *, before: UUID | None = None, limit: int = 50) -> list[View]:
    """Return the audit trail, newest first."""
    asked = {"before": before or UUID(int=2**128 - 1), "limit": limit}
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_operator_acts"), asked)
        return [_act(row) for row in await found.fetchall()]


async def list_items(
    pool: Pool, act_id: UUID, *, after: int = 0, limit: int = 100, outcome: str | None = None
) -> list[View]:
    """Return the frozen list of an act with the outcomes so far; `open` is an outcome too."""
    asked = {"act": act_id, "after": after, "limit": limit, "outcome": outcome}
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_act_items"), asked)
        return [_item(row) for row in await found.fetchall()]


def target_view(target: Target) -> View:
    """Write a target as the lists write theirs."""
    return {
        "transfer": target.transfer_id,
        "step": target.step,
        "round": target.round,
        "delivery": target.delivery_id,
        "message": target.inbox_id,
        "agency": target.agency,
    }


def _act(row: Sequence[Any]) -> View:
    names = ("id", "at", "actor", "act", "reason", "question", "details", "state", "total")
    view = {**dict(zip(names, row, strict=False)), "finished_at": row[9]}
    # A letter is read where letters are; the trail says which one it was.
    if letter := view["details"].get("letter"):
        view["details"] = {**view["details"], "letter": letter["row"]["id"]}
    return view


def _item(row: Sequence[Any]) -> View:
    names = ("no", "transfer", "step", "round", "delivery", "message", "agency", "outcome")
    more = {"detail": row[8], "ended_at": row[9], "dossier": row[10], "whose": row[11]}
    procedure = {"procedure": row[12], "version": row[13]}
    return {**dict(zip(names, row, strict=False)), **more, **procedure}
