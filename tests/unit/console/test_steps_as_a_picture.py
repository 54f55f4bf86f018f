"""A procedure's steps as a picture: in order, side by side, nothing on top of anything."""

from itertools import combinations

import pytest

from gateway.console.procedure_words import ProcedureWords
from gateway.console.step_graph import Box, Graph, GraphStep, lay_out
from gateway.console.words import LANGUAGES, Language, words_of
from routing.procedures import Procedure, load_catalogue

CATALOGUE = load_catalogue()
VERSIONS = [one for code in CATALOGUE.codes() for one in CATALOGUE.versions(code)]


def drawn(procedure: Procedure, language: Language) -> Graph:
    words = ProcedureWords(words_of(language), language)
    return lay_out(words.graph_steps(procedure, {}), "Nơi tiếp nhận hồ sơ")


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_procedure_is_drawn_in_order_and_inside_its_frame(language: Language) -> None:
    for procedure in VERSIONS:
        graph = drawn(procedure, language)
        right = {box.step.id: box.x + box.width for box in graph.boxes}

        assert [box.number for box in graph.boxes] == list(range(1, len(procedure.steps) + 1))
        assert [
            (procedure.code, box.step.id, before)
            for box in graph.boxes
            for before in box.step.after
            if right[before] >= box.x
        ] == []
        assert [
            (procedure.code, one.step.id, other.step.id)
            for one, other in combinations((graph.start, *graph.boxes), 2)
            if overlap(one, other)
        ] == []
        for box in (graph.start, *graph.boxes):
            assert box.x + box.width < graph.width
            assert box.y > 0
            assert box.y + box.height < graph.height
            assert all(box.y < line.y < box.y + box.height for line in box.lines), procedure.code


def test_what_runs_side_by_side_stands_under_each_other() -> None:
    steps = [
        GraphStep("a", "A", "x", "1 ngày", ()),
        GraphStep("b", "B", "x", "1 ngày", ("a",)),
        GraphStep("c", "C", "x", "1 ngày", ("a",)),
        GraphStep("d", "D", "x", "1 ngày", ("b", "c")),
    ]

    graph = lay_out(steps, "Nơi nhận")
    a, b, c, d = graph.boxes

    assert b.x == c.x
    assert b.y + b.height < c.y
    assert a.x < b.x < d.x
    assert len(graph.ways) == 5


def test_a_way_that_leaps_over_a_step_passes_beside_it() -> None:
    steps = [
        GraphStep("a", "A", "x", "1 ngày", ()),
        GraphStep("b", "B", "x", "1 ngày", ("a",)),
        GraphStep("c", "C", "x", "1 ngày", ("a", "b")),
    ]

    graph = lay_out(steps, "Nơi nhận")
    b = graph.boxes[1]
    [leap] = [way for way in graph.ways if "H" in way]
    straight = float(leap.split("H")[0].split()[-1])

    assert not b.y <= straight <= b.y + b.height
