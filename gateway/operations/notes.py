"""Who works on what is stuck, and what was noted of it.

A note is free text: it lies in payloads alone, once for a whole act, so that purging personal data
finds it where everything of that kind is. Lists, acts and logs know only that there is one.
"""

from collections.abc import Collection
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement

View = dict[str, Any]

MEDIA: Final = "text/plain;charset=utf-8"
LONGEST: Final = 2000
"""Characters of a note."""


async def keep_text(connection: Connection, text_id: UUID, text: str) -> None:
    """Store the words of a note in the caller's transaction."""
    body = text.encode()
    await connection.execute(
        statement("insert_payloads"), ([text_id], [sha256(body).digest()], [MEDIA], [body])
    )


async def list_notes(pool: Pool, subject: UUID) -> list[View]:
    """Return what was noted of a transfer, delivery or message, oldest first, with the words.

    For who may see them; `text` is None where it was purged.
    """
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_notes"), (subject,))
        names = ("id", "at", "author", "text")
        return [dict(zip(names, row, strict=True)) for row in await found.fetchall()]


async def is_within(pool: Pool, subject: UUID, reach: Collection[str] | None) -> bool:
    """Whether a transfer, delivery or message concerns any of these agencies (None: all do)."""
    if reach is None:
        return True
    asked = {"id": subject, "reach": sorted(reach)}
    async with pool.connection() as connection:
        for name in ("find_transfer_within", "is_subject_within"):
            found = await connection.execute(statement(name), asked)
            if await found.fetchone() is not None:
                return True
    return False


async def subject_of(
    pool: Pool, *, transfer: UUID | None, delivery: UUID | None, message: UUID | None
) -> UUID | None:
    """Return what a target's notes are kept under; None if there is no such thing."""
    asked = {"transfer": transfer, "delivery": delivery, "message": message}
    async with pool.connection() as connection:
        found = await connection.execute(statement("find_subject"), asked)
        row = await found.fetchone()
    return None if row is None else row[0]


async def assign(pool: Pool, subject: UUID, person: str | None, by: str) -> bool:
    """Say who works on it, or that nobody does; False if nobody did anyway."""
    async with pool.connection() as connection:
        if person is None:
            changed = await connection.execute(statement("end_assignment"), (subject,))
        else:
            changed = await connection.execute(
                statement("assign_work"), {"subject": subject, "person": person, "by": by}
            )
        return changed.rowcount > 0


async def note(pool: Pool, note_id: UUID, subject: UUID, text_id: UUID, author: str) -> bool:
    """Note a text of a subject; False if it was noted before."""
    async with pool.connection() as connection:
        noted = await connection.execute(
            statement("insert_note"),
            {"id": note_id, "subject": subject, "text": text_id, "author": author},
        )
        return noted.rowcount > 0
