"""What a reorganisation moves, and moving it.

`find_moves` reads the open transfers that closed agencies have a part in, page by page, and decides
each part by the function that the lifecycle uses. `freeze_moves` freezes the transfers as acts with
an outcome each; every one goes through the committer, as a message does, and is decided anew there
with what holds then. A transfer of which nothing is at a closed agency any more is skipped, so that
the same plan applied twice does nothing the second time.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.operations import acts
from gateway.operations.acts import Order, Target
from gateway.operations.drain import still_owed
from gateway.operations.reform_plans import keep_plan
from gateway.operations.runner import ActRunner
from gateway.rulebook import Rulebook
from gateway.store.pool import Pool
from gateway.store.sql import statement
from routing.lifecycle.model import ORIGIN, Act
from routing.procedures import Catalogue
from routing.reform import Heir, NoHeir, Plan, faults_in, heir_of, is_closed, vacancy

View = dict[str, Any]

PAGE = 5_000
"""Transfers that are read at a time: a few megabytes."""
_NO_ID = UUID(int=0)


class ReformRefused(ValueError):
    """A reorganisation that cannot be shown or applied as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Move:
    """One part that a closed agency has in a transfer, and who takes it over, or why nobody can.

    `part` is `turn`, `originator`, `sender` (of what was finished) or `addressed` (by a person).
    """

    transfer: UUID
    issuer: str
    dossier: str
    procedure: str
    part: str
    step: str
    round: int
    state: str
    agency: str
    found: Heir | NoHeir

    @property
    def waits(self) -> bool:
        """Whether a person has to say who follows."""
        return isinstance(self.found, NoHeir) and self.part in ("turn", "originator")

    def view(self) -> View:
        """Write it for people and programs."""
        told: View = {
            "transfer": self.transfer,
            "issuer": self.issuer,
            "dossier": self.dossier,
            "procedure": self.procedure,
            "part": self.part,
            "step": self.step,
            "round": self.round,
            "state": self.state,
            "from": self.agency,
        }
        match self.found:
            case Heir(agency, rule, legal_basis):
                return told | {"to": agency, "rule": rule, "legal_basis": legal_basis}
            case NoHeir(kind, detail, candidates):
                why = {"kind": kind, "detail": detail, "candidates": list(candidates)}
                return told | {"to": None, "why": why}


