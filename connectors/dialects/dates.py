"""The date formats that partners were seen to write (domain.md §5), in their own zone.

A text that is not exactly in its format is no date; a day without an hour is its first instant.
"""

import re
from datetime import datetime, tzinfo
from typing import Final

FORMATS: Final = {
    "yyyyMMddHHmmss": ("%Y%m%d%H%M%S", re.compile(r"[0-9]{14}")),
    "dd/MM/yyyy HH:mm:ss": (
        "%d/%m/%Y %H:%M:%S",
        re.compile(r"[0-9]{2}/[0-9]{2}/[0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}"),
    ),
    "dd/MM/yyyy": ("%d/%m/%Y", re.compile(r"[0-9]{2}/[0-9]{2}/[0-9]{4}")),
    "yyyy/MM/dd": ("%Y/%m/%d", re.compile(r"[0-9]{4}/[0-9]{2}/[0-9]{2}")),
}
ISO: Final = "iso"


class NotADate(ValueError):
    """A text that is not a date in this format; the message does not repeat it."""


def is_format(name: str) -> bool:
    return name == ISO or name in FORMATS


def write_date(instant: str, format_: str, zone: tzinfo) -> str:
    """Write one of our instants (RFC 3339) as the partner does."""
    moment = _instant(instant)
    if format_ == ISO:
        return moment.astimezone(zone).isoformat(timespec="seconds")
    return moment.astimezone(zone).strftime(FORMATS[format_][0])


def read_date(text: str, format_: str, zone: tzinfo) -> datetime:
    """Read a partner's date as an instant."""
    if format_ == ISO:
        return _instant(text)
    pattern, shape = FORMATS[format_]
    if shape.fullmatch(text) is None:
        raise NotADate(f"not {format_}")
    try:
        return datetime.strptime(text, pattern).replace(tzinfo=zone)
    except ValueError:
        raise NotADate("there is no such day or time") from None


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise NotADate("not an instant") from None
    if moment.tzinfo is None:
        raise NotADate("without its offset from UTC")
    return moment
