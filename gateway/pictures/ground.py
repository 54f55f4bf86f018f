"""What lies behind the bars: working time bright, all other time shaded, the cutoffs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from gateway.pictures.axis import CUTOFF, CUTOFF_ROOM, Axis, Kind
from gateway.pictures.marks import CUTOFF_LINE
from gateway.pictures.svg import element, path
from routing.legaltime import WorkCalendar


def shades(axis: Axis, top: float, foot: float) -> Iterator[str]:
    """Shade lunch, nights and days off between two heights."""
    for one in axis.stretches:
        if one.kind is Kind.WORK:
            continue
        yield element(
            "rect",
            x=one.left,
            y=top,
            width=one.right - one.left,
            height=foot - top,
            fill="#e9edf2" if one.kind is Kind.OFF else "#f4f6f9",
        )


def cutoffs(axis: Axis, calendar: WorkCalendar, top: float, foot: float) -> Iterator[str]:
    """Draw the hour from which on it counts from the next working day, where there is room."""
    for day in axis.days:
        if day.right - day.left >= CUTOFF_ROOM:
            x = axis.x(datetime.combine(day.date, CUTOFF, calendar.zone))
            yield element("path", d=path([(x, top), (x, foot)]), **CUTOFF_LINE)
