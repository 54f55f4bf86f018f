"""A message as the bytes that publish it: one method, one header and its body frames.

The AMQP library builds the same bytes field by field through general tables; on the way of
every delivery that is most of a publish's processor time (docs/decisions/0060). Here are only
the properties that we send, and a test compares every byte with the library's.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from pamqp import commands, frame

CONTENT_TYPE: Final = "application/cloudevents+json"

SHORT_STRING_BYTES: Final = 255
"""The longest property or routing key that AMQP 0-9-1 can carry."""

_HEADER_FRAME, _BODY_FRAME, _FRAME_END = 2, 3, b"\xce"
_HAS_CONTENT_TYPE, _HAS_MODE, _HAS_CORRELATION = 1 << 15, 1 << 12, 1 << 10
_HAS_ID, _HAS_TYPE = 1 << 7, 1 << 5
_PERSISTENT: Final = b"\x02"
_BASIC_CLASS: Final = 60


@dataclass(frozen=True, slots=True)
class Letter:
    """One persistent, mandatory message for an exchange."""

    exchange: str
    routing_key: str
    message_id: str
    type: str
    body: bytes = field(repr=False)
    correlation_id: str | None = None


def publish_frames(letter: Letter, channel: int, largest_body_frame: int) -> Iterator[bytes]:
    """Yield the bytes that publish `letter` on `channel`.

    Raise ValueError if a routing key or property is longer than AMQP can carry.
    """
    yield _publish_method(letter.exchange, letter.routing_key, channel)
    properties = _properties(letter)
    header = struct.pack(">HHQ", _BASIC_CLASS, 0, len(letter.body)) + properties
    yield struct.pack(">BHI", _HEADER_FRAME, channel, len(header)) + header + _FRAME_END
    for start in range(0, len(letter.body), largest_body_frame):
        part = letter.body[start : start + largest_body_frame]
        yield struct.pack(">BHI", _BODY_FRAME, channel, len(part))
        yield part
        yield _FRAME_END


@lru_cache(maxsize=4096)
def _publish_method(exchange: str, routing_key: str, channel: int) -> bytes:
    if len(routing_key.encode()) > SHORT_STRING_BYTES:
        raise ValueError(f"a routing key of more than {SHORT_STRING_BYTES} bytes")
    method = commands.Basic.Publish(exchange=exchange, routing_key=routing_key, mandatory=True)
    return frame.marshal(method, channel)


def _properties(letter: Letter) -> bytes:
    flags = _HAS_CONTENT_TYPE | _HAS_MODE | _HAS_ID | _HAS_TYPE
    correlation = b""
    if letter.correlation_id:
        flags |= _HAS_CORRELATION
        correlation = _short_string(letter.correlation_id)
    return b"".join(
        (
            struct.pack(">H", flags),
            _short_string(CONTENT_TYPE),
            _PERSISTENT,
            correlation,
            _short_string(letter.message_id),
            _short_string(letter.type),
        )
    )


def _short_string(text: str) -> bytes:
    encoded = text.encode()
    if len(encoded) > SHORT_STRING_BYTES:
        raise ValueError(f"a property of more than {SHORT_STRING_BYTES} bytes")
    return bytes((len(encoded),)) + encoded
