"""A chain that was written holds; whatever is changed afterwards is found, and where."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from hypothesis import given
from hypothesis import strategies as st

from gateway.ledger import GENESIS, Broken, seal, verify

TRANSFER = UUID(int=7)
MONDAY = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)

acts = st.sampled_from(["transfer.submitted", "hop.dispatched", "hop.received", "clock.warned"])
entries = st.lists(st.tuples(acts, st.text(max_size=8)), min_size=1, max_size=8)


@dataclass(frozen=True)
class Row:
    seq: int
    body: str
    prev_hash: bytes
    hash: bytes
    act: str
    recorded_at: datetime

    def as_tuple(self) -> tuple[int, str, bytes, bytes, str, datetime]:
        return (self.seq, self.body, self.prev_hash, self.hash, self.act, self.recorded_at)


def chain(said: list[tuple[str, str]]) -> list[Row]:
    rows: list[Row] = []
    head = GENESIS
    for no, (act, reason) in enumerate(said, 1):
        at = MONDAY + timedelta(minutes=no)
        sealed = seal(head, no, {"act": act, "recorded_at": at, "reason": reason})
        rows.append(Row(sealed.seq, sealed.body, sealed.prev_hash, sealed.hash, act, at))
        head = sealed.hash
    return rows


def faults(rows: list[Row], head: tuple[int, bytes] | None = None) -> list[Broken]:
    end = (rows[-1].seq, rows[-1].hash) if rows else (0, GENESIS)
    return verify(TRANSFER, [row.as_tuple() for row in rows], head=head or end)


def head_of(rows: list[Row]) -> tuple[int, bytes]:
    return (rows[-1].seq, rows[-1].hash)


@given(entries)
def test_a_chain_as_it_was_written_holds(said: list[tuple[str, str]]) -> None:
    assert faults(chain(said)) == []


def test_a_transfer_without_entries_holds() -> None:
    assert faults([]) == []


def test_a_body_is_canonical_whatever_order_it_was_given_in() -> None:
    facts: dict[str, Any] = {"b": 1, "a": {"d": "đ", "c": None}}
    turned = dict(reversed(list(facts.items())))

    assert seal(GENESIS, 1, facts) == seal(GENESIS, 1, turned)
    assert seal(GENESIS, 1, facts).body == '{"a":{"c":null,"d":"đ"},"b":1,"seq":1}'


@given(entries, st.data())
def test_a_changed_body_is_found_at_its_place(
    said: list[tuple[str, str]], data: st.DataObject
) -> None:
    rows = chain(said)
    head = head_of(rows)
    at = data.draw(st.integers(0, len(rows) - 1))
    body = orjson.loads(rows[at].body)
    body["reason"] += "x"
    rows[at] = replace(rows[at], body=orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode())

    found = faults(rows, head)

    assert [(one.transfer, one.seq) for one in found] == [(TRANSFER, rows[at].seq)]


@given(entries, st.data())
def test_a_body_sealed_anew_no_longer_carries_the_next_one(
    said: list[tuple[str, str]], data: st.DataObject
) -> None:
    rows = chain(said)
    head = head_of(rows)
    at = data.draw(st.integers(0, len(rows) - 1))
    facts = orjson.loads(rows[at].body) | {"reason": "forged-beyond-eight"}
    forged = seal(rows[at].prev_hash, rows[at].seq, facts)
    rows[at] = replace(rows[at], body=forged.body, hash=forged.hash)

    found = faults(rows, head)

    assert found
    assert found[0].seq == (rows[at + 1].seq if at + 1 < len(rows) else head[0])


@given(entries, st.data())
def test_a_missing_entry_is_found(said: list[tuple[str, str]], data: st.DataObject) -> None:
    rows = chain(said)
    head = head_of(rows)
    del rows[data.draw(st.integers(0, len(rows) - 1))]

    assert faults(rows, head)


@given(st.lists(st.tuples(acts, st.text(max_size=3)), min_size=2, max_size=8), st.data())
def test_two_entries_in_the_other_order_are_found(
    said: list[tuple[str, str]], data: st.DataObject
) -> None:
    rows = chain(said)
    head = head_of(rows)
    at = data.draw(st.integers(0, len(rows) - 2))
    rows[at], rows[at + 1] = rows[at + 1], rows[at]

    assert faults(rows, head)


@given(entries)
def test_an_entry_added_behind_the_head_is_found(said: list[tuple[str, str]]) -> None:
    rows = chain([*said, ("hop.completed", "")])

    assert faults(rows, head_of(rows[:-1]))


@given(entries)
def test_a_chain_of_another_beginning_is_found(said: list[tuple[str, str]]) -> None:
    rows = chain([("transfer.submitted", ""), *said])[1:]

    assert faults(rows)


@given(entries, st.data())
def test_a_column_beside_the_body_that_says_something_else_is_found(
    said: list[tuple[str, str]], data: st.DataObject
) -> None:
    rows = chain(said)
    at = data.draw(st.integers(0, len(rows) - 1))
    later = rows[at].recorded_at + timedelta(microseconds=1)
    changed = data.draw(
        st.sampled_from([replace(rows[at], act="hop.other"), replace(rows[at], recorded_at=later)])
    )
    rows[at] = changed

    [found] = faults(rows)

    assert found.seq == changed.seq
    assert "columns" in found.why


@given(entries)
def test_a_head_that_names_another_hash_is_found(said: list[tuple[str, str]]) -> None:
    rows = chain(said)

    [found] = faults(rows, (rows[-1].seq, bytes(32)))

    assert "head" in found.why
