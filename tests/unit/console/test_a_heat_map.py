"""The heat map of on-time shares: by level, the worst first, no further than one may see."""

from datetime import UTC, datetime

from gateway.console.heat import MOST_CELLS, heat_map
from gateway.reports.books import Tally
from tests.stage.inside import rulebook

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
WELL, LATE, LATEST = Tally(met=100), Tally(met=85, missed=15), Tally(met=10, missed=30)


def test_levels_stand_in_the_order_of_the_forms_with_their_worst_first() -> None:
    books = {"H31.101": WELL, "H31.102": LATEST, "H31.15": LATE, "X99": WELL, "H31.103": Tally()}

    bands = heat_map(books, rulebook().directory, NOW, None, "vi")

    assert [band.whole.name for band in bands] == [
        "Sở, ban, ngành",
        "UBND cấp xã",
        "Không có trong danh bạ cơ quan",
    ]
    assert [[(one.code, one.heat) for one in band.cells] for band in bands] == [
        [("H31.15", 3)],
        [("H31.102", 4), ("H31.101", 0)],
        [("X99", 0)],
    ]
    assert (bands[1].whole.judged, bands[1].whole.on_time) == (140, 110)


def test_what_lies_outside_the_scope_is_not_even_counted() -> None:
    books = {"H31.101": WELL, "H31.102": LATEST}

    [band] = heat_map(books, rulebook().directory, NOW, {"H31.101"}, "en")

    assert (band.whole.judged, band.more) == (100, 0)
    assert [one.code for one in band.cells] == ["H31.101"]


def test_of_many_only_the_worst_are_drawn_and_the_others_counted() -> None:
    books = {f"X{n}": Tally(met=100, missed=n) for n in range(1, 31)}

    [band] = heat_map(books, rulebook().directory, NOW, None, "en")

    assert band.cells[0].code == "X30"
    assert (len(band.cells), band.more) == (MOST_CELLS, 30 - MOST_CELLS)
