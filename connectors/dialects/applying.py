"""Apply a mapping's rules: from our event to the partner's document, or the other way.

Pure. What does not fit raises Unfit, which names the rule's place and never the value: nothing is
shortened, guessed or left out in silence.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from connectors.dialects.dates import NotADate, read_date, write_date
from connectors.dialects.dialect import Dialect
from connectors.dialects.model import Rule, When
from connectors.dialects.paths import MISSING, look_up, put
from connectors.dialects.statuses import UnknownStatus

_SCALARS: Final = (str, int, bool)
_INTEGER: Final = re.compile(r"[0-9]{1,18}")
"""No more digits than JSON's writers can hold."""


class Unfit(Exception):
    """A value that the other side cannot be given, by its place; `code` says in which way."""

    def __init__(self, code: str, place: str, says: str) -> None:
        super().__init__(f"{place}: {says}")
        self.code = code
        self.place = place
        self.says = says


def holds(conditions: Sequence[When], root: Any) -> bool:
    """Whether every condition holds."""
    return all(_holds(one, look_up(one.path, root)) for one in conditions)


def write_out(rules: Sequence[Rule], root: Any, dialect: Dialect) -> dict[str, Any]:
    """Write the partner's document from an event of ours."""
    return _Application(dialect, outward=True).document(rules, root, "")


def read_in(rules: Sequence[Rule], root: Any, dialect: Dialect) -> dict[str, Any]:
    """Read the data of a message of ours from the partner's document."""
    return _Application(dialect, outward=False).document(rules, root, "")


def text_of(value: bool | int | str) -> str:
    """Return a code as text, however the partner happens to write it: 0 and "0" are one code."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _holds(condition: When, found: Any) -> bool:
    if condition.present is not None and (found is not MISSING) is not condition.present:
        return False
    if condition.equals is not None and not _same(found, condition.equals):
        return False
    return condition.among is None or any(_same(found, one) for one in condition.among)


def _same(found: Any, wanted: bool | int | str) -> bool:
    return isinstance(found, _SCALARS) and text_of(found) == text_of(wanted)


class _Application:
    """One pass of rules over one document."""

    def __init__(self, dialect: Dialect, *, outward: bool) -> None:
        self._dialect = dialect
        self._outward = outward

    def document(self, rules: Sequence[Rule], root: Any, place: str) -> dict[str, Any]:
        written: dict[str, Any] = {}
        for rule in rules:
            if not holds(rule.when, root):
                continue
            here = f"{place}/{rule.to.replace('.', '/')}"
            value = self._items(rule, root, here) if rule.each else self._value(rule, root, here)
            if value is not MISSING:
                put(rule.to, value, written)
        return written

    def _items(self, rule: Rule, root: Any, place: str) -> Any:
        assert rule.each is not None
        found = look_up(rule.each, root)
        if found is MISSING:
            return self._absent(rule, place)
        if isinstance(found, str | Mapping) or not isinstance(found, Sequence):
            raise Unfit("wrong-type", place, "a list is expected")
        if rule.max is not None and len(found) > rule.max:
            raise Unfit("too-long", place, f"at most {rule.max} items")
        return [self.document(rule.fields, item, f"{place}/{no}") for no, item in enumerate(found)]

    def _value(self, rule: Rule, root: Any, place: str) -> Any:
        value = rule.value if rule.source is None else look_up(rule.source, root)
        if value is MISSING or value == "":
            return self._absent(rule, place)
        if not isinstance(value, _SCALARS):
            raise Unfit("wrong-type", place, "a text, a number or a boolean is expected")
        value = self._as(rule, self._translated(rule, value, place), place)
        if rule.max is not None and isinstance(value, str) and len(value) > rule.max:
            raise Unfit("too-long", place, f"at most {rule.max} characters")
        return value

    def _absent(self, rule: Rule, place: str) -> Any:
        if rule.optional:
            return MISSING
        raise Unfit("missing", place, "is needed and is not there")

    def _translated(self, rule: Rule, value: Any, place: str) -> Any:
        if rule.date is not None:
            return self._date(rule.date, value, place)
        if rule.table is not None:
            table = self._dialect.tables[rule.table]
            found = (table.words if self._outward else table.back).get(text_of(value), MISSING)
            if found is MISSING:
                raise Unfit("not-in-table", place, f"table {rule.table} has no such value")
            return found
        if rule.status:
            statuses = self._dialect.statuses
            try:
                if self._outward:
                    return statuses.code_of(text_of(value)).code
                return statuses.state_of(text_of(value)).state
            except UnknownStatus as error:
                raise Unfit("no-status", place, str(error)) from None
        return value

    def _date(self, format_: str, value: Any, place: str) -> str:
        try:
            if self._outward:
                return write_date(text_of(value), format_, self._dialect.zone)
            return read_date(text_of(value), format_, self._dialect.zone).isoformat()
        except NotADate as error:
            raise Unfit("not-a-date", place, str(error)) from None

    def _as(self, rule: Rule, value: Any, place: str) -> Any:
        match rule.as_:
            case "text":
                return text_of(value)
            case "integer" if isinstance(value, int):
                return int(value)
            case "integer" if _INTEGER.fullmatch(value):
                return int(value)
            case "boolean" if text_of(value).lower() in ("true", "false"):
                return text_of(value).lower() == "true"
            case None:
                return value
        raise Unfit("wrong-type", place, f"cannot be written as {rule.as_}")
