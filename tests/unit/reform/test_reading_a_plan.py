"""A plan is read strictly: every fault with its line, and the same plan has the same digest."""

import pytest

from routing.data.tables import legal_midnight
from routing.directory import load_directory
from routing.reform import (
    Otherwise,
    PlanInvalid,
    faults_in,
    plan_from_directory,
    plan_text,
    read_plan,
)
from routing.units import load_units

HEADER = """\
# title: Sắp xếp đơn vị hành chính tỉnh Thái Bình
# effective: 2025-07-01
# legal_basis: NQ 202/2025/QH15
# otherwise: directory
agency\trole\tunit\tto\tlegal_basis
"""


def faults(text: str) -> list[str]:
    with pytest.raises(PlanInvalid) as refused:
        read_plan(text)
    return [str(one) for one in refused.value.faults]


def test_a_plan_is_read_as_written() -> None:
    plan = read_plan(HEADER + "H54.20.01\t\t12452\tH31.140\tNQ 1666/NQ-UBTVQH15\n")

    assert plan.effective == legal_midnight("2025-07-01")
    assert plan.otherwise is Otherwise.DIRECTORY
    [row] = plan.takeovers
    assert (row.agency, row.role, row.unit, row.to) == ("H54.20.01", None, "12452", "H31.140")
    assert row.legal_basis == "NQ 1666/NQ-UBTVQH15"


def test_order_and_blank_lines_do_not_make_another_plan() -> None:
    one, other = "H54.20.01\t\t12452\tH31.140\t\n", "H54.20.01\t\t12454\tH31.141\t\n"

    first = read_plan(HEADER + one + other)
    second = read_plan("# reviewed twice\n" + HEADER + "\n" + other + one)

    assert first.digest == second.digest
    assert read_plan(plan_text(first)).digest == first.digest


def test_another_article_is_another_plan() -> None:
    ours = plan_from_directory(legal_midnight("2025-07-01"), "NQ 202/2025/QH15")

    other = plan_from_directory(legal_midnight("2025-07-01"), "NQ 203/2025/QH15")

    assert ours.digest != other.digest


def test_every_fault_is_told_with_its_line() -> None:
    text = HEADER.replace("directory\n", "somebody\n").replace("2025-07-01", "1 July") + (
        "H54.20.01\tH31.140\n"
        "h54\t\t1\tH31.140\t\n"
        "H54.20.05\t\t\tH54.20.05\t\n"
        "H54.21\t\t\tH31.140\t\n"
        "H54.21\t\t\tH31.141\t\n"
    )

    found = faults(text)

    assert [one.split(":")[0] for one in found] == [
        "line 2",
        "line 4",
        "line 6",
        "line 7",
        "line 7",
        "line 8",
        "line 10",
    ]
    assert "line 9 says already" in found[-1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "there is no line of columns"),
        (HEADER.replace("# title", "# titel"), "not `titel`"),
        (HEADER.replace("# otherwise: directory\n", "# title: x\n"), "`title` is said twice"),
        (HEADER.replace("\trole", ""), "the columns are"),
        (HEADER.replace("NQ 202/2025/QH15", ""), "the header says no `legal_basis`"),
        (HEADER + "H54.20\t\t\tH31.140\t" + "x" * 201, "at most 200"),
    ],
)
def test_a_fault_is_named(text: str, says: str) -> None:
    assert any(says in one for one in faults(text))


def test_what_contradicts_the_directory_is_told() -> None:
    plan = read_plan(
        HEADER
        + "H31.140\t\t\tH31.141\t\n"  # opens on that day: it was not there to close
        + "H54.20\t\t\tH54.21\t\n"  # closes itself
        + "H99.01\t\t\tH31.141\t\n"
        + "G15\t\t\tG09\t\n"
        + "H54.20.01\tno-such-role\t99999\tH31.141\t\n"
    )

    found = [str(one) for one in faults_in(plan, load_directory(), load_units())]

    assert found == [
        "line 6: H31.140 does not close: it is in force at the date",
        "line 7: H54.21 is not in force at the date",
        "line 8: H99.01 is unknown",
        "line 9: G15 does not close: it is in force at the date",
        "line 10: no agency has the role no-such-role",
        "line 10: there is no unit 99999",
    ]


def test_a_plan_without_faults_has_none() -> None:
    plan = read_plan(HEADER + "H54.20.01\tone-stop.district\t12452\tH31.140\t\n")

    assert faults_in(plan, load_directory(), load_units()) == []
