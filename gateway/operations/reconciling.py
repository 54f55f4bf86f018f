"""Reconciling with a follower: does its system show the dossiers as they stand here?

Only asks and compares. What differs is listed with both sides as they say it, by dossier code and
nothing that names a person; mending is a person's, or the next change's.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
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
_BEYOND: Final = frozenset({("completed", "handed-out")})
"""(ours, theirs): the partner is further, by a fact that no turn tells us."""


class ReconcileRefused(Exception):
    """What cannot be reconciled, in one line."""


class Looks(Protocol):
    """What can ask a partner for the status it shows."""

    async def look_up(self, endpoint: Endpoint, code: str) -> Any: ...


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
    is_whole: bool = True


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
    procedures = [code for code, who in policies.followers.items() if agency in who]
    if not procedures:
        raise ReconcileRefused(f"{agency} follows no procedure")
    endpoint = await _endpoint(pool, agency)
    found = Reconciled(agency)
    after, silent = UUID(int=0), 0
    while True:
        page = await _page(pool, procedures, since, after)
        for transfer in page:
            difference = await _compare(caller, endpoint, transfer)
            found.counts["same" if difference is None else difference.theirs] += 1
            if difference is not None:
                found.differences.append(difference)
            silent = silent + 1 if difference and difference.theirs == "no-answer" else 0
            if silent >= SILENT_IN_A_ROW:
                found.is_whole = False
                return found
            on_progress(1)
        if len(page) < PAGE:
            return found
        after = page[-1].id


async def _compare(caller: Looks, endpoint: Endpoint, transfer: Transfer) -> Difference | None:
    ours = stand_of(transfer)
    shown = await caller.look_up(endpoint, transfer.code)
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


async def _page(pool: Pool, procedures: list[str], since: datetime, after: UUID) -> list[Transfer]:
    asked = {"after": after, "procedures": procedures, "since": since, "limit": PAGE}
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_followed_transfers"), asked)
        return [
            transfer_from_parts(row[1], row[2], [hop_from_document(one) for one in row[3]])
            for row in await found.fetchall()
        ]
