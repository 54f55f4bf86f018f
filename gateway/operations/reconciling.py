"""Reconciling with a follower: does its system show the dossiers as they stand here?

Only asks and compares. What differs is listed with both sides as they say it, by dossier code and
nothing that names a person; mending is a person's, or the next change's. What is still owed to the
follower is on its way and no difference. Lines of progress cannot be asked for: those of which
nobody knows whether they arrived are listed as in doubt.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol, runtime_checkable
from uuid import UUID

from connectors.protocol import Endpoint, Missing, Unreachable
from gateway.dispatch.endpoints import EndpointBook
from gateway.store.pool import Pool
from gateway.store.sql import statement
from routing.lifecycle.codec import hop_from_document, transfer_from_parts
from routing.lifecycle.following import stand_of
from routing.lifecycle.model import Transfer
from routing.policies import Policies

PAGE: Final = 200
SILENT_IN_A_ROW: Final = 5
"""So many questions without an answer end the run: the partner is not there."""
BEGINNING: Final = UUID(int=0)
_BEYOND: Final = frozenset({("completed", "handed-out")})
"""(ours, theirs): the partner is further, by a fact that no turn tells us."""


class ReconcileRefused(Exception):
    """What cannot be reconciled, in one line."""


@runtime_checkable
class Looks(Protocol):
    """What can ask a partner for the status it shows."""

    async def look_up(self, endpoint: Endpoint, code: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class Followed:
    """A dossier that an agency follows, and what is known of its news to it."""

    transfer: Transfer
    is_on_its_way: bool
    is_in_doubt: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """One dossier that is not shown there as it stands here."""

    dossier: str
    transfer: UUID
    ours: str
    theirs: str
    """Its state in our words, `missing`, `unknown-status` or `no-answer`."""
    code: str | None = None


@dataclass(slots=True)
class Reconciled:
    """What a run came to."""

    agency: str
    counts: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    in_doubt: list[str] = field(default_factory=list)
    """Dossiers with a line of progress of which nobody can say whether it arrived."""
    is_whole: bool = True
    reached: UUID | None = None
    """The last transfer that was compared."""


async def reconcile(
    pool: Pool,
    policies: Policies,
    caller: Looks,
    agency: str,
    *,
    since: datetime,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Reconciled:
    """Compare every dossier that the agency follows; stop where it does not answer."""
    procedures = followed_procedures(policies, agency)
    if not procedures:
        raise ReconcileRefused(f"{agency} follows no procedure")
    endpoint = await _endpoint(pool, agency)
    found, after = Reconciled(agency), BEGINNING
    while True:
        page = await read_followed(pool, agency, procedures, since=since, after=after)
        await compare_page(page, lambda code: caller.look_up(endpoint, code), found, on_progress)
        if len(page) < PAGE or not found.is_whole:
            return found
        after = page[-1].transfer.id


def followed_procedures(policies: Policies, agency: str) -> list[str]:
    """Return the procedures whose dossiers an agency is told of."""
    return [code for code, who in policies.followers.items() if agency in who]


async def read_followed(
    pool: Pool,
    agency: str,
    procedures: list[str],
    *,
    since: datetime,
    after: UUID,
    limit: int = PAGE,
) -> list[Followed]:
    """Return the next dossiers of these procedures, in the order of their submission."""
    asked = {
        "agency": agency,
        "after": after,
        "procedures": procedures,
        "since": since,
        "limit": limit,
    }
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_followed_transfers"), asked)
        return [
            Followed(
                transfer_from_parts(row[1], row[2], [hop_from_document(one) for one in row[3]]),
                *row[4:],
            )
            for row in await found.fetchall()
        ]


async def compare_page(
    page: Iterable[Followed],
    look_up: Callable[[str], Awaitable[Any]],
    found: Reconciled,
    on_progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Ask for each dossier and note what came of it; not whole once nobody answers."""
    silent = 0
    for one in page:
        difference = None
        if one.is_on_its_way:
            found.counts["on-its-way"] += 1
        else:
            difference = _compared(one.transfer, await look_up(one.transfer.code))
            found.counts["same" if difference is None else difference.theirs] += 1
        if difference is not None:
            found.differences.append(difference)
        if one.is_in_doubt:
            found.counts["in-doubt"] += 1
            found.in_doubt.append(one.transfer.code)
        found.reached = one.transfer.id
        silent = silent + 1 if difference and difference.theirs == "no-answer" else 0
        if silent >= SILENT_IN_A_ROW:
            found.is_whole = False
            return
        on_progress(1)


def _compared(transfer: Transfer, shown: Any) -> Difference | None:
    ours = stand_of(transfer)
    match shown:
        case Missing():
            return Difference(transfer.code, transfer.id, ours, "missing")
        case Unreachable(code=code):
            return Difference(transfer.code, transfer.id, ours, "no-answer", code)
    theirs = shown.state or "unknown-status"
    if theirs == _as_shown(ours) or (ours, theirs) in _BEYOND:
        return None
    return Difference(transfer.code, transfer.id, ours, theirs, shown.code)


def _as_shown(ours: str) -> str:
    """Return the state that ours is read back as, where the partner has one code for two."""
    return "stopped" if ours == "unresolved" else ours


async def _endpoint(pool: Pool, agency: str) -> Endpoint:
    book = EndpointBook(pool, send_timeout=25.0)
    await book.refresh()
    reach = book.reach(agency)
    if reach is None:
        raise ReconcileRefused(f"{agency} has no endpoint")
    return reach.endpoint
