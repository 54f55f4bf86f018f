"""Make parcels: the CloudEvent of a delivery, the same bytes on every attempt.

A delivery's row holds what is ours to say, without personal data. What belongs to the citizen
(submission, corrections, supplements, result documents) lies in payloads alone and is spliced in
here, at the last moment.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson

from connectors.protocol import Parcel
from gateway.commit.items import Owed
from gateway.dispatch.enclosures import name_documents
from gateway.store.pool import Pool
from gateway.store.sql import statement

_UTC = orjson.OPT_UTC_Z


class PayloadPurged(Exception):
    """The stored body that a delivery needs is gone."""


class ParcelMaker:
    """Turns leased deliveries into parcels; reads payloads in one round trip per batch."""

    def __init__(self, pool: Pool, *, gateway_id: str) -> None:
        self._pool = pool
        self._source = f"urn:lienthong:gateway:{gateway_id}"

    async def make(self, owed: Iterable[Owed]) -> dict[UUID, Parcel]:
        """Return a parcel per delivery; one whose payload was purged is left out."""
        wanted = list(owed)
        refs = sorted({ref for one in wanted for ref in one.splice})
        bodies = await self._load(refs) if refs else {}
        parts = [
            (one, _data_of(one, bodies))
            for one in wanted
            if all(ref in bodies for ref in one.splice)
        ]
        await name_documents(self._pool, parts)
        return {one.id: _enveloped(one, data, self._source) for one, data in parts}

    async def _load(self, refs: list[UUID]) -> dict[UUID, tuple[str, Mapping[str, Any]]]:
        async with self._pool.connection() as connection:
            found = await connection.execute(statement("load_payloads"), (refs,), prepare=True)
            return {
                row[0]: said_in(row[1], bytes(row[2]))
                for row in await found.fetchall()
                if row[2] is not None
            }


def parcel_of(
    owed: Owed, bodies: Mapping[UUID, tuple[str, Mapping[str, Any]]], source: str
) -> Parcel:
    """Write the event of a delivery; `bodies` has (kind, data) of each stored message it names."""
    return _enveloped(owed, _data_of(owed, bodies), source)


def _data_of(owed: Owed, bodies: Mapping[UUID, tuple[str, Mapping[str, Any]]]) -> Any:
    if not owed.splice:
        return orjson.Fragment(owed.data)
    return spliced(orjson.loads(owed.data), [bodies[ref] for ref in owed.splice], owed)


def _enveloped(owed: Owed, data: Any, source: str) -> Parcel:
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(owed.id),
        "source": source,
        "type": f"vn.lienthong.{owed.kind}.v1",
        "time": owed.created_at,
        "datacontenttype": "application/json",
        "data": data,
    }
    if owed.subject is not None:
        envelope["subject"] = owed.subject
    if owed.traceparent is not None:
        envelope["traceparent"] = owed.traceparent
    return Parcel(
        delivery=owed.id,
        kind=owed.kind,
        envelope=envelope,
        body=orjson.dumps(envelope, option=_UTC),
        correlation=owed.correlation,
        traceparent=owed.traceparent,
    )


def said_in(media: str, body: bytes) -> tuple[str, Mapping[str, Any]]:
    """Return (kind, data) of a stored message, whichever mode it came in."""
    document = orjson.loads(body)
    if media.startswith("application/cloudevents+json"):
        return str(document["type"]), document["data"]
    return media.partition(";kind=")[2], document


def spliced(
    data: dict[str, Any], said: Iterable[tuple[str, Mapping[str, Any]]], owed: Owed
) -> dict[str, Any]:
    """Put the citizen's own words where they belong in a message to an agency."""
    results = {line["step"]: line for line in data.get("results", ())}
    for type_, message in said:
        match type_.removeprefix("vn.lienthong.").removesuffix(".v1"):
            case "transfer.submitted":
                data["submission"] = message
            case "transfer.corrected" if owed.is_handover or "corrections" in data:
                data.setdefault("corrections", []).append(message)
            case "transfer.corrected":
                data["correction"] = message
            case "supplement.provided" if owed.is_handover:
                data.setdefault("supplements", []).append(message)
            case "supplement.provided":
                data["supplement"] = message
            case "hop.completed":
                line = results.get(message["step"])
                if line is not None:
                    line["results"] = message.get("results", [])
                    line["notices"] = message.get("notices", [])
            case "hop.paused" | "hop.refused" | "hop.returned" | "transfer.withdrawn":
                asks = owed.kind == "supplement.requested"
                for name in ("explanation", "document") if asks else ("explanation",):
                    if message.get(name) is not None:
                        data[name] = message[name]
    return data
