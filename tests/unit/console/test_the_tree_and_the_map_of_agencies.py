"""The directory as a tree and as a map: nobody is missing, nobody twice, and nothing leaks."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from gateway.console import agency_map
from gateway.console.agency_map import draw_map
from gateway.console.agency_query import AgencyQuery, read_agency_query
from gateway.console.agency_tree import draw_tree
from gateway.joining.states import MemberState
from gateway.operations.agency_census import Census
from gateway.operations.agency_standing import Condition, Standing
from routing.directory import load_directory

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TREE = draw_tree(load_directory(), NOW)
BROKEN = Standing("H31.102", MemberState.LIVE, connector="webhook", enabled=True, breaker="open")
CENSUS = Census(NOW, {"H31.102": BROKEN})


def test_everybody_in_force_hangs_in_the_tree_once() -> None:
    hanging = Counter(
        one.code for root in TREE.roots for one in (root, *TREE.everybody_below(root.code))
    )

    assert set(hanging) == set(TREE.agencies)
    assert set(hanging.values()) == {1}
    assert TREE.size("H31") == sum(1 for _ in TREE.everybody_below("H31"))
    assert [one.code for one in TREE.path("H31.15.20.014")] == ["H31", "H31.15", "H31.15.20"]


@pytest.mark.parametrize("text", ["PHO HIEN", "Phố  Hiến", "pho hiến"])
def test_a_name_is_found_however_it_is_typed(text: str) -> None:
    found = {one.code for one in TREE.search(text)}

    assert "H31.101" in found
    assert all("Phố Hiến" in TREE.agencies[code].name for code in found)


def test_the_map_has_a_cell_for_everybody_and_a_condition_within_reach_alone() -> None:
    cells = [cell for band in draw_map(TREE, CENSUS, {"H31.102"}) for cell in band.cells]

    assert Counter(cell.agency.code for cell in cells) == Counter(list(TREE.agencies))
    assert {cell.agency.code: cell.condition for cell in cells if cell.condition} == {
        "H31.102": Condition.BREAKER_OPEN
    }


def test_a_large_map_folds_a_family_into_its_worst(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agency_map, "MOST_CELLS", 100)

    cells = {cell.agency.code: cell for band in draw_map(TREE, CENSUS, None) for cell in band.cells}
    far = {cell.condition for band in draw_map(TREE, CENSUS, ()) for cell in band.cells}

    assert set(cells) == {one.code for one in TREE.roots}
    assert (cells["H31"].condition, cells["H31"].folded) == (
        Condition.BREAKER_OPEN,
        TREE.size("H31"),
    )
    assert far == {None}


def test_an_address_asks_for_what_it_was_made_from_and_leaves_out_what_cannot_be() -> None:
    query = AgencyQuery("phố hiến", "live", "trouble", "webhook", ending=True, after="H31.102")
    pairs = {"q": "x", "state": "nonsense", "condition": "9", "view": "table", "at": "H31"}

    assert read_agency_query([("q", "x")]) == AgencyQuery("x")
    assert "after=H31.102" in query.address
    assert read_agency_query(pairs.items()) == AgencyQuery("x", at="H31")
