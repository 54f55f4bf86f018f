"""The rows that a batch writes: plain dicts per table, turned into one JSON parameter each."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from gateway.commit.items import Owed

Row = dict[str, Any]


@dataclass(slots=True)
class Rows:
    """Everything one transaction writes, by table, in the order it was decided."""

    inbox: list[Row] = field(default_factory=list)
    payloads: list[tuple[UUID, bytes, str, bytes]] = field(default_factory=list)
    dossiers: list[Row] = field(default_factory=list)
    aliases: list[Row] = field(default_factory=list)
    transfers: list[Row] = field(default_factory=list)
    transfer_changes: list[Row] = field(default_factory=list)
    itineraries: list[Row] = field(default_factory=list)
    hops: list[Row] = field(default_factory=list)
    ledger: list[Row] = field(default_factory=list)
    deliveries: list[Row] = field(default_factory=list)
    owed: dict[UUID, Owed] = field(default_factory=dict)
    withdrawals: list[Row] = field(default_factory=list)
    handed_on: list[Row] = field(default_factory=list)
    attempts: list[Row] = field(default_factory=list)
    letters: list[Row] = field(default_factory=list)
    document_references: list[Row] = field(default_factory=list)

    def count(self) -> int:
        """How many rows this writes (inserts and updates)."""
        return sum(len(getattr(self, name)) for name in self.__slots__ if name not in ("owed",))


def encode(rows: list[Row]) -> str:
    """Write rows as the JSON array that json_to_recordset reads."""
    return orjson.dumps(rows, option=orjson.OPT_UTC_Z).decode()


def hexed(value: bytes) -> str:
    """Write bytes as PostgreSQL reads a bytea from text."""
    return "\\x" + value.hex()
