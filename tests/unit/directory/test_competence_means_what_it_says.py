"""The precomputed answers agree with the definition: listed is the unit, or one above it."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing.data.tables import legal_midnight
from routing.directory import Agency, Directory, load_directory
from routing.units import load_units

UNITS = sorted({unit.code for unit in load_units() if unit.parent in {"33", "34", "341", "323"}})
EDGES = [legal_midnight(day) for day in ("2025-03-01", "2025-07-01", "2026-04-30", "2027-01-01")]

instants = st.one_of(
    st.builds(
        lambda edge, micros: edge + timedelta(microseconds=micros),
        st.sampled_from(EDGES),
        st.integers(-2, 2),
    ),
    st.builds(
        lambda minutes: EDGES[0] + timedelta(minutes=minutes), st.integers(-10_000, 1_500_000)
    ),
)
units = st.sampled_from([*UNITS, "33", "34", "75", "00001", "99999"])


def _by_definition(
    directory: Directory, role: str, unit: str, as_of: datetime
) -> tuple[Agency, ...]:
    line = set(load_units().ancestors(unit, as_of))
    return tuple(
        agency
        for agency in directory.in_force(as_of)
        if role in agency.roles and line & set(agency.jurisdiction)
    )


@given(role=st.sampled_from(sorted(load_directory().roles())), unit=units, as_of=instants)
def test_competent_agrees_with_its_definition_in_the_packaged_directory(
    role: str, unit: str, as_of: datetime
) -> None:
    directory = load_directory()

    assert directory.competent(role, unit, as_of) == _by_definition(directory, role, unit, as_of)


@st.composite
def agencies(draw: st.DrawFn) -> list[Agency]:
    drawn = []
    for number in range(draw(st.integers(1, 6))):
        begin, end = draw(st.tuples(instants, instants).filter(lambda pair: pair[0] < pair[1]))
        drawn.append(
            Agency(
                code=f"H31.{number}",
                name="",
                level="area",
                roles=("tax.local",),
                parent=None,
                jurisdiction=tuple(draw(st.lists(units, max_size=4, unique=True))),
                valid_from=max(begin, EDGES[0]),
                valid_to=draw(st.sampled_from([max(end, EDGES[0]), None])),
                successors=(),
                aliases=(),
                demo=True,
                certainty="unverified",
                source="test",
            )
        )
    return drawn


@given(drawn=agencies(), unit=units, as_of=instants)
def test_competent_agrees_with_its_definition_however_agencies_overlap(
    drawn: list[Agency], unit: str, as_of: datetime
) -> None:
    directory = Directory(version="test", agencies=drawn, units=load_units())

    found = directory.competent("tax.local", unit, as_of)

    assert found == _by_definition(directory, "tax.local", unit, as_of)
