"""Letters that were issued: one per dossier, kept as they were shown."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson

from gateway.commit.rows import hexed
from gateway.ids import new_id
from gateway.letters.drafting import Draft
from gateway.letters.plain import digest_of
from gateway.store.pool import Pool
from gateway.store.sql import statement
from routing.letters import Letter

View = dict[str, Any]

_NAMES = ("id", "transfer", "issuer", "code", "seq", "issued_at", "issued_by", "due_at", "new_date")
_CAUSE = ("kind", "party", "step", "round", "agency")
_LAST = UUID(int=2**128 - 1)


async def find_letter(pool: Pool, issuer: str, code: str) -> tuple[View, dict[str, Letter]] | None:
    """Return a dossier's letter with its text in both languages; None if none was issued."""
    async with pool.connection() as connection:
        found = await connection.execute(statement("find_letter"), {"issuer": issuer, "code": code})
        row = await found.fetchone()
    if row is None:
        return None
    document = row[16]
    letters = {language: _letter(document[language]) for language in ("vi", "en")}
    return {**document["facts"], **_stamp(row)}, letters


async def list_letters(pool: Pool, *, before: UUID | None = None, limit: int = 100) -> list[View]:
    """Return the letters that were issued, newest first."""
    asked = {"before": before or _LAST, "limit": limit}
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_letters"), asked)
        return [_summary(row) for row in await found.fetchall()]


def letter_row(draft: Draft, *, issued_by: str) -> View:
    """Write a draft as the row that is stored if its act takes effect; JSON-ready."""
    apology, delay = draft.apology, draft.apology.delay
    transfer = apology.transfer
    row = {
        "id": new_id(),
        "issuer": transfer.issuer,
        "code": transfer.code,
        "transfer_id": transfer.id,
        "issued_by": issued_by,
        "due_at": apology.due_at,
        "new_date": apology.new_date,
        "cause": delay.kind,
        "party": delay.party,
        "step": delay.step,
        "round": delay.round,
        "agency": delay.agency,
        "form": draft.wording.form,
        "digest": hexed(digest_of(draft.letters["vi"])),
        "document": {
            "facts": draft.view(),
            **{language: asdict(letter) for language, letter in draft.letters.items()},
        },
    }
    plain: View = orjson.loads(orjson.dumps(row, option=orjson.OPT_UTC_Z))
    return plain


def _letter(document: dict[str, Any]) -> Letter:
    parts: dict[str, Any] = {
        name: tuple(one) if isinstance(one, list) else one for name, one in document.items()
    }
    return Letter(**parts)


def _stamp(row: Sequence[Any]) -> View:
    view = dict(zip(_NAMES, row, strict=False))
    dossier = {"issuer": view.pop("issuer"), "code": view.pop("code")}
    return {"letter": view.pop("id"), "dossier": dossier, **view, "digest": bytes(row[15]).hex()}


def _summary(row: Sequence[Any]) -> View:
    cause = dict(zip(_CAUSE, row[9:14], strict=True))
    return {**_stamp(row), "cause": cause, "form": row[14]}
