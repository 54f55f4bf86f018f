"""The audit trail: who decided what about whom, when and why, and what stood before and after.

An entry is written in the transaction of what it tells: neither is there without the other. What
operators did to dossiers has a table of its own (acts); gateway/operations/trail.py reads it all.
No secret and no personal data is in it, and nothing is ever taken out.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from gateway.ids import new_id
from gateway.store.pool import Connection
from gateway.store.sql import statement
from schemas.identifiers import is_agency_code

View = dict[str, Any]

PERSON: Final = "operator:person:"
"""How actors begin that are people who sign in to the console."""


@dataclass(frozen=True, slots=True)
class By:
    """Who decides, and why in words for people."""

    actor: str
    reason: str | None = None


async def enter(
    connection: Connection,
    by: By,
    act: str,
    subject: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    agencies: Collection[str] = (),
) -> None:
    """Write one entry in the caller's transaction; before and after are JSON-ready.

    Whom it concerns follows from its subject where that is an agency, a transfer or an act; what
    else it concerns is in `agencies`. Who sees the audit of one of these alone sees the entry.
    """
    await connection.execute(
        statement("insert_audit"),
        {
            "id": new_id(),
            "actor": by.actor,
            "act": act,
            "subject": subject,
            "reason": by.reason,
            "before": None if before is None else Jsonb(dict(before)),
            "after": None if after is None else Jsonb(dict(after)),
            "agencies": [*agencies, *([subject] if is_agency_code(subject) else ())],
            "about": _id_in(subject),
        },
    )


def _id_in(subject: str) -> UUID | None:
    try:
        return UUID(subject)
    except ValueError:
        return None
