"""Four eyes: what cannot be undone needs a second person, who approves or refuses.

A person proposes, with a reason; somebody else who may approve it, for every agency it concerns,
decides with another. Nobody decides their own, whatever roles they have. A proposal that nobody
decided within three days is over. Approval is taken once, whoever is faster: only who got it
carries the act out, in the name of both. All of it is in the audit trail.

An act that waits for approval is held (gateway/operations/second_person): nothing else starts it,
and it is cancelled when its proposal is refused, taken back or over. Whether what was approved
could be done is kept, for both to see.

This holds for people. A program that signs in as a client acts under the credentials that somebody
was given for it, and counts as that one decision: it is named in the trail, and acts as before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from gateway.ids import new_id
from gateway.operations import audit
from gateway.operations.audit import By
from gateway.operations.second_person import settle_proposals
from gateway.people.rights import Ability, Holder, may_everywhere, reach
from gateway.people.signed_in import SignedIn
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement

GOOD_FOR: Final = timedelta(days=3)
_LISTED: Final = 200


class Irrevocable(StrEnum):
    """What cannot be undone."""

    ARCHIVE_MANY = "archive-many"
    """`subject` is a frozen act that waits."""
    APPROVE_CALENDAR = "approve-calendar"
    APPROVE_DIRECTORY = "approve-directory"
    REORGANISE = "reorganise"
    REMOVE_AGENCY = "remove-agency"


class ProposalRefused(ValueError):
    """A proposal that cannot be made or decided as asked; `word` says why."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody wants done. Without agencies it concerns everything."""

    id: UUID
    kind: Irrevocable
    subject: str
    agencies: tuple[str, ...]
    reason: str
    proposed_by: UUID
    proposer: str
    proposed_at: datetime
    expires_at: datetime

    def may_be_decided_by(self, who: SignedIn) -> bool:
        """Whether somebody is the second person: another one, who may approve all of it."""
        return who.person != self.proposed_by and reaches_all(who, self.agencies)


@dataclass(frozen=True, slots=True)
class Decided:
    """The last that was proposed about something, and what became of it."""

    id: UUID
    kind: Irrevocable
    subject: str
    state: str
    """open, approved, refused, withdrawn or expired."""
    reason: str
    proposed_by: UUID
    proposer: str
    decided_by: UUID | None
    decider: str | None
    decided_at: datetime | None
    decision: str | None
    outcome: str | None
    """Whether what was approved could be done: done or failed."""
    proposed_at: datetime
    expires_at: datetime
    agencies: Sequence[str]


def needs_second_person(kind: Irrevocable, who: SignedIn, *, made_by: str | None = None) -> bool:
    """Whether a person cannot do this alone; tables that another one imported have two already."""
    if kind in (Irrevocable.APPROVE_CALENDAR, Irrevocable.APPROVE_DIRECTORY):
        return made_by == who.actor
    return True


def reaches_all(person: Holder, agencies: Iterable[str]) -> bool:
    """Whether somebody may approve for every one of these agencies; for none: for everything."""
    wanted = frozenset(agencies)
    if may_everywhere(person, Ability.APPROVE):
        return True
    return bool(wanted) and wanted <= (reach(person, Ability.APPROVE) or frozenset())


async def propose(
    pool: Pool,
    who: SignedIn,
    kind: Irrevocable,
    subject: str,
    reason: str,
    *,
    agencies: Sequence[str] = (),
) -> UUID:
    """Ask for a second person; one proposal is open per kind and subject."""
    reason = " ".join(reason.split())
    if not reason:
        raise ProposalRefused("no-reason")
    row = {
        "id": new_id(),
        "kind": kind,
        "subject": subject,
        "agencies": sorted(set(agencies)),
        "reason": reason[:500],
        "person": who.person,
        "good_for": GOOD_FOR,
    }
    async with pool.connection() as connection, connection.transaction():
        await settle_proposals(connection)
        made = await connection.execute(statement("insert_proposal"), row)
        if made.rowcount == 0:
            raise ProposalRefused("open-already")
        await _tell(connection, who, "proposed", kind, subject, reason)
    return UUID(str(row["id"]))


