"""What a partner said of a turn without moving it, kept once: raw code in a row, text in a payload.

It is not a message: it claims no key, writes no ledger and changes no state. A partner may remark
only on transfers that concern it. Files that came with it are documents of the transfer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from connectors.protocol import Judgement, Remark
from gateway.commit.items import Enclosed, Incoming
from gateway.commit.rows import encode, hexed
from gateway.ids import new_id
from gateway.intake.partners import event_id, posted
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement
from schemas.problems import ProblemType, problem

MEDIA = "application/vnd.lienthong.remark+json"


async def keep_remarks(
    pool: Pool,
    post: Incoming,
    dialect: str,
    remarks: Sequence[Remark],
    enclosed: Sequence[Enclosed] = (),
) -> list[Judgement]:
    """Keep each remark of a post in one transaction; say what became of it."""
    async with pool.connection() as connection, connection.transaction():
        return [await _keep(connection, post, dialect, one, enclosed) for one in remarks]


async def list_remarks(pool: Pool, transfer: object) -> list[Mapping[str, Any]]:
    """Return what partners remarked on a transfer, oldest first; no free text."""
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_partner_remarks"), (transfer,))
        assert found.description is not None
        names = [column.name for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in await found.fetchall()]


async def _keep(
    connection: Connection,
    post: Incoming,
    dialect: str,
    remark: Remark,
    enclosed: Sequence[Enclosed],
) -> Judgement:
    here = replace(post, id=new_id())
    found = await connection.execute(
        statement("keep_partner_remark"),
        {
            "id": here.id,
            "agency": here.agency,
            "message": event_id(dialect, remark.id),
            "transfer": remark.transfer,
            "step": remark.step,
            "round": remark.round,
            "event": remark.event,
            "code": remark.code,
            "said_by": remark.said_by,
            "claimed_at": remark.claimed_at,
            "recorded_at": here.recorded_at,
        },
    )
    row = await found.fetchone()
    assert row is not None
    concerned, kept = row
    if not concerned:
        detail = "No transfer of yours has this id."
        return Judgement("refused", problem(ProblemType.UNKNOWN_TRANSFER, detail))
    if not kept:
        return Judgement("duplicate")
    body = orjson.dumps({"text": remark.text, "posted": posted(here)})
    digest = sha256(body).digest()
    await connection.execute(statement("insert_payloads"), ([here.id], [digest], [MEDIA], [body]))
    if enclosed:
        await _refer(connection, here, remark.transfer, enclosed)
    return Judgement("accepted")


async def _refer(
    connection: Connection, post: Incoming, transfer: UUID, enclosed: Sequence[Enclosed]
) -> None:
    """Have the transfer refer to what came with a remark; nothing of it is purged meanwhile."""
    digests = sorted(one.sha256 for one in enclosed)
    await connection.execute(statement("share_documents"), (digests,), prepare=True)
    rows = [
        {
            "transfer_id": transfer,
            "sha256": hexed(one.sha256),
            "agency": post.agency,
            "cause": post.id,
            "size": one.size,
            "since": post.recorded_at,
        }
        for one in enclosed
    ]
    await connection.execute(statement("insert_document_references"), (encode(rows),), prepare=True)
