"""A remembered transfer counts only as what the locked row stands at; memory is bounded."""

from dataclasses import replace
from uuid import UUID

from gateway.commit.memory import Memory
from routing.lifecycle.model import Transfer
from tests.stage.clock import MONDAY
from tests.unit.gateway.desk import opened

HEAD, OTHER = b"h" * 32, b"o" * 32


def transfer(number: int = 1) -> Transfer:
    return replace(opened().transfer, id=UUID(int=number))


def test_what_was_committed_is_recalled_at_its_own_head() -> None:
    memory, one = Memory(10), transfer()

    memory.remember(one, 5, HEAD)

    assert memory.recall(one.id, 5, HEAD) is one
    assert (memory.hits, memory.misses) == (1, 0)


def test_another_process_having_gone_on_makes_it_worthless() -> None:
    memory, one = Memory(10), transfer()
    memory.remember(one, 5, HEAD)

    assert memory.recall(one.id, 6, HEAD) is None
    assert memory.recall(one.id, 5, OTHER) is None
    assert memory.recall(UUID(int=2), 5, HEAD) is None
    assert (memory.hits, memory.misses) == (0, 3)


def test_the_newest_state_takes_the_place_of_the_older() -> None:
    memory, one = Memory(10), transfer()
    newer = replace(one, outcome="x")

    memory.remember(one, 5, HEAD)
    memory.remember(newer, 6, OTHER)

    assert memory.recall(one.id, 5, HEAD) is None
    assert memory.recall(one.id, 6, OTHER) is newer


def test_what_has_ended_is_forgotten() -> None:
    memory, one = Memory(10), transfer()
    memory.remember(one, 5, HEAD)

    memory.remember(replace(one, ended_at=MONDAY), 6, OTHER)

    assert memory.recall(one.id, 6, OTHER) is None
    assert memory.recall(one.id, 5, HEAD) is None


def test_the_least_recently_used_goes_first() -> None:
    memory = Memory(2)
    one, two, three = (transfer(number) for number in (1, 2, 3))
    memory.remember(one, 1, HEAD)
    memory.remember(two, 1, HEAD)
    memory.recall(one.id, 1, HEAD)

    memory.remember(three, 1, HEAD)

    assert memory.recall(two.id, 1, HEAD) is None
    assert memory.recall(one.id, 1, HEAD) is one
    assert memory.recall(three.id, 1, HEAD) is three


def test_a_memory_of_nothing_holds_nothing() -> None:
    memory, one = Memory(0), transfer()

    memory.remember(one, 1, HEAD)

    assert memory.recall(one.id, 1, HEAD) is None
