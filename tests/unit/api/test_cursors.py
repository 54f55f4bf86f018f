"""Cursors come back exactly, and any other text is refused as such."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.api.cursors import (
    FeedPosition,
    read_cursor,
    read_feed_position,
    write_cursor,
    write_feed_position,
)
from gateway.api.problems import Refusal


@given(st.integers(0, 2**63 - 1), st.uuids(), st.integers(0, 2**31 - 1))
def test_a_feed_position_comes_back(xid: int, transfer: UUID, seq: int) -> None:
    at = FeedPosition(xid, transfer, seq)

    assert read_feed_position(write_feed_position(at)) == at


@given(st.text(max_size=80))
def test_any_other_text_is_refused(text: str) -> None:
    try:
        at = read_feed_position(text)
    except Refusal:
        return

    assert read_feed_position(write_feed_position(at)) == at


@pytest.mark.parametrize(
    "parts",
    [("x", 1, 2), ("1", None, 3), ("1", "not-an-id", 3), ("-1", "0" * 32, 3), ("1", "0" * 32, -1)],
)
def test_a_position_that_cannot_be_is_refused(parts: tuple[object, ...]) -> None:
    with pytest.raises(Refusal):
        read_feed_position(write_cursor("e", *parts))


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(Refusal):
        read_cursor("a", write_cursor("b", 1), 1)
