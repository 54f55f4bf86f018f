"""Read one procedure version from its TOML text, strictly.

Unknown keys, unknown references and malformed budgets are errors: a typing slip in the data must
never become a silently different route.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any, get_args

from routing.data.tables import VIETNAM
from routing.legaltime import Budget, parse_cutoff
from routing.procedures import conditions
from routing.procedures.model import (
    BudgetCase,
    Certainty,
    Fact,
    PauseReason,
    PlaceRule,
    Procedure,
    StartRule,
    Step,
)

DEFAULT_CUTOFF = "15:00"

_CODE = re.compile(r"^[1-9]\.\d{6}(?:\.000\.00\.00\.[A-Y]\d{2}(?:\.\d{2})?)?$")
_NAME = re.compile(r"^[a-z][a-z0-9_]{0,63}$")
_STEP = re.compile(r"^[a-z][a-z0-9-]{0,63}$")


class ProcedureDataError(ValueError):
    """A procedure's data cannot be used; the message names the file and the place in it."""


def read_procedure(text: str, name: str) -> Procedure:
    """Turn the TOML text of one version into a Procedure; `name` is for error messages."""
    try:
        row = _Row(tomllib.loads(text), name)
        return _procedure(row)
    except ProcedureDataError:
        raise
    except ValueError as error:  # not TOML, no condition, no budget, no time of day
        raise ProcedureDataError(f"{name}: {error}") from error


class _Row:
    """A table whose keys are taken one by one; what is left over is unknown."""

    def __init__(self, table: Any, where: str) -> None:
        if not isinstance(table, dict):
            raise ProcedureDataError(f"{where}: a table is needed")
        self.left = dict(table)
        self.where = where

    def text(self, key: str, pattern: re.Pattern[str] | None = None) -> str:
        value = self.optional(key, pattern)
        if value is None:
            raise self.wrong(key, "is missing")
        return value

    def optional(self, key: str, pattern: re.Pattern[str] | None = None) -> str | None:
        value = self.left.pop(key, None)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, "must be text")
        if pattern is not None and not pattern.match(value):
            raise self.wrong(key, f"has the wrong form: {value!r}")
        return value

    def budget(self, key: str = "budget") -> str | None:
        value = self.optional(key)
        if value is not None:
            Budget.parse(value)
        return value

    def cutoff(self) -> str | None:
        value = self.optional("cutoff") or DEFAULT_CUTOFF
        if value == "none":
            return None
        parse_cutoff(value)
        return value

    def choice(self, key: str, allowed: Any, default: str | None = None) -> Any:
        value = self.left.pop(key, default)
        if value is not None and value not in get_args(allowed):
            raise self.wrong(key, f"must be one of {', '.join(get_args(allowed))}")
        return value

    def flag(self, key: str) -> bool:
        value = self.left.pop(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, "must be true or false")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.left.pop(key, [])
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise self.wrong(key, "must be a list of texts")
        return tuple(values)

    def certainty(self) -> Certainty:
        value = self.text("certainty")
        try:
            return Certainty(value)
        except ValueError as error:
            raise self.wrong("certainty", f"is not known: {value!r}") from error

    def day(self, key: str) -> datetime | None:
        value = self.left.pop(key, None)
        if value is None:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.wrong(key, "must be a date")
        return datetime.combine(value, time(), VIETNAM)

    def rows(self, key: str) -> list["_Row"]:
        tables = self.left.pop(key, [])
        if not isinstance(tables, list):
            raise self.wrong(key, "must be a list of tables")
        return [_Row(table, f"{self.where}: {key} {n}") for n, table in enumerate(tables, 1)]

    def named_rows(self, key: str) -> Mapping[str, "_Row"]:
        tables = self.left.pop(key, {})
        if not isinstance(tables, dict):
            raise self.wrong(key, "must be a table of tables")
        return {name: _Row(table, f"{self.where}: {key}.{name}") for name, table in tables.items()}

    def finish(self) -> None:
        if self.left:
            raise ProcedureDataError(f"{self.where}: unknown keys {', '.join(sorted(self.left))}")

    def wrong(self, key: str, why: str) -> ProcedureDataError:
        return ProcedureDataError(f"{self.where}: {key} {why}")


def _procedure(row: _Row) -> Procedure:
    valid_from = row.day("valid_from")
    if valid_from is None:
        raise row.wrong("valid_from", "is missing")
    chain = row.left.pop("chain", None)
    if not isinstance(chain, int):
        raise row.wrong("chain", "must be a number")
    excludes = row.texts("total_excludes")
    if unknown := set(excludes) - set(get_args(PauseReason)):
        raise row.wrong("total_excludes", f"names no pause reason: {', '.join(sorted(unknown))}")
    procedure = Procedure(
        code=row.text("code", _CODE),
        version=row.text("version"),
        title_vi=row.text("title_vi"),
        title_en=row.text("title_en"),
        field=row.text("field"),
        chain=chain,
        demo=row.flag("demo"),
        valid_from=valid_from,
        valid_to=row.day("valid_to"),
        total=row.budget("total"),
        total_cases=tuple(_case(case) for case in row.rows("total_case")),
        total_excludes=excludes,  # type: ignore[arg-type]
        facts=MappingProxyType(
            {name: _fact(name, fact) for name, fact in row.named_rows("facts").items()}
        ),
        exclusive=tuple(_group(group) for group in row.rows("exclusive")),
        legal_basis=row.text("legal_basis"),
        source=row.text("source"),
        certainty=row.certainty(),
        note=row.optional("note"),
        steps=tuple(_step(step) for step in row.rows("step")),
    )
    row.finish()
    _check_references(procedure, row.where)
    return procedure


