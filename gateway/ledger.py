"""The ledger: what happened to a transfer, as a chain of hashes, one chain per transfer.

hash = sha-256(prev_hash || body), where body is the canonical JSON (sorted keys, UTF-8) of the
entry. The head stands on the transfer's row. One global chain would serialise every commit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

GENESIS = bytes(32)
_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z


@dataclass(frozen=True, slots=True)
class Sealed:
    """One ledger row, hashed onto its chain."""

    seq: int
    body: str
    prev_hash: bytes
    hash: bytes


def seal(prev_hash: bytes, seq: int, facts: Mapping[str, Any]) -> Sealed:
    """Append one entry to a chain whose head is `prev_hash`."""
    body = orjson.dumps({**facts, "seq": seq}, option=_CANONICAL)
    return Sealed(seq, body.decode(), prev_hash, sha256(prev_hash + body).digest())


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a chain does not hold, and why."""

    transfer: UUID
    seq: int
    why: str


def verify(
    transfer: UUID,
    rows: Iterable[tuple[int, str, bytes, bytes, str, datetime]],
    *,
    head: tuple[int, bytes],
) -> list[Broken]:
    """Check one transfer's chain and its head.

    Rows are (seq, body, prev_hash, hash, act, recorded_at), in order.
    """
    broken: list[Broken] = []
    previous, expected = GENESIS, 1
    for seq, body, prev_hash, digest, act, recorded_at in rows:
        facts = orjson.loads(body)
        if seq != expected or facts.get("seq") != seq:
            broken.append(Broken(transfer, seq, f"sequence: expected {expected}"))
        if prev_hash != previous:
            broken.append(Broken(transfer, seq, "does not follow the entry before it"))
        if sha256(prev_hash + body.encode()).digest() != digest:
            broken.append(Broken(transfer, seq, "the body is not what was sealed"))
        if facts.get("act") != act or datetime.fromisoformat(facts["recorded_at"]) != recorded_at:
            broken.append(Broken(transfer, seq, "the columns differ from the sealed body"))
        previous, expected = digest, seq + 1
    if (expected - 1, previous) != head:
        broken.append(
            Broken(transfer, head[0], "the head on the transfer is not the end of the chain")
        )
    return broken