async def decide(
    pool: Pool, who: SignedIn, proposal: UUID, reason: str, *, approve: bool
) -> Proposal:
    """Approve or refuse as the second person; whoever gets an approved one back carries it out."""
    reason = " ".join(reason.split())
    if not reason:
        raise ProposalRefused("no-reason")
    async with pool.connection() as connection, connection.transaction():
        held = await connection.execute(statement("hold_proposal"), (proposal,))
        row = await held.fetchone()
        if row is None or not reaches_all(who, row[3]):
            raise ProposalRefused("no-such")
        found = _proposal(row)
        if found.proposed_by == who.person:
            raise ProposalRefused("their-own")
        decided = {
            "id": proposal,
            "state": "approved" if approve else "refused",
            "person": who.person,
            "reason": reason[:500],
        }
        await connection.execute(statement("decide_proposal"), decided)
        await _tell(connection, who, str(decided["state"]), found.kind, found.subject, reason)
        await settle_proposals(connection)
    return found


async def withdraw(pool: Pool, who: SignedIn, proposal: UUID) -> None:
    """Take one's own proposal back."""
    asked = {"id": proposal, "person": who.person}
    async with pool.connection() as connection, connection.transaction():
        taken = await connection.execute(statement("withdraw_proposal"), asked)
        row = await taken.fetchone()
        if row is None:
            raise ProposalRefused("no-such")
        await _tell(connection, who, "withdrawn", Irrevocable(row[0]), row[1], None)
        await settle_proposals(connection)


async def list_open(pool: Pool, who: SignedIn) -> list[Proposal]:
    """Return the open proposals that somebody made or may decide, oldest first."""
    reached = reach(who, Ability.APPROVE)
    return await _list_open(pool, who.person, None if reached is None else sorted(reached))


async def list_waiting(pool: Pool) -> list[Proposal]:
    """Return every open proposal, oldest first, for who narrows it to a reader."""
    return await _list_open(pool, None, None)


async def _list_open(
    pool: Pool, person: UUID | None, reached: Sequence[str] | None
) -> list[Proposal]:
    asked = {"person": person, "reach": reached, "limit": _LISTED}
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_proposals"), asked)
        return [_proposal(row) for row in await found.fetchall()]


async def list_decided(pool: Pool, who: SignedIn) -> list[Decided]:
    """Return what somebody proposed or decided in the last fortnight, the newest first."""
    asked = {"person": who.person, "limit": _LISTED}
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_decided_proposals"), asked)
        return [_decided(row) for row in await found.fetchall()]


async def find_about(pool: Pool, subject: str) -> Decided | None:
    """Return the last proposal about a subject; what nobody decided in time is over by then."""
    async with pool.connection() as connection, connection.transaction():
        await settle_proposals(connection)
        found = await connection.execute(statement("find_proposal_of"), (subject,))
        row = await found.fetchone()
    return None if row is None else _decided(row)


async def tell_outcome(pool: Pool, who: SignedIn, found: Proposal, *, done: bool) -> None:
    """Keep whether what was approved could be done; a failure is in the trail by itself."""
    outcome = {"id": found.id, "outcome": "done" if done else "failed"}
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(statement("tell_outcome_of_proposal"), outcome)
        if not done:
            await _tell(connection, who, "failed", found.kind, found.subject, found.reason)


def for_both(found: Proposal, who: SignedIn) -> By:
    """Name both persons as those who decide, for the act's own entry in the trail."""
    return By(who.actor, f"{found.reason} (đề nghị · proposed: {found.proposer})")


async def _tell(
    connection: Connection,
    who: SignedIn,
    what: str,
    kind: Irrevocable,
    subject: str,
    reason: str | None,
) -> None:
    after: Mapping[str, Any] = {"kind": kind}
    await audit.enter(connection, By(who.actor, reason), f"proposal.{what}", subject, after=after)


def _decided(row: Sequence[Any]) -> Decided:
    return Decided(row[0], Irrevocable(row[1]), *row[2:])


def _proposal(row: Sequence[Any]) -> Proposal:
    return Proposal(row[0], Irrevocable(row[1]), row[2], tuple(row[3]), *row[4:9])
