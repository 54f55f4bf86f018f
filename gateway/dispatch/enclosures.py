"""Name the documents of hand-overs that the gateway serves, and which of them the receiver has.

So that it fetches only what it lacks. What it had is told as of the hand-over's own instant: the
same bytes on every attempt, whatever was fetched in between.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gateway.commit.items import Owed
from gateway.commit.rows import encode, hexed
from gateway.documents.rules import SCHEME
from gateway.store.pool import Pool
from gateway.store.sql import statement

Data = dict[str, Any]


async def name_documents(pool: Pool, parts: Sequence[tuple[Owed, Any]]) -> None:
    """Add `documents` to the hand-overs that have any in the gateway's keeping."""
    enclosed: list[tuple[Owed, Data]] = []
    for owed, data in parts:
        if owed.is_handover and isinstance(data, dict) and (found := _kept(data)):
            data["documents"] = found
            enclosed += [(owed, one) for one in found]
    if not enclosed:
        return
    rows = [
        {
            "no": no,
            "agency": owed.agency,
            "sha256": hexed(bytes.fromhex(one["sha256"])),
            "as_of": owed.created_at,
        }
        for no, (owed, one) in enumerate(enclosed)
    ]
    async with pool.connection() as connection:
        listed = await connection.execute(
            statement("list_held_documents"), (encode(rows),), prepare=True
        )
        for (no,) in await listed.fetchall():
            enclosed[no][1]["held"] = True


def _kept(data: Data) -> list[Data]:
    """Return each content of a hand-over once, in the order it was brought."""
    kept: dict[str, Data] = {}
    for one in _documents(data):
        if str(one.get("url", "")).startswith(SCHEME):
            kept.setdefault(
                one["sha256"],
                {
                    "sha256": one["sha256"],
                    "size": one["size"],
                    "media_type": one["media_type"],
                    "held": False,
                },
            )
    return list(kept.values())


def _documents(data: Data) -> Iterator[Mapping[str, Any]]:
    yield from data.get("submission", {}).get("documents", ())
    brought: Iterable[Data] = (*data.get("corrections", ()), *data.get("supplements", ()))
    for message in brought:
        yield from message.get("documents") or ()
    for line in data.get("results", ()):
        yield from line.get("results", ())
