"""The directories' use cases: import a reviewed one, approve it by another act, list, read again.

An imported version decides nothing. The one that was approved last rules in every gateway process
within seconds, for what is routed from then on; where nothing was approved, the packaged one does.
Versions are never changed or removed: ledger entries name them, so that what decided can always be
read again. An older one rules again by being approved again, with its own reason.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from gateway.operations import audit
from gateway.operations.audit import By
from gateway.operations.second_person import is_same_hand
from gateway.store.pool import Pool
from gateway.store.sql import statement
from routing.directory import (
    Directory,
    DirectoryInvalid,
    DirectoryRead,
    Fault,
    Sheets,
    packaged_sheets,
)
from routing.directory import load_directory as load_packaged
from routing.directory import read_directory as read_sheets
from routing.directory.findings import EXPLAINED, Finding, Severity
from routing.procedures import Catalogue
from routing.survey import survey_places
from routing.units import Units

View = dict[str, Any]


class DirectoryRefused(ValueError):
    """What cannot be done as asked; the message says why in one line, `faults` where in a file."""

    def __init__(self, why: str, faults: Iterable[Fault] = (), count: int = 0) -> None:
        super().__init__(why)
        self.faults = tuple(faults)
        self.count = count


@dataclass(frozen=True, slots=True)
class Stored:
    """An imported version; its newest approval, if any, and whether that one rules."""

    version: str
    digest: bytes
    size: int
    source: str
    imported_by: str
    imported_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    reason: str | None
    rules: bool

    def view(self) -> View:
        state = "rules" if self.rules else "imported" if self.approved_at is None else "ruled"
        return {
            "version": self.version,
            "state": state,
            "digest": self.digest.hex(),
            "agencies": self.size,
            "source": self.source,
            "imported_by": self.imported_by,
            "imported_at": self.imported_at,
            "approved_by": self.approved_by,
            "approved_at": self.approved_at,
            "reason": self.reason,
        }


def read(sheets: Sheets, units: Units) -> DirectoryRead:
    """Read files strictly; DirectoryRefused with every fault."""
    try:
        return read_sheets(sheets, units)
    except DirectoryInvalid as error:
        raise DirectoryRefused(str(error), error.faults, error.count) from None


def faults_view(refused: DirectoryRefused) -> View:
    """Everything that is wrong with files: the first faults in order of place, and their number."""
    return {"faults": [asdict(one) for one in refused.faults], "count": refused.count}


def counted(found: Iterable[Finding]) -> dict[str, int]:
    """Count findings by severity, the worst first."""
    counts = Counter(one.severity for one in found)
    return {severity.value: counts[severity] for severity in Severity if counts[severity]}


def findings_view(version: str, found: Sequence[Finding]) -> View:
    """What a check found, with what each rule means."""
    rules = {one.rule: EXPLAINED.get(one.rule) for one in found}
    return {
        "directory": version,
        "counts": counted(found),
        "findings": [asdict(one) for one in found],
        "rules": {rule: {"vi": told[0], "en": told[1]} for rule, told in rules.items() if told},
    }


async def list_versions(pool: Pool | None, packaged: Directory) -> list[View]:
    """Return every version, the packaged one first, then imported ones, oldest first."""
    stored = [] if pool is None else await _stored(pool, None)
    first = {
        "version": packaged.version,
        "state": "packaged" if any(one.rules for one in stored) else "rules",
        "digest": packaged_sheets().digest.hex(),
        "agencies": sum(1 for _ in packaged),
        "source": "packaged with this release",
    }
    return [first, *(one.view() for one in stored)]


async def find_stored(pool: Pool, version: str) -> Stored:
    """Return an imported version; DirectoryRefused if there is none."""
    found = await _stored(pool, version)
    if not found:
        raise DirectoryRefused(f"no version {version[:80]!r} was imported")
    return found[0]


async def read_version(pool: Pool | None, version: str, units: Units) -> Directory:
    """Read a version again, packaged or imported, ruling or not."""
    if pool is not None:
        async with pool.connection() as connection:
            found = await connection.execute(statement("load_directory"), {"version": version})
            row = await found.fetchone()
        if row is not None:
            return await asyncio.to_thread(_built, Sheets(*row), units)
    packaged = load_packaged()
    if version == packaged.version:
        return packaged
    raise DirectoryRefused(f"there is no version {version[:80]!r}")


async def read_ruling(pool: Pool | None, units: Units) -> Directory:
    """Read the version that rules: approved last, or packaged."""
    if pool is None:
        return load_packaged()
    async with pool.connection() as connection:
        found = await connection.execute(statement("load_ruling_directory"))
        row = await found.fetchone()
    if row is None:
        return load_packaged()
    _number, _version, *texts = row
    return await asyncio.to_thread(_built, Sheets(*texts), units)


async def import_directory(pool: Pool, sheets: Sheets, actor: str, units: Units) -> View:
    """Store a directory as a version that waits for approval; the same again changes nothing."""
    # Beside the loop: a whole country takes a second or two to read.
    found = await asyncio.to_thread(read, sheets, units)
    if found.version == load_packaged().version and sheets.digest != packaged_sheets().digest:
        raise DirectoryRefused(f"{found.version} is packaged, and differs: give a new version")
    async with pool.connection() as connection, connection.transaction():
        entered = await connection.execute(
            statement("insert_directory"),
            {
                "version": found.version,
                "agencies": sheets.agencies,
                "aliases": sheets.aliases,
                "digest": sheets.digest,
                "size": len(found.agencies),
                "source": found.source,
                "actor": actor,
            },
        )
        if entered.rowcount:
            await audit.enter(connection, By(actor), "directory.imported", found.version)
    stored = await find_stored(pool, found.version)
    if stored.digest != sheets.digest:
        raise DirectoryRefused(
            f"{found.version} was imported before, and differs: give a new version"
        )
    return stored.view()


async def approve_directory(
    pool: Pool,
    version: str,
    actor: str,
    reason: str,
    catalogue: Catalogue,
    units: Units,
    *,
    despite_findings: bool = False,
    alone: bool = False,
) -> View:
    """Let an imported version rule from now on, in place of the one that does.

    Whoever imported it does not approve it, unless a command at the gateway's own machine says
    `alone`, which stands in the trail.

    One that contradicts itself or strands a step somewhere is refused, unless its approver says
    that it is to rule all the same.
    """
    stored = await find_stored(pool, version)
    if is_same_hand(stored.imported_by, actor) and not alone:
        raise DirectoryRefused(f"{version} was imported by {actor}: somebody else approves it")
    directory = await read_version(pool, version, units)
    if not despite_findings:
        found = await asyncio.to_thread(survey_places, catalogue, directory, units)
        errors = [one for one in found if one.severity is Severity.ERROR]
        if errors:
            first = f"{errors[0].rule} of {errors[0].subject}"
            raise DirectoryRefused(
                f"{version} has {len(errors)} findings (the first: {first}): check it, mend it, "
                "or approve it despite its findings"
            )
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(statement("hold_directory_approvals"))
        approved = await connection.execute(
            statement("approve_directory"), {"version": version, "actor": actor, "reason": reason}
        )
        if not approved.rowcount:
            raise DirectoryRefused(f"{version} rules already")
        told = {"imported_by": stored.imported_by, "alone": alone, "despite": despite_findings}
        await audit.enter(connection, By(actor, reason), "directory.approved", version, after=told)
    return (await find_stored(pool, version)).view()


def _built(sheets: Sheets, units: Units) -> Directory:
    return read(sheets, units).directory(units)


async def _stored(pool: Pool, version: str | None) -> list[Stored]:
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_directories"), {"version": version})
        return [Stored(*row) for row in await found.fetchall()]
