"""The outages' use cases: declare, end, withdraw, list.

A person says that an agency's system, or this gateway, is away; what that stops is policy data. The
clocks of the hops concerned stand from the declared start on and go on at the declared end, also
for who hears of it later. Nothing is deleted: a declaration made by mistake is withdrawn, and what
it held is given back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.ids import new_id
from gateway.operations import audit
from gateway.operations.audit import By
from gateway.rulebook import Rulebook
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement
from routing.legaltime import Calendars, CalendarUnknown, close_of_notice_day, due
from routing.outages import OutageKind
from routing.policies import OutageRule, Policies

View = dict[str, Any]

_NEWEST = UUID(int=2**128 - 1)
_COLUMNS = (
    "outage",
    "agency",
    "kind",
    "starts_at",
    "ends_at",
    "announced_at",
    "legal_basis",
    "reason",
    "declared_by",
    "declared_at",
    "ended_by",
    "withdrawn_at",
    "withdrawn_by",
    "covers",
)


class OutageRefused(ValueError):
    """An outage that cannot be declared, ended or withdrawn as asked; the message says why."""


class NoSuchOutage(OutageRefused):
    """No outage has this id."""


class OutageOverlaps(OutageRefused):
    """One that overlaps is declared for the same system already."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a person declares. `agency` None: this gateway. `reason` is for people only."""

    agency: str | None
    kind: OutageKind
    starts_at: datetime
    ends_at: datetime | None
    announced_at: datetime | None
    legal_basis: str
    reason: str
    actor: str
    below: bool = False
    """Of every agency below it too: they share its system."""


async def declare(pool: Pool, declared: Declaration, *, now: datetime, rulebook: Rulebook) -> View:
    """Declare an outage; the view's `warnings` say, by article, what it does not keep to.

    OutageRefused for what cannot be; OutageOverlaps names the one that is in the way.
    """
    agency = _agency(declared.agency, rulebook, now)
    _check(declared, now)
    announced_at = declared.announced_at or now
    outage = new_id()
    row = {
        "id": outage,
        "agency": agency,
        "kind": declared.kind.value,
        "starts_at": declared.starts_at,
        "ends_at": declared.ends_at,
        "announced_at": announced_at,
        "legal_basis": declared.legal_basis,
        "reason": declared.reason,
        "declared_by": declared.actor,
        "declared_at": now,
        "covers": _covers(agency, rulebook, below=declared.below),
    }
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(statement("raise_outage_epoch"))
        found = await connection.execute(statement("find_overlapping_outage"), row)
        other = await found.fetchone()
        if other is not None:
            raise OutageOverlaps(
                f"outage {other[0]} is declared from {_said(other[1])} to {_said(other[2])}:"
                " end or withdraw it first, or declare only what it leaves"
            )
        await connection.execute(statement("insert_outage"), row)
        ends = [] if declared.ends_at is None else [declared.ends_at]
        await _sweep(connection, outage, [declared.starts_at, *ends])
        await _tell(connection, "declared", agency, By(declared.actor, declared.reason), row)
    warnings = warnings_of(declared, announced_at, rulebook.policies, rulebook.calendars)
    return {**await find_outage(pool, outage, now, rulebook.policies), "warnings": warnings}


async def end(
    pool: Pool, outage: UUID, *, at: datetime | None, actor: str, now: datetime, rulebook: Rulebook
) -> View:
    """End an outage, now unless `at` says when the system was back: the clocks go on from then."""
    at = at or now
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(statement("raise_outage_epoch"))
        view = await _found(connection, outage, now, rulebook.policies)
        if view["state"] != "open":
            raise OutageRefused(_not_open(view))
        if not view["starts_at"] < at <= now:
            raise OutageRefused(
                f"an outage ends after it began ({_said(view['starts_at'])}), and not in the future"
            )
        row = {"id": outage, "at": at, "by": actor}
        await connection.execute(statement("end_outage"), row)
        await _sweep(connection, outage, [at])
        await _tell(connection, "ended", view["agency"], By(actor), {**view, **row, "ends_at": at})
    return await find_outage(pool, outage, now, rulebook.policies)


async def withdraw(
    pool: Pool, outage: UUID, *, actor: str, now: datetime, rulebook: Rulebook
) -> View:
    """Withdraw an outage that was declared by mistake: what it held is given back."""
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(statement("raise_outage_epoch"))
        view = await _found(connection, outage, now, rulebook.policies)
        if view["state"] == "withdrawn":
            raise OutageRefused(_not_open(view))
        asked = {"id": outage, "at": now, "by": actor}
        await connection.execute(statement("withdraw_outage"), asked)
        await _sweep(connection, outage, [now])
        await _tell(connection, "withdrawn", view["agency"], By(actor), {**view, **asked})
    return await find_outage(pool, outage, now, rulebook.policies)


