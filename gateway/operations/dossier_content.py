"""What a dossier says of its citizen: bodies and documents, shown for a reason and on record first.

Nothing is read before the entry in the audit trail is committed: who looked, when, why, at how
much. Whoever calls has asked whether they may (Ability.SEE_CONTENT for an agency of the transfer).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from gateway.dispatch.parcels import said_in
from gateway.operations.audit import By, enter
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement

SHOWN: Final = "dossier.shown"
"""The act in the audit trail; its subject is the transfer."""
MESSAGES: Final = 20
"""Messages that are shown at a time."""
_LONGEST: Final = 64 * 1024
"""Bytes of a body that are shown; what is longer is a file's worth and no reading matter."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a message says: its name, how deep it stands, what it is (None: a heading)."""

    name: str
    depth: int
    value: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class SaidMessage:
    """A message with what is left of its body."""

    seq: int
    recorded_at: datetime
    agency: str
    message: str
    kind: str | None
    parts: Sequence[Part] = field(repr=False)
    text: str | None = field(repr=False)
    """The body as it came, where it is text and not too long."""
    size: int
    purged_at: datetime | None
    is_purged: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that is in the gateway's keeping; its name is what messages call it."""

    sha256: str
    size: int
    media_type: str
    state: str
    since: datetime
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Content:
    """What was shown, and after which entry there is more."""

    said: Sequence[SaidMessage] = field(repr=False)
    papers: Sequence[Paper] = field(repr=False)
    following: int | None


async def show_content(pool: Pool, transfer: UUID, by: By, *, after: int = 0) -> Content:
    """Put it on record that somebody looks, then show the messages after an entry."""
    async with pool.connection() as connection, connection.transaction():
        await enter(connection, by, SHOWN, str(transfer), after={"what": "messages", "from": after})
    async with pool.connection() as connection:
        asked = {"transfer": transfer, "after": after, "limit": MESSAGES + 1}
        read = await connection.execute(statement("read_what_was_said"), asked)
        rows = await read.fetchall()
        said = [_said(row) for row in rows[:MESSAGES]]
        papers = await _papers(connection, transfer)
    names = {digest: name for one in said for digest, name in _named(one.text)}
    named = [
        Paper(one.sha256, one.size, one.media_type, one.state, one.since, names.get(one.sha256))
        for one in papers
    ]
    return Content(said, named, said[-1].seq if len(rows) > MESSAGES else None)


async def refers_to(pool: Pool, transfer: UUID, sha256: bytes) -> bool:
    """Whether a transfer refers to a content."""
    asked = {"transfer": transfer, "sha256": sha256}
    async with pool.connection() as connection:
        found = await connection.execute(statement("find_transfer_document"), asked)
        return await found.fetchone() is not None


async def _papers(connection: Connection, transfer: UUID) -> list[Paper]:
    asked = {"transfer": transfer, "agency": None}
    found = await connection.execute(statement("list_transfer_documents"), asked)
    return [Paper(bytes(row[0]).hex(), *row[1:5]) for row in await found.fetchall()]


def _said(row: Sequence[Any]) -> SaidMessage:
    seq, recorded_at, agency, message, media, stored, purged_at = row
    body = None if stored is None else bytes(stored)
    kind, data = _read(media, body)
    text = None
    if body is not None and len(body) <= _LONGEST:
        text = _pretty(body)
    return SaidMessage(
        seq,
        recorded_at,
        agency,
        message,
        kind,
        tuple(_parts(data)),
        text,
        0 if body is None else len(body),
        purged_at,
        body is None,
    )


def _read(media: str | None, body: bytes | None) -> tuple[str | None, Mapping[str, Any]]:
    """Return the kind and data of a message of our own form; nothing of a partner's own."""
    if body is None or len(body) > _LONGEST:
        return None, {}
    try:
        type_, data = said_in(media or "", body)
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None, {}
    if not isinstance(data, Mapping):
        return None, {}
    return type_.removeprefix("vn.lienthong.").removesuffix(".v1"), data


def _pretty(body: bytes) -> str | None:
    try:
        return orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        pass
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _parts(data: Mapping[str, Any], depth: int = 0) -> Iterator[Part]:
    for name, value in data.items():
        match value:
            case None | []:
                continue
            case Mapping() if not value:
                continue
            case Mapping():
                yield Part(name, depth, None)
                yield from _parts(value, depth + 1)
            case [Mapping(), *_]:
                for number, one in enumerate(value, 1):
                    yield Part(f"{name} {number}" if len(value) > 1 else name, depth, None)
                    yield from _parts(one, depth + 1)
            case list():
                yield Part(name, depth, ", ".join(str(one) for one in value))
            case bool():
                yield Part(name, depth, "true" if value else "false")
            case _:
                yield Part(name, depth, str(value))


def _named(text: str | None) -> Iterator[tuple[str, str]]:
    """Return what messages call the contents that they refer to."""
    if text is None:
        return
    try:
        ahead: list[Any] = [orjson.loads(text)]
    except orjson.JSONDecodeError:
        return
    while ahead:
        match ahead.pop():
            case {"sha256": str(digest), "name": str(name), **rest}:
                yield digest, name
                ahead.extend(rest.values())
            case {"sha256": str(digest), "title": str(name), **rest}:
                yield digest, name
                ahead.extend(rest.values())
            case dict() as one:
                ahead.extend(one.values())
            case list() as many:
                ahead.extend(many)
