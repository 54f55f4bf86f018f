"""Cursors: where a reader has come to, as opaque text. They hold no secret, only a position."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from gateway.api.problems import refuse
from schemas.problems import ProblemType

_BEGINNING_ID = UUID(int=0)
_LARGEST_XID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class FeedPosition:
    """A place in the event feed: commit order, then transfer and ordinal."""

    xid: int = 0
    transfer: UUID = _BEGINNING_ID
    seq: int = 0


def write_cursor(kind: str, *parts: Any) -> str:
    """Write a position of one kind of list."""
    text = orjson.dumps([kind, *parts], option=orjson.OPT_UTC_Z)
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def read_cursor(kind: str, cursor: str, length: int) -> list[Any]:
    """Read the parts of a cursor of this kind; refuse any other text."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        raise not_ours() from None
    if not isinstance(parts, list) or len(parts) != length + 1 or parts[0] != kind:
        raise not_ours()
    return parts[1:]


def write_feed_position(at: FeedPosition) -> str:
    return write_cursor("e", str(at.xid), str(at.transfer), at.seq)


def read_feed_position(cursor: str) -> FeedPosition:
    xid, transfer, seq = read_cursor("e", cursor, 3)
    try:
        at = FeedPosition(int(xid), UUID(transfer), seq)
    except (TypeError, ValueError, AttributeError):
        raise not_ours() from None
    if type(seq) is not int or not 0 <= seq < 2**31 or not 0 <= at.xid <= _LARGEST_XID:
        raise not_ours()
    return at


def not_ours() -> Exception:
    """Refuse a text that no list of ours gave out."""
    return refuse(ProblemType.BAD_QUERY, "the cursor is not one that this list gave out")
