"""docs/chains, compared with the same examples folded without a gateway.

That a gateway with its store and broker makes the same is held by tests/acceptance.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from gateway.rulebook import Rulebook
from gateway.sandbox.chains.cast import cast_all
from gateway.sandbox.chains.pages import Played, files
from gateway.sandbox.chains.stories import EXAMPLES
from routing.lifecycle.model import LimitName, TransferState
from tests.unit.gateway.desk import rulebook
from tests.unit.pictures.folded import play

FOLDER = Path(__file__).parents[3] / "docs" / "chains"


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return rulebook()


@pytest.fixture(scope="module")
def played(book: Rulebook) -> Sequence[Played]:
    return [play(cast, book) for cast in cast_all(EXAMPLES, book)]


@pytest.fixture(scope="module")
def by_code(played: Sequence[Played]) -> Mapping[str, Played]:
    return {one.cast.example.procedure: one for one in played}


def test_every_picture_and_page_is_as_committed(played: Sequence[Played], book: Rulebook) -> None:
    made = files(played, book)

    committed = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()}
    assert sorted(committed) == sorted(made)
    assert [name for name in made if made[name] != committed[name]] == []


def test_every_procedure_has_its_example(by_code: Mapping[str, Played], book: Rulebook) -> None:
    assert sorted(by_code) == list(book.catalogue.codes())


def test_every_example_comes_to_its_end(played: Sequence[Played]) -> None:
    assert {one.transfer.state for one in played} == {TransferState.COMPLETED}


def test_only_the_example_of_lateness_is_late(played: Sequence[Played]) -> None:
    late = {
        one.cast.example.procedure
        for one in played
        for hop in one.transfer.hops.values()
        if LimitName.DEADLINE in hop.clock.breached
    }

    assert late == {"1.012781"}


@pytest.mark.parametrize(
    ("code", "act", "step"),
    [
        ("2.000987", "hop.paused", "civil-status"),
        ("2.002622", "hop.returned", "residence-removal"),
        ("1.012781", "clock.breached", "tax"),
        ("1.012781", "clock.paused", None),
        ("1.012783", "supplement.provided", "land-check"),
        ("1.012782", "transfer.extended", None),
        ("9.000008", "hop.lapsed", "opinion-fire"),
        ("9.000011", "clock.breached", "district-decision"),
        ("9.000013", "hop.resumed", "registration"),
        ("1.014137", "refusal.acknowledged", "card"),
    ],
)
def test_each_rule_is_met_where_it_is_promised(
    by_code: Mapping[str, Played], code: str, act: str, step: str | None
) -> None:
    assert (act, step) in {(one["act"], one["step"]) for one in by_code[code].ledger}