@dataclass(slots=True)
class Summary:
    """What a plan comes to: counted as it is read, with a sample of what goes and what waits."""

    agencies: Sequence[str]
    transfers: list[UUID] = field(default_factory=list)
    parts: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)
    by_agency: Counter[str] = field(default_factory=Counter)
    by_procedure: Counter[str] = field(default_factory=Counter)
    ended: list[UUID] = field(default_factory=list)
    """Transfers that are over, and of which closed agencies are still owed something."""
    sample: list[Move] = field(default_factory=list)
    waiting: list[Move] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many transfers there is something to do about."""
        return len(self.transfers) + len(self.ended)

    def add(self, move: Move) -> None:
        """Count one move; moves come transfer by transfer."""
        if not self.transfers or self.transfers[-1] != move.transfer:
            self.transfers.append(move.transfer)
        self.parts[move.part] += 1
        self.by_agency[move.agency] += 1
        self.by_procedure[move.procedure] += 1
        if move.waits:
            assert isinstance(move.found, NoHeir)
            self.waits[move.found.kind] += 1
        shown = self.waiting if move.waits else self.sample
        if len(shown) < acts.SAMPLE:
            shown.append(move)

    def view(self, plan: Plan, rulebook: Rulebook) -> View:
        """Write it for people and programs."""
        return {
            "plan": plan.digest,
            "title": plan.title,
            "effective": plan.effective,
            "legal_basis": plan.legal_basis,
            "directory": rulebook.directory.version,
            "closing": len(self.agencies),
            "concerned": len(self.by_agency),
            "transfers": len(self.transfers),
            "ended_owed": len(self.ended),
            "parts": dict(self.parts),
            "waits": dict(self.waits),
            "by_agency": dict(self.by_agency.most_common()),
            "by_procedure": dict(self.by_procedure.most_common()),
            "sample": [move.view() for move in self.sample],
            "waiting": [move.view() for move in self.waiting],
        }


def closing(plan: Plan, rulebook: Rulebook) -> list[str]:
    """Return the agencies that the plan is about: closed at its date, by the directory.

    ReformRefused, with every fault, for a plan that the directory contradicts.
    """
    faults = faults_in(plan, rulebook.directory, rulebook.units)
    if faults:
        raise ReformRefused("; ".join(map(str, faults[:20])))
    closed = sorted({row.code for row in rulebook.directory if row.valid_to == plan.effective})
    closed = [code for code in closed if is_closed(code, rulebook.directory, plan.effective)]
    if not closed:
        raise ReformRefused(
            f"no agency closes on {plan.day} in the directory {rulebook.directory.version}"
        )
    return closed


async def find_moves(
    pool: Pool,
    plan: Plan,
    rulebook: Rulebook,
    agencies: Sequence[str],
    *,
    on_read: Callable[[int], None] = lambda _: None,
    page: int = PAGE,
) -> AsyncIterator[Move]:
    """Yield every part that these agencies have in open transfers, as of the effective instant."""
    closed = frozenset(agencies)
    after = _NO_ID
    while True:
        asked = {"agencies": list(agencies), "after": after, "limit": page}
        async with pool.connection() as connection:
            found = await connection.execute(statement("list_parts_of_agencies"), asked)
            rows = await found.fetchall()
        for row in rows:
            for move in _moves(row, plan, rulebook, closed):
                yield move
        on_read(len(rows))
        if len(rows) < page:
            return
        after = rows[-1][0]


async def freeze_moves(
    pool: Pool,
    order: Order,
    plan: Plan,
    summary: Summary,
    rulebook: Rulebook,
    *,
    now: datetime,
    dry_run: bool = False,
) -> list[UUID]:
    """Freeze the transfers as acts, and then the agencies that are to be drained; return the acts.

    ReformRefused before the date.
    """
    if now < plan.effective:
        raise ReformRefused(
            f"the plan takes effect at {plan.effective.isoformat()}; until then it can be shown"
        )
    await keep_plan(pool, plan, rulebook.directory.version, order.actor)
    question = {
        "plan": plan.digest,
        "effective": plan.day,
        "directory": rulebook.directory.version,
    }
    frozen: list[UUID] = []
    transfers = [Target(one) for one in (*summary.transfers, *summary.ended)]
    agencies = [Target(agency=code) for code in await still_owed(pool, summary.agencies)]
    for targets in (transfers, agencies):
        for first in range(0, len(targets), acts.MOST_ITEMS):
            some = targets[first : first + acts.MOST_ITEMS]
            act = await acts.freeze(pool, order, some, question=question, dry_run=dry_run)
            frozen.append(act.id)
    return frozen


async def run_acts(
    pool: Pool,
    runner: ActRunner,
    frozen: Sequence[UUID],
    *,
    seconds: float,
    on_acted: Callable[[int], None] = lambda _: None,
) -> list[View]:
    """Carry out frozen acts one after another, and return them with their outcomes so far."""
    views: list[View] = []
    for act in frozen:
        while True:
            await runner.run(act, seconds=min(seconds, 1.0))
            view = await acts.find_act(pool, act) or {}
            on_acted(sum(_acted(one) for one in (*views, view)))
            seconds -= 1.0
            if view["state"] != "running" or seconds <= 0:
                break
        views.append(view)
    return views


def ordered(plan: Plan, actor: str, reason: str) -> Order:
    """Write the order of the acts; its code is what the ledger says for a reason."""
    return Order(
        Act.REORGANISE,
        actor,
        reason,
        code="reorganised",
        legal_basis=plan.legal_basis,
        plan=plan.digest,
    )


async def preview(
    pool: Pool,
    plan: Plan,
    rulebook: Rulebook,
    *,
    on_read: Callable[[int], None] = lambda _: None,
    page: int = PAGE,
) -> Summary:
    """Say what the plan would move; nothing is changed."""
    summary = Summary(closing(plan, rulebook))
    async for move in find_moves(
        pool, plan, rulebook, summary.agencies, on_read=on_read, page=page
    ):
        summary.add(move)
    summary.ended = await _find_ended(pool, summary.agencies)
    return summary


async def _find_ended(pool: Pool, agencies: Sequence[str]) -> list[UUID]:
    """Return transfers that have ended and of which closed agencies are still owed something."""
    async with pool.connection() as connection:
        asked = {"agencies": list(agencies)}
        found = await connection.execute(statement("list_ended_owed_to_agencies"), asked)
        return [row[0] for row in await found.fetchall()]


def _acted(view: View) -> int:
    return sum(number for outcome, number in view["outcomes"].items() if outcome != "open")


def _moves(
    row: Sequence[Any], plan: Plan, rulebook: Rulebook, closed: frozenset[str]
) -> Iterable[Move]:
    transfer, issuer, code, originator, procedure, version, received_at, places, parts = row

    def moved(part: str, step: str, round_: int, state: str, agency: str) -> Move:
        asks = _asks(rulebook.catalogue, procedure, version, step)
        vacant = vacancy(agency, asks, places, received_at)
        found = heir_of(vacant, plan, rulebook.directory, rulebook.units, plan.effective)
        return Move(transfer, issuer, code, procedure, part, step, round_, state, agency, found)

    if originator in closed:
        yield moved("originator", ORIGIN, 1, "completed", originator)
    for step, round_, state, agency in parts:
        if agency in closed:
            part = {"completed": "sender", "planned": "addressed"}.get(state, "turn")
            yield moved(part, step, round_, state, agency)


def _asks(
    catalogue: Catalogue, procedure: str, version: str, step: str
) -> tuple[str | None, str | None]:
    if step == ORIGIN:
        return None, None
    found = catalogue.get(procedure, version).step(step)
    return found.role, found.place
