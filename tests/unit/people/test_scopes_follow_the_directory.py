"""A scope is what lies below an agency now; what was closed stays where it was last."""

from datetime import UTC, datetime

from gateway.people.rights import Ability, Grant, Role, reach
from gateway.people.scopes import Scopes, agencies_from, draw_below
from routing.directory import Agency, Directory
from routing.units import load_units
from tests.unit.people.test_what_a_role_may import holding

BEFORE = datetime(2025, 1, 1, tzinfo=UTC)
REFORM = datetime(2025, 7, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def agency(code: str, parent: str | None, begin: datetime, end: datetime | None = None) -> Agency:
    return Agency(
        code=code,
        name=code,
        level="commune",
        roles=("one-stop",),
        parent=parent,
        jurisdiction=(),
        valid_from=begin,
        valid_to=end,
        successors=(),
        aliases=(),
        demo=True,
        certainty="unverified",
        source="made up for this test",
    )


DIRECTORY = Directory(
    version="test",
    units=load_units(),
    agencies=[
        agency("H31", None, BEFORE),
        agency("H31.15", "H31", BEFORE, REFORM),
        agency("H31.16", "H31", BEFORE),
        agency("H31.101", "H31.15", BEFORE, REFORM),
        agency("H31.102", "H31.15", BEFORE, REFORM),
        agency("H31.102", "H31.16", REFORM),
        agency("H31.103", "H31.16", datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)


class Today:
    def now(self) -> datetime:
        return NOW


def test_what_moved_is_where_it_is_now_and_what_closed_where_it_was_last() -> None:
    below = draw_below(DIRECTORY, NOW)

    assert agencies_from("H31.15", below) == {"H31.15", "H31.101"}
    assert agencies_from("H31.16", below) == {"H31.16", "H31.102", "H31.103"}
    assert agencies_from("H31", below) == {one.code for one in DIRECTORY}


def test_what_had_not_moved_yet_was_elsewhere() -> None:
    below = draw_below(DIRECTORY, BEFORE)

    assert agencies_from("H31.15", below) == {"H31.15", "H31.101", "H31.102"}


def test_an_agency_that_nobody_knows_is_a_scope_of_itself_alone() -> None:
    assert agencies_from("H99", draw_below(DIRECTORY, NOW)) == {"H99"}


def test_grants_are_spelled_out_by_the_directory_that_rules() -> None:
    ruling = [DIRECTORY]
    scopes = Scopes(lambda: ruling[0], Today())
    first = scopes.spell_out([Grant(Role.VIEWER, "H31.16"), Grant(Role.AUDITOR)])

    ruling[0] = Directory(
        version="next", agencies=[agency("H31.16", None, BEFORE)], units=load_units()
    )
    second = scopes.spell_out([Grant(Role.VIEWER, "H31.16")])

    assert [len(one.agencies) for one in first] == [3, 0]
    assert reach(holding(*first[:1]), Ability.SEE_WORK) == frozenset(
        {"H31.16", "H31.102", "H31.103"}
    )
    assert reach(holding(*second), Ability.SEE_WORK) == frozenset({"H31.16"})
