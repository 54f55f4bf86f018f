"""The packaged calendars: ``routing/data/calendars/<name>/<version>.toml``."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable

from routing.legaltime.calendar import WorkCalendar
from routing.legaltime.reading import CalendarInvalid, read_calendar

_PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


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
    calendar = read_calendar(text)
    if not isinstance(calendar, WorkCalendar):
        raise CalendarInvalid(f"{name}/{chosen}: the hours of agencies are not packaged")
    return calendar


def calendar_versions(name: str) -> tuple[str, ...]:
    """Return the packaged versions of a calendar, oldest first."""
    folder = _folder() / name
    if _PLAIN_NAME.fullmatch(name) is None or not folder.is_dir():
        known = sorted(entry.name for entry in _folder().iterdir() if entry.is_dir())
        raise NoSuchCalendar(f"there is no calendar {name[:40]!r}; there is {', '.join(known)}")
    suffix = ".toml"
    names = (entry.name for entry in folder.iterdir() if entry.name.endswith(suffix))
    return tuple(sorted(found.removesuffix(suffix) for found in names))


def _folder() -> Traversable:
    return files("routing") / "data" / "calendars"
