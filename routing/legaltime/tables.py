"""Reading packaged calendars: ``routing/data/calendars/<name>/<version>.toml``."""

import re
import tomllib
from datetime import date, time, timedelta, timezone
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from routing.legaltime.calendar import DayNote, Interval, WorkCalendar

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
CERTAINTIES = frozenset({"confirmed", "secondary", "computed", "unverified"})


class NoSuchCalendar(LookupError):
    """No calendar of that name, or no such version of it, is packaged."""


def load_calendar(name: str = "vn", version: str | None = None) -> WorkCalendar:
    """Read a packaged calendar, its newest version unless one is named.

    Reading takes some milliseconds: load once and pass the calendar on.
    """
    versions = calendar_versions(name)
    chosen = version if version is not None else versions[-1]
    if chosen not in versions:
        raise NoSuchCalendar(f"calendar {name} has no version {chosen!r}; it has {versions}")
    text = (_folder() / name / f"{chosen}.toml").read_text(encoding="utf-8")
    return calendar_from(tomllib.loads(text))


def calendar_versions(name: str) -> tuple[str, ...]:
    """Return the packaged versions of a calendar, oldest first."""
    folder = _folder() / name
    if _PLAIN_NAME.fullmatch(name) is None or not folder.is_dir():
        known = sorted(entry.name for entry in _folder().iterdir() if entry.is_dir())
        raise NoSuchCalendar(f"there is no calendar {name[:40]!r}; there is {', '.join(known)}")
    suffix = ".toml"
    names = (entry.name for entry in folder.iterdir() if entry.name.endswith(suffix))
    return tuple(sorted(found.removesuffix(suffix) for found in names))


def calendar_from(table: dict[str, Any]) -> WorkCalendar:
    """Build a calendar from its table; ``ValueError`` says what is wrong with a row."""
    name: str = table["name"]
    known_from: date = table["known_from"]
    known_until: date = table["known_until"]
    week = table["week"]
    ordinary = _intervals(week["intervals"])
    workdays = {_WEEKDAYS.index(day) for day in week["days"]}
    notes: dict[date, DayNote] = {}
    laid: dict[date, tuple[Interval, ...]] = {}
    for kind, rows in (("off", table["day_off"]), ("make_up", table["make_up"])):
        for row in rows:
            day: date = row["date"]
            if day in notes:
                raise ValueError(f"calendar {name}: {day} is listed twice")
            if not known_from <= day <= known_until:
                raise ValueError(f"calendar {name}: {day} lies outside the known days")
            if (day.weekday() in workdays) is (kind == "make_up"):
                raise ValueError(f"calendar {name}: {day} as {kind} would change nothing")
            notes[day] = _note(name, kind, row)
            laid[day] = () if kind == "off" else _intervals(row.get("intervals")) or ordinary
    days = [known_from + timedelta(n) for n in range((known_until - known_from).days + 1)]
    return WorkCalendar(
        name=name,
        version=table["version"],
        known_from=known_from,
        known_until=known_until,
        zone=timezone(timedelta(minutes=table["utc_offset_minutes"])),
        nominal_day=timedelta(hours=table["nominal_day_hours"]),
        intervals=tuple(
            laid.get(day, ordinary if day.weekday() in workdays else ()) for day in days
        ),
        notes=notes,
    )


def _note(name: str, kind: str, row: dict[str, Any]) -> DayNote:
    if row["certainty"] not in CERTAINTIES or not row["source"]:
        raise ValueError(f"calendar {name}: {row['date']} needs a source and a known certainty")
    return DayNote(
        kind=row["kind"] if kind == "off" else kind,
        reason=row["reason"],
        source=row["source"],
        certainty=row["certainty"],
        swapped_with=row.get("swapped_with"),
    )


def _intervals(written: list[list[str]] | None) -> tuple[Interval, ...]:
    return tuple(
        (time.fromisoformat(opening), time.fromisoformat(close)) for opening, close in written or ()
    )


def _folder() -> Traversable:
    return files("routing") / "data" / "calendars"
