"""How a member is shown to operators: everything but its secrets, and no address in full.

A webhook's address may carry a token of its owner's in its path: shown are its origin, and the
beginning of its digest, so that a change can be seen.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from gateway.store.pool import Connection
from gateway.store.sql import statement

View = dict[str, Any]

_MEMBER = ("agency", "state", "resumes_as", "since", "contact", "takes", "test", "kept")
_ENDPOINT = ("connector", "address", "enabled", "concurrency", "timeout_ms", "events", "breaker")
_TIMES = ("last_seen_at", "changed_at", "former_secret_until")
_LISTED = ("agency", "state", "since", "connector", "enabled", "breaker", "last_seen_at")


async def read_member(connection: Connection, code: str) -> View | None:
    """Return a member as it stands; None if the agency takes no part."""
    found = await connection.execute(statement("find_member"), {"agency": code})
    row = await found.fetchone()
    return None if row is None else _view(row)


def short_view(row: Sequence[Any]) -> View:
    """Write a line of the list."""
    return dict(zip(_LISTED, row, strict=True))


def _view(row: Sequence[Any]) -> View:
    member = dict(zip(_MEMBER, row, strict=False))
    endpoint = dict(zip(_ENDPOINT + _TIMES, row[len(_MEMBER) :], strict=True))
    endpoint["address"] = shown_address(endpoint["address"])
    return {
        **member,
        "takes": member["takes"] or None,
        "endpoint": None if endpoint["connector"] is None else endpoint,
    }


def shown_address(address: str | None) -> str | None:
    """Return an address fit to be shown: whose server it is, and a mark of the rest."""
    if address is None:
        return None
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host} (sha256 {sha256(address.encode()).hexdigest()[:12]})"
