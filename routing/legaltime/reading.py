"""Read a calendar file strictly: a slip in it must never become a silently different deadline.

Two kinds: the base calendar of the country (its known days, its week, the dates that differ), and
the hours of agencies that lie over it (`extends`, `agencies`). Each date has its source and its
certainty. docs/legal-time.md tells the format.
"""

import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from routing.legaltime.calendar import DayNote, Interval, WorkCalendar
from routing.legaltime.hours import OFF_KINDS, AgencyHours, WeekRow

CERTAINTIES = frozenset({"confirmed", "secondary", "computed", "unverified", "ours", "demo"})

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[a-z]?")
_AGENCIES = re.compile(r"[A-Z0-9][A-Z0-9.]{0,34}\*?")
_CLOCK = re.compile(r"[0-2][0-9]:[0-5][0-9]")
_MOST_DAYS = 366 * 50


class CalendarInvalid(ValueError):
    """A calendar file that cannot be used; the message says what is wrong, and where, in a line."""


def read_calendar(text: str) -> WorkCalendar | AgencyHours:
    """Read a file's text; CalendarInvalid for anything that is not exactly as it should be."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CalendarInvalid(f"not TOML: {error}") from None
    return hours_from(table) if "extends" in table else calendar_from(table)


def calendar_from(table: dict[str, Any]) -> WorkCalendar:
    """Build the base calendar that a table describes."""
    top = _Row(table, "")
    name, version = top.text("name", _NAME), top.version()
    top.text("title")
    top.text("timezone")
    offset = top.number("utc_offset_minutes", 0, 14 * 60)
    known_from, known_until = top.day("known_from"), top.day("known_until")
    if not known_from <= known_until or (known_until - known_from).days >= _MOST_DAYS:
        raise top.wrong("known_until", "must follow known_from, by fifty years at most")
    nominal = top.number("nominal_day_hours", 1, 24)
    week = top.row("week")
    workdays, ordinary = week.weekdays(), week.intervals()
    week.sourced()
    week.finish()
    laid: dict[date, tuple[Interval, ...]] = {}
    notes: dict[date, DayNote] = {}
    for row, day, hours, note in _days(top, ordinary):
        if not known_from <= day <= known_until:
            raise row.wrong("date", f"{day} lies outside the known days")
        if day in notes:
            raise row.wrong("date", f"{day} is listed twice")
        if hours == (ordinary if day.weekday() in workdays else ()):
            raise row.wrong("date", f"{day} as {note.kind} would change nothing")
        laid[day], notes[day] = hours, note
    top.finish()
    days = [known_from + timedelta(n) for n in range((known_until - known_from).days + 1)]
    return WorkCalendar(
        name=name,
        version=version,
        known_from=known_from,
        known_until=known_until,
        zone=timezone(timedelta(minutes=offset)),
        nominal_day=timedelta(hours=nominal),
        intervals=tuple(
            laid.get(day, ordinary if day.weekday() in workdays else ()) for day in days
        ),
        notes=notes,
    )


def hours_from(table: dict[str, Any]) -> AgencyHours:
    """Build the agency hours that a table describes."""
    top = _Row(table, "")
    name, version = top.text("name", _NAME), top.version()
    title, extends = top.text("title"), top.text("extends", _NAME)
    if name == extends:
        raise top.wrong("extends", "names the file's own calendar")
    agencies = top.texts("agencies", _AGENCIES)
    if len(set(agencies)) != len(agencies):
        raise top.wrong("agencies", "names one twice")
    valid_from = top.optional_day("valid_from")
    nominal = top.number("nominal_day_hours", 1, 24) if "nominal_day_hours" in top.left else None
    week = tuple(_week_row(row) for row in top.rows("week"))
    laid: dict[date, tuple[Interval, ...]] = {}
    notes: dict[date, DayNote] = {}
    for row, day, hours, note in _days(top, None):
        if day in notes:
            raise row.wrong("date", f"{day} is listed twice")
        laid[day], notes[day] = hours, note
    top.finish()
    if not week and not laid:
        raise CalendarInvalid("it says nothing that its base does not: give a week or a day")
    return AgencyHours(
        name=name,
        version=version,
        title=title,
        extends=extends,
        agencies=agencies,
        valid_from=valid_from,
        nominal_day=None if nominal is None else timedelta(hours=nominal),
        week=week,
        intervals=laid,
        notes=notes,
    )


def _week_row(row: "_Row") -> WeekRow:
    since, until = row.optional_day("since"), row.optional_day("until")
    if since is not None and until is not None and until < since:
        raise row.wrong("until", "lies before since")
    found = WeekRow(
        row.weekdays(), row.intervals(or_none=True), since, until, *row.sourced(named=False)[1:]
    )
    row.finish()
    return found


def _days(
    top: "_Row", ordinary: tuple[Interval, ...] | None
) -> Iterator[tuple["_Row", date, tuple[Interval, ...], DayNote]]:
    """Read the dates that differ: days off, days made up, half days."""
    for key in ("day_off", "make_up", "half_day"):
        for row in top.rows(key):
            day = row.day("date")
            row.where = f"{row.where} ({day})"
            kind = row.choice("kind", OFF_KINDS) if key == "day_off" else key
            swapped_with = row.optional_day("swapped_with")
            reason, source, certainty = row.sourced(named=True)
            hours: tuple[Interval, ...] = ()
            if key == "half_day" or (key == "make_up" and (ordinary is None or "intervals" in row)):
                hours = row.intervals()
            elif key == "make_up":
                assert ordinary is not None
                hours = ordinary
            row.finish()
            yield row, day, hours, DayNote(kind, reason, source, certainty, swapped_with)


class _Row:
    """A table whose keys are taken one by one; what is left over is unknown."""

    def __init__(self, table: Any, where: str) -> None:
        if not isinstance(table, dict):
            raise CalendarInvalid(f"{where or 'the file'}: a table is needed")
        self.left = dict(table)
        self.where = where

    def __contains__(self, key: str) -> bool:
        return key in self.left

    def take(self, key: str) -> Any:
        if key not in self.left:
            raise self.wrong(key, "is missing")
        return self.left.pop(key)

    def text(self, key: str, pattern: re.Pattern[str] | None = None) -> str:
        value = self.take(key)
        if not isinstance(value, str) or not value.strip() or len(value) > 500:
            raise self.wrong(key, "must be text, of 500 characters at most")
        if not value.isprintable():
            raise self.wrong(key, "must be one line")
        if pattern is not None and pattern.fullmatch(value) is None:
            raise self.wrong(key, f"has the wrong form: {value[:40]!r}")
        return value

    def version(self) -> str:
        """Read the day of the review, with a letter where there were several on one day."""
        version = self.text("version", _VERSION)
        try:
            date.fromisoformat(version[:10])
        except ValueError:
            raise self.wrong("version", f"{version[:10]} is no date") from None
        return version

    def texts(self, key: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
        values = self.take(key)
        if not isinstance(values, list) or not values:
            raise self.wrong(key, "must be a list, and not empty")
        for value in values:
            if not isinstance(value, str) or pattern.fullmatch(value) is None:
                raise self.wrong(key, f"holds what is no code: {str(value)[:40]!r}")
        return tuple(values)

    def number(self, key: str, least: int, most: int) -> int:
        value = self.take(key)
        if type(value) is not int or not least <= value <= most:
            raise self.wrong(key, f"must be a whole number from {least} to {most}")
        return value

    def day(self, key: str) -> date:
        value = self.take(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.wrong(key, "must be a date, as 2027-02-15, without quotes")
        return value

    def optional_day(self, key: str) -> date | None:
        return self.day(key) if key in self.left else None

    def choice(self, key: str, allowed: frozenset[str]) -> str:
        value = self.take(key)
        if value not in allowed:
            raise self.wrong(key, f"must be one of {', '.join(sorted(allowed))}")
        return str(value)

    def weekdays(self) -> frozenset[int]:
        names = self.texts("days", re.compile("|".join(_WEEKDAYS)))
        if len(set(names)) != len(names):
            raise self.wrong("days", "names one twice")
        return frozenset(_WEEKDAYS.index(one) for one in names)

    def intervals(self, *, or_none: bool = False) -> tuple[Interval, ...]:
        """Read `[["07:30", "11:30"], …]`: in order, apart, each opening before its close."""
        written = self.take("intervals")
        if not isinstance(written, list) or (not written and not or_none):
            raise self.wrong("intervals", "must be a list of [opening, close]")
        found: list[Interval] = []
        for pair in written:
            if not isinstance(pair, list) or len(pair) != 2:
                raise self.wrong("intervals", "must be a list of [opening, close]")
            opening, close = (self._moment(one) for one in pair)
            if opening >= close or (found and opening <= found[-1][1]):
                raise self.wrong(
                    "intervals", "are disorderly: each opens before it closes, in order"
                )
            found.append((opening, close))
        return tuple(found)

    def sourced(self, *, named: bool = False) -> tuple[str, str, str]:
        """Read reason (where one is needed), source and certainty."""
        reason = self.text("reason") if named else ""
        return reason, self.text("source"), self.choice("certainty", CERTAINTIES)

    def row(self, key: str) -> "_Row":
        return _Row(self.take(key), key)

    def rows(self, key: str) -> list["_Row"]:
        tables = self.left.pop(key, [])
        if not isinstance(tables, list):
            raise self.wrong(key, "must be written as [[" + key + "]]")
        return [_Row(table, f"{key} {n}") for n, table in enumerate(tables, 1)]

    def finish(self) -> None:
        if self.left:
            unknown = ", ".join(sorted(self.left))[:100]
            raise CalendarInvalid(f"{self.where or 'the file'}: unknown {unknown}")

    def wrong(self, key: str, why: str) -> CalendarInvalid:
        return CalendarInvalid(f"{self.where}: {key} {why}" if self.where else f"{key} {why}")

    def _moment(self, written: Any) -> time:
        if not isinstance(written, str) or _CLOCK.fullmatch(written) is None:
            raise self.wrong("intervals", f"{str(written)[:20]!r} is not HH:MM")
        try:
            return time.fromisoformat(written)
        except ValueError:
            raise self.wrong("intervals", f"{written!r} is no time of day") from None
