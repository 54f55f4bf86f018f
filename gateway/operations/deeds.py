"""Carry out one item of an act, and say what came of it: done, skipped and why, or failed.

What concerns a transfer's course goes through the committer, like every message; what concerns a
delivery, a poison message or an endpoint alone is one statement.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.commit.desk import NOTHING
from gateway.commit.group import GroupCommitter
from gateway.commit.items import Act as ActItem
from gateway.commit.items import LetterIssued, Outcome, Settlement
from gateway.dispatch.claimed import read_owed
from gateway.operations.acts import DeskAct, Target
from gateway.operations.drain import NOTHING_LEFT, drain_agency
from gateway.operations.notes import assign, note, subject_of
from gateway.store.pool import Pool
from gateway.store.sql import statement
from routing.lifecycle.model import Act, Operated
from routing.reform import Plan

DONE, SKIPPED, FAILED = "done", "skipped", "failed"
DELIVERED = "it was delivered in the meantime"
TAKEN_BACK = "it was taken back in the meantime"
OUR_FAULT = "internal: "
"""How an answer begins where our own code failed, which is no reason to leave an item alone."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One item of an act: what is to be done, to what, by whom, under which id."""

    act: Act | DeskAct
    actor: str
    details: dict[str, Any]
    target: Target
    ref: UUID
    asked_at: datetime
    """Machine time: when the act was ordered."""
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class Came:
    """What came of an item."""

    outcome: str
    detail: str | None = None


async def carry_out(
    deed: Deed, pool: Pool, committer: GroupCommitter, broker: str | None = None
) -> Came:
    """Do one item; `broker` is where a closed agency's queue is."""
    target = deed.target
    if isinstance(deed.act, DeskAct):
        return await _desk(deed, pool)
    if target.inbox_id is not None:
        return await _message(deed, pool, target.inbox_id)
    if target.delivery_id is not None and deed.act in (Act.RETRY, Act.ARCHIVE):
        return await _delivery(deed, pool, target.delivery_id)
    if target.delivery_id is not None and deed.act is Act.RESOLVE:
        return await _confirm(pool, committer, target.delivery_id)
    if target.transfer_id is not None:
        return await _transfer(deed, pool, committer, target.transfer_id)
    if target.agency is not None and deed.act is Act.REORGANISE:
        said = await drain_agency(pool, target.agency, broker)
        return Came(SKIPPED if said == NOTHING_LEFT else DONE, said)
    if target.agency is not None:
        return await _endpoint(deed, pool, target.agency)
    return Came(SKIPPED, f"{deed.act} is not for a delivery")


async def _transfer(deed: Deed, pool: Pool, committer: GroupCommitter, transfer_id: UUID) -> Came:
    target, details = deed.target, deed.details
    if deed.act is Act.RETRY and target.step is not None:
        came = await _resend(pool, target, deed.asked_at)
        if came is not None:
            return came
    assert isinstance(deed.act, Act)
    event = Operated(
        act=deed.act,
        actor=deed.actor.removeprefix("operator:"),  # the ledger says by itself that it was one
        reason=details["code"],
        step=target.step,
        round=target.round,
        agency=details["agency"],
        until=_instant(details["until"]),
        pause_reason=details["pause_reason"],
        legal_basis=details["legal_basis"],
        to_step=details.get("to_step"),
        return_reason=details.get("return_reason"),
        ref=deed.ref,
        calendar=details.get("calendar"),
        plan=deed.plan,
    )
    # Not bounded: operators are needed most when the intake is full, and are few.
    item = ActItem(transfer_id, event, _letter(details.get("letter")))
    said = await committer.enqueue(item, bounded=False)
    if said is None:
        return Came(FAILED, "the gateway could not carry this out")
    outcome, _, detail = str(said).partition(": ")
    if str(said).startswith(OUR_FAULT):
        return Came(FAILED, str(said))
    if outcome != DONE or detail == NOTHING:
        return Came(SKIPPED, detail if outcome == DONE else str(said))
    return Came(DONE, detail or None)


