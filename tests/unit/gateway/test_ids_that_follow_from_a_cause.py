"""The same cause gives the same id; ids sort by time, then by the order of what was caused."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from gateway.ids import derived_id, new_id

ordinals = st.integers(0, 2**24 - 1)
instants = st.integers(0, 2**48 - 1)
causes = st.uuids(version=4)


def test_a_new_id_says_when_it_was_made() -> None:
    ids = [new_id() for _ in range(100)]

    assert {one.version for one in ids} == {7}
    assert ids == sorted(ids)
    assert len(set(ids)) == 100


@given(causes, ordinals, instants)
def test_the_same_cause_gives_the_same_id(cause: UUID, no: int, at: int) -> None:
    assert derived_id(cause, no, at_ms=at) == derived_id(cause, no, at_ms=at)


@given(causes, causes, ordinals, ordinals, instants)
def test_another_cause_or_another_ordinal_gives_another_id(
    cause: UUID, other: UUID, no: int, other_no: int, at: int
) -> None:
    same = (cause, no) == (other, other_no)

    assert (derived_id(cause, no, at_ms=at) == derived_id(other, other_no, at_ms=at)) is same


@given(causes, causes, ordinals, ordinals, instants, instants)
def test_ids_sort_by_time_and_then_by_ordinal(
    cause: UUID, other: UUID, no: int, other_no: int, at: int, other_at: int
) -> None:
    first, second = sorted([(at, no), (other_at, other_no)])

    before = derived_id(cause, first[1], at_ms=first[0])
    after = derived_id(other, second[1], at_ms=second[0])

    assert before < after or first == second


@given(causes, ordinals, instants)
def test_a_derived_id_is_a_custom_uuid_of_rfc_9562(cause: UUID, no: int, at: int) -> None:
    found = derived_id(cause, no, at_ms=at)

    assert found.version == 8
    assert found.variant == "specified in RFC 4122"
    assert found.int >> 80 == at


def test_a_cause_that_carries_its_time_gives_it_on() -> None:
    cause = new_id()

    found = derived_id(cause, 0)

    assert found.int >> 80 == cause.int >> 80
    assert found == derived_id(cause, 0)
