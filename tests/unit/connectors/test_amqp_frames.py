"""Our frames are, byte for byte, the ones that the AMQP library would write."""

import pytest
from aiormq.abc import ChannelFrame
from hypothesis import given
from hypothesis import strategies as st
from pamqp import commands
from pamqp.base import Frame
from pamqp.body import ContentBody
from pamqp.header import ContentHeader

from connectors.amqp_frames import CONTENT_TYPE, Letter, publish_frames

SHORT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: len(text.encode()) <= 255
)
LARGEST = 16


def by_the_library(letter: Letter, channel: int) -> bytes:
    properties = commands.Basic.Properties(
        content_type=CONTENT_TYPE,
        delivery_mode=2,
        correlation_id=letter.correlation_id,
        message_id=letter.message_id,
        message_type=letter.type,
    )
    parts = [letter.body[n : n + LARGEST] for n in range(0, len(letter.body), LARGEST)]
    frames: list[Frame | ContentHeader | ContentBody] = [
        commands.Basic.Publish(
            exchange=letter.exchange, routing_key=letter.routing_key, mandatory=True
        ),
        ContentHeader(body_size=len(letter.body), properties=properties),
        *map(ContentBody, parts),
    ]
    return ChannelFrame.marshall(channel, frames).payload


@given(
    routing_key=SHORT,
    message_id=SHORT,
    type_=SHORT,
    correlation=st.none() | SHORT,
    body=st.binary(max_size=100),
    channel=st.integers(1, 65_535),
)
def test_the_bytes_are_the_librarys(
    routing_key: str,
    message_id: str,
    type_: str,
    correlation: str | None,
    body: bytes,
    channel: int,
) -> None:
    letter = Letter("lienthong.deliveries", routing_key, message_id, type_, body, correlation)

    written = b"".join(publish_frames(letter, channel, LARGEST))

    assert written == by_the_library(letter, channel)


@pytest.mark.parametrize("field", ["routing_key", "message_id", "type", "correlation_id"])
def test_what_is_too_long_for_amqp_is_refused(field: str) -> None:
    fields = {"exchange": "e", "routing_key": "k", "message_id": "m", "type": "t"}
    letter = Letter(**{**fields, field: "ư" * 128}, body=b"")

    with pytest.raises(ValueError, match="more than 255 bytes"):
        list(publish_frames(letter, 1, LARGEST))


def test_contents_stay_out_of_representations() -> None:
    letter = Letter("e", "k", "m", "t", b"Nguyen Thi Thu")

    assert "Nguyen" not in repr(letter)