async def _resend(pool: Pool, target: Target, asked_at: datetime) -> Came | None:
    """Send a hop's hand-over again, if there is one to send; not what went out since by itself."""
    asked = {
        "transfer": target.transfer_id,
        "step": target.step,
        "round": target.round,
        "asked_at": asked_at,
    }
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(statement("lock_transfer"), (target.transfer_id,))
        changed = await connection.execute(statement("retry_handover"), asked)
        if changed.rowcount:
            return Came(DONE, "the same hand-over goes out again")
        since = await connection.execute(statement("find_handover_delivered_since"), asked)
        return None if await since.fetchone() is None else Came(SKIPPED, DELIVERED)


async def _delivery(deed: Deed, pool: Pool, delivery_id: UUID) -> Came:
    name = "retry_delivery" if deed.act is Act.RETRY else "archive_delivery"
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(statement("lock_delivery_transfer"), (delivery_id,))
        changed = await connection.execute(statement(name), (delivery_id,))
        if changed.rowcount:
            return Came(DONE)
        found = await connection.execute(statement("find_delivery_state"), (delivery_id,))
        row = await found.fetchone()
    if row is not None and row[0] not in ("delivered", "withdrawn"):
        return Came(SKIPPED, "there is nothing to do of it in its present state")
    return Came(SKIPPED, DELIVERED if row is not None and row[0] == "delivered" else TAKEN_BACK)


async def _confirm(pool: Pool, committer: GroupCommitter, delivery_id: UUID) -> Came:
    """Count a held delivery as delivered: its agency has it, a person says."""
    async with pool.connection() as connection:
        claimed = await connection.execute(statement("claim_held_delivery"), (delivery_id,))
        row = await claimed.fetchone()
    if row is None:
        return Came(SKIPPED, "it does not wait for a person's word")
    said = Outcome(
        read_owed(row),
        Settlement.DELIVERED,
        "confirmed-by-operator",
        None,
        0,
        committer.now(),
        in_doubt=False,
    )
    await committer.enqueue(said, bounded=False)
    return Came(DONE, "it counts as delivered")


async def _desk(deed: Deed, pool: Pool) -> Came:
    """Assign or note, of the transfer that a target is part of."""
    subject = await subject_of(
        pool,
        transfer=deed.target.transfer_id,
        delivery=deed.target.delivery_id,
        message=deed.target.inbox_id,
    )
    if subject is None:
        return Came(SKIPPED, f"{deed.act} is for transfers, deliveries and messages that exist")
    if deed.act is DeskAct.ASSIGN:
        changed = await assign(pool, subject, deed.details["person"], deed.actor)
        return Came(DONE) if changed else Came(SKIPPED, "nobody works on it")
    noted = await note(pool, deed.ref, subject, UUID(deed.details["note"]), deed.actor)
    return Came(DONE) if noted else Came(SKIPPED, "it is noted there already")


async def _message(deed: Deed, pool: Pool, inbox_id: UUID) -> Came:
    if deed.act not in (Act.RESOLVE, Act.ARCHIVE):
        return Came(SKIPPED, "a poison message is settled; its sender sends it anew")
    async with pool.connection() as connection:
        changed = await connection.execute(statement("settle_poison"), (inbox_id,))
    return Came(DONE) if changed.rowcount else Came(SKIPPED, "it was settled before")


async def _endpoint(deed: Deed, pool: Pool, agency: str) -> Came:
    if deed.act is not Act.RETRY:
        return Came(SKIPPED, f"{deed.act} is not for an endpoint")
    async with pool.connection() as connection:
        changed = await connection.execute(statement("probe_endpoint"), (agency,))
    if changed.rowcount:
        return Came(DONE, "the next delivery probes it")
    return Came(SKIPPED, "its breaker is closed")


def _letter(written: dict[str, Any] | None) -> LetterIssued | None:
    return None if written is None else LetterIssued(written["seq"], written["row"])


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
