"""Read a plan strictly: every fault with its line, none forgiven, nothing guessed.

`read_plan` knows only the file; `faults_in` holds what it says against the directory and the units
as they are before and at the effective instant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from routing.data.tables import legal_midnight
from routing.directory import Directory
from routing.reform.plan import COLUMNS, Otherwise, Plan, Takeover
from routing.units import UnitFound, Units
from schemas.identifiers import AGENCY_CODE_LIMIT, AGENCY_PATTERN, UNIT_PATTERN

_HEADER: Final = ("title", "effective", "legal_basis", "otherwise")
_LONGEST: Final = 200
_BEFORE: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong; line 0 is the plan as a whole."""

    line: int
    says: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.says}" if self.line else self.says


class PlanInvalid(ValueError):
    """A plan that cannot be read; `faults` are all of them, in order."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


def read_plan(text: str) -> Plan:
    """Read a plan; PlanInvalid with every fault of the file."""
    faults: list[Fault] = []
    header: dict[str, tuple[int, str]] = {}
    columns: int | None = None
    takeovers: list[Takeover] = []
    for line, written in enumerate(text.splitlines(), 1):
        if not written.strip():
            continue
        if columns is None and written.startswith("#"):
            faults += _header_line(line, written, header)
        elif columns is None:
            columns = line
            if tuple(written.split("\t")) != COLUMNS:
                faults.append(Fault(line, f"the columns are {', '.join(COLUMNS)}, tab-separated"))
        else:
            takeovers += _row(line, written, faults)
    if columns is None:
        faults.append(Fault(0, "there is no line of columns"))
    faults += _doubles(takeovers)
    effective = _date(header, faults)
    otherwise = _otherwise(header, faults)
    for name in ("title", "legal_basis"):
        line, said = header.get(name, (0, ""))
        if not said:
            faults.append(Fault(line, f"the header says no `{name}`"))
        elif len(said) > _LONGEST or not said.isprintable():
            faults.append(Fault(line, f"`{name}` is one printable line of at most {_LONGEST}"))
    if faults or effective is None or otherwise is None:
        raise PlanInvalid(sorted(faults, key=lambda one: one.line))
    title, basis = header["title"][1], header["legal_basis"][1]
    return Plan(title, effective, basis, otherwise, tuple(takeovers))


def faults_in(plan: Plan, directory: Directory, units: Units) -> list[Fault]:
    """Return what contradicts the directory and the units at the effective instant."""
    return list(_against(plan, directory, units))


def _header_line(line: int, written: str, header: dict[str, tuple[int, str]]) -> Iterator[Fault]:
    name, colon, said = written.removeprefix("#").strip().partition(":")
    if not colon:
        return  # a remark
    if name not in _HEADER:
        yield Fault(line, f"the header knows {', '.join(_HEADER)}, not `{name[:40]}`")
    elif name in header:
        yield Fault(line, f"`{name}` is said twice")
    header.setdefault(name, (line, said.strip()))


def _row(line: int, written: str, faults: list[Fault]) -> Iterator[Takeover]:
    fields = written.split("\t")
    if len(fields) != len(COLUMNS):
        faults.append(Fault(line, f"{len(fields)} fields, {len(COLUMNS)} columns"))
        return
    agency, role, unit, to, basis = fields
    before = len(faults)
    for name, code in (("agency", agency), ("to", to)):
        if not re.fullmatch(AGENCY_PATTERN, code) or len(code) > AGENCY_CODE_LIMIT:
            faults.append(Fault(line, f"`{name}` is no agency code: {code[:40]!r}"))
    if unit and not re.fullmatch(UNIT_PATTERN, unit):
        faults.append(Fault(line, f"`unit` is no code of a unit: {unit[:40]!r}"))
    if agency == to:
        faults.append(Fault(line, f"{agency[:40]} cannot take over from itself"))
    if len(basis) > _LONGEST or not basis.isprintable():
        faults.append(Fault(line, f"`legal_basis` is one printable line of at most {_LONGEST}"))
    if len(faults) == before:
        yield Takeover(agency, role or None, unit or None, to, basis or None, line)


def _doubles(takeovers: list[Takeover]) -> Iterator[Fault]:
    said: dict[tuple[str, str | None, str | None], Takeover] = {}
    for one in takeovers:
        first = said.setdefault((one.agency, one.role, one.unit), one)
        if first is not one:
            yield Fault(one.line, f"line {first.line} says already who follows here")


def _date(header: dict[str, tuple[int, str]], faults: list[Fault]) -> datetime | None:
    line, said = header.get("effective", (0, ""))
    try:
        return legal_midnight(said)
    except ValueError:
        faults.append(Fault(line, "the header says no `effective` date as YYYY-MM-DD"))
        return None


def _otherwise(header: dict[str, tuple[int, str]], faults: list[Fault]) -> Otherwise | None:
    line, said = header.get("otherwise", (0, "person"))
    try:
        return Otherwise(said)
    except ValueError:
        faults.append(Fault(line, "`otherwise` is `directory` or `person`"))
        return None


def _against(plan: Plan, directory: Directory, units: Units) -> Iterator[Fault]:
    at, before = plan.effective, plan.effective - _BEFORE
    roles = directory.roles()
    for one in plan.takeovers:
        if directory.agency(one.agency, at) is not None:
            yield Fault(one.line, f"{one.agency} does not close: it is in force at the date")
        elif directory.agency(one.agency, before) is None:
            known = (
                "was not in force before the date"
                if directory.history(one.agency)
                else "is unknown"
            )
            yield Fault(one.line, f"{one.agency} {known}")
        if directory.agency(one.to, at) is None:
            yield Fault(one.line, f"{one.to} is not in force at the date")
        if one.role is not None and one.role not in roles:
            yield Fault(one.line, f"no agency has the role {one.role[:40]}")
        if one.unit is not None and not any(
            isinstance(units.find(one.unit, instant), UnitFound) for instant in (before, at)
        ):
            yield Fault(one.line, f"there is no unit {one.unit}")