def _fact(name: str, row: _Row) -> Fact:
    if not _NAME.match(name):
        raise row.wrong("name", "has the wrong form")
    kind = row.left.pop("kind", None)
    choices = row.texts("choices")
    if kind not in ("bool", "int", "choice") or (kind == "choice") != bool(choices):
        raise row.wrong("kind", "must be bool, int, or choice with its choices")
    fact = Fact(
        name=name,
        kind=kind,
        choices=choices,
        required=row.flag("required"),
        given_by=row.optional("given_by") or "origin",
        title_vi=row.text("title_vi"),
        title_en=row.text("title_en"),
    )
    row.finish()
    return fact


def _case(row: _Row) -> BudgetCase:
    case = BudgetCase(
        when=conditions.check(row.left.pop("when", None)),
        budget=row.budget(),
        legal_basis=row.text("legal_basis"),
        certainty=row.certainty(),
    )
    row.finish()
    return case


def _group(row: _Row) -> tuple[str, ...]:
    group = row.texts("steps")
    row.finish()
    return group


def _step(row: _Row) -> Step:
    role, agency = row.optional("role"), row.optional("agency")
    place = row.choice("place", PlaceRule)
    if (role is None) == (agency is None) or (role is None) != (place is None):
        raise row.wrong("step", "needs either a role with a place, or a fixed agency")
    when = row.left.pop("when", None)
    silence = row.left.pop("silence", None)
    if silence not in (None, "consent"):
        raise row.wrong("silence", "can only be consent")
    step = Step(
        id=row.text("id", _STEP),
        title_vi=row.text("title_vi"),
        title_en=row.text("title_en"),
        role=role,
        agency=agency,
        place=place,
        after=row.texts("after"),
        budget=row.budget(),
        budget_cases=tuple(_case(case) for case in row.rows("budget_case")),
        cutoff=row.cutoff(),
        start=row.choice("start", StartRule, "sent"),
        when=None if when is None else conditions.check(when),
        silence=silence,
        publication=row.flag("publication"),
        outside_total=row.flag("outside_total"),
        legal_basis=row.text("legal_basis"),
        source=row.text("source"),
        certainty=row.certainty(),
        note=row.optional("note"),
        same_day=row.flag("same_day"),
    )
    row.finish()
    if step.same_day and (step.budget is not None or step.budget_cases):
        raise row.wrong("same_day", "leaves no room for a budget")
    return step


def _check_references(procedure: Procedure, where: str) -> None:
    """Steps come after steps already listed, so the graph has no cycle by construction."""
    if not procedure.steps:
        raise ProcedureDataError(f"{where}: a procedure needs a step")
    seen: set[str] = {"origin"}
    for step in procedure.steps:
        if step.id in seen:
            raise ProcedureDataError(f"{where}: step {step.id} is there twice")
        if unknown := set(step.after) - seen | ({"origin"} & set(step.after)):
            raise ProcedureDataError(
                f"{where}: step {step.id} comes after {', '.join(sorted(unknown))}, "
                "which is not listed above it"
            )
        seen.add(step.id)
    for fact in procedure.facts.values():
        if fact.given_by not in seen:
            raise ProcedureDataError(f"{where}: fact {fact.name} is given by no step")
    for group in procedure.exclusive:
        if len(group) < 2 or set(group) - seen:
            raise ProcedureDataError(f"{where}: exclusive names steps that are not there")
    if procedure.valid_to is not None and procedure.valid_to <= procedure.valid_from:
        raise ProcedureDataError(f"{where}: valid_to does not lie after valid_from")
    for step in procedure.steps:
        for condition in (step.when, *(case.when for case in step.budget_cases)):
            _check_facts(procedure, condition, f"{where}: step {step.id}")
    for case in procedure.total_cases:
        _check_facts(procedure, case.when, f"{where}: total_case")


def _check_facts(procedure: Procedure, condition: conditions.Condition | None, where: str) -> None:
    for name, value in conditions.comparisons(condition):
        fact = procedure.facts.get(name)
        if fact is None:
            raise ProcedureDataError(f"{where} asks for a fact that is not declared: {name}")
        if not fact.admits(value):
            raise ProcedureDataError(f"{where} compares {name} with {value!r}, which it never is")
