"""A batch is cut into exactly the bytes of its items."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.api.batches import MOST_ITEMS, NotABatch, TooMany, cut_batch

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(), below, max_size=4),
    max_leaves=12,
)
SPACE = st.text(alphabet=" \t\r\n", max_size=3)


@given(st.lists(JSON, max_size=8), SPACE, st.booleans(), st.sampled_from((None, 1)))
def test_items_come_out_as_they_went_in(
    items: list[object], space: str, ascii_only: bool, indent: int | None
) -> None:
    texts = [json.dumps(item, ensure_ascii=ascii_only, indent=indent) for item in items]
    batch = f"{space}[{space}" + f"{space},{space}".join(texts) + f"{space}]{space}"

    assert cut_batch(batch.encode("utf-8", "surrogatepass")) == [t.encode() for t in texts]


@given(st.binary(max_size=60))
def test_any_bytes_are_cut_or_refused(body: bytes) -> None:
    try:
        items = cut_batch(body)
    except NotABatch:
        return

    assert all(item in body for item in items)


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[", b"[1", b"[1,", b"[1,]", b"[,1]", b"[1 2]", b"[1]]", b"[1] x", b"7", b"\xff"],
)
def test_what_is_no_array_is_refused(body: bytes) -> None:
    with pytest.raises(NotABatch):
        cut_batch(body)


@pytest.mark.parametrize("item", [b"NaN", b"1e999", b"-Infinity", b"1" * 5000, b'"\\ud800"'])
def test_what_is_wrong_inside_an_item_is_left_to_its_judgement(item: bytes) -> None:
    assert cut_batch(b"[" + item + b",1]") == [item, b"1"]


def test_a_hundred_thousand_levels_are_refused_without_harm() -> None:
    with pytest.raises(NotABatch):
        cut_batch(b"[" * 100_000)


def test_more_items_than_allowed_are_refused() -> None:
    assert len(cut_batch(b"[" + b"1," * (MOST_ITEMS - 1) + b"1]")) == MOST_ITEMS
    with pytest.raises(TooMany):
        cut_batch(b"[" + b"1," * MOST_ITEMS + b"1]")