async def list_outages(
    pool: Pool,
    *,
    now: datetime,
    policies: Policies,
    agency: str | None = None,
    over: bool = False,
    before: UUID | None = None,
    limit: int = 100,
) -> list[View]:
    """Return the outages that last or are to come, newest first; with `over` the others too."""
    asked = {
        "id": None,
        "agency": agency,
        "over": over,
        "before": before or _NEWEST,
        "now": now,
        "limit": limit,
    }
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_outages"), asked)
        return [_view(row, now, policies) for row in await found.fetchall()]


async def find_outage(pool: Pool, outage: UUID, now: datetime, policies: Policies) -> View:
    """Return one outage; NoSuchOutage if there is none."""
    async with pool.connection() as connection:
        return await _found(connection, outage, now, policies)


def warnings_of(
    declared: Declaration, announced_at: datetime, policies: Policies, calendars: Calendars
) -> list[str]:
    """Say what a declaration does not keep to; it counts all the same."""
    rule = policies.outages[declared.kind]
    try:
        late = _announced_late(declared, announced_at, rule, calendars)
    except CalendarUnknown:
        return ["whether it was announced in time is not known: the calendar does not reach so far"]
    if not late:
        return []
    how = "on the working day it began" if rule.same_day else f"{rule.ahead} ahead"
    return [f"not announced {how}, as asked by {rule.sources['notice']}"]


# Checks


def _agency(named: str | None, rulebook: Rulebook, now: datetime) -> str | None:
    if named is None:
        return None
    agency = rulebook.directory.resolve(named, now)
    if agency is None:
        raise OutageRefused(f"no agency has the code {named[:40]!r}")
    return agency


def _covers(agency: str | None, rulebook: Rulebook, *, below: bool) -> list[str]:
    if agency is None:
        return []
    return list(rulebook.directory.subtree(agency)) if below else [agency]


def _check(declared: Declaration, now: datetime) -> None:
    if declared.ends_at is not None and declared.ends_at <= declared.starts_at:
        raise OutageRefused("an outage ends after it began")
    if declared.announced_at is not None and declared.announced_at > now:
        raise OutageRefused("what was announced cannot lie in the future")
    if declared.kind is OutageKind.PLANNED:
        if declared.ends_at is None:
            raise OutageRefused("a planned outage needs its announced end")
    elif max(declared.starts_at, declared.ends_at or declared.starts_at) > now:
        raise OutageRefused(
            "an incident has begun, and its end is not in the future: declare a"
            " planned outage, or end it when the system is back"
        )


def _announced_late(
    declared: Declaration, announced_at: datetime, rule: OutageRule, calendars: Calendars
) -> bool:
    calendar = calendars.base
    if rule.same_day:
        return announced_at > close_of_notice_day(calendar, declared.starts_at)
    if rule.ahead is None:
        return False
    return declared.starts_at < due(calendar, announced_at, rule.ahead, None).deadline_at


async def _sweep(connection: Connection, outage: UUID, due_at: Sequence[datetime]) -> None:
    asked = {"outage": outage, "due": list(due_at)}
    await connection.execute(statement("insert_outage_sweeps"), asked)


async def _tell(
    connection: Connection, what: str, agency: str | None, by: By, outage: View
) -> None:
    ends_at = outage["ends_at"]
    after = {
        "outage": str(outage["id"]),
        "kind": outage["kind"],
        "starts_at": outage["starts_at"].isoformat(),
        "ends_at": None if ends_at is None else ends_at.isoformat(),
        "legal_basis": outage["legal_basis"],
    }
    await audit.enter(connection, by, f"outage.{what}", agency or "gateway", after=after)


# Views


async def _found(connection: Connection, outage: UUID, now: datetime, policies: Policies) -> View:
    asked = {
        "id": outage,
        "agency": None,
        "over": True,
        "before": None,
        "now": now,
        "limit": 1,
    }
    found = await connection.execute(statement("list_outages"), asked)
    row = await found.fetchone()
    if row is None:
        raise NoSuchOutage("no outage has this id")
    return _view(row, now, policies)


def _view(row: Sequence[Any], now: datetime, policies: Policies) -> View:
    view = dict(zip(_COLUMNS, row, strict=False))
    state = _state(view, now)
    mended = policies.outages[view["kind"]].mended
    late = state == "open" and mended is not None and now - view["starts_at"] > mended
    return {**view, "state": state, "late": late, "settling": row[len(_COLUMNS)]}


def _state(view: View, now: datetime) -> str:
    if view["withdrawn_at"] is not None:
        return "withdrawn"
    if view["starts_at"] > now:
        return "announced"
    return "open" if view["ends_at"] is None or view["ends_at"] > now else "over"


def _not_open(view: View) -> str:
    match view["state"]:
        case "withdrawn":
            return f"it was withdrawn on {_said(view['withdrawn_at'])}"
        case "announced":
            return "it has not begun: withdraw it instead"
    return f"it ended on {_said(view['ends_at'])}"


def _said(instant: datetime | None) -> str:
    return "its end" if instant is None else f"{instant:%Y-%m-%d %H:%M%z}"
