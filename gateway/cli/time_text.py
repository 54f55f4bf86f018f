"""Whose time it was, in lines for people: Vietnamese first, then English; legal time is local."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from gateway.operations.time_view import PARTY_TITLES, REASON_TITLES
from routing.data.tables import VIETNAM
from routing.lifecycle.charges import Party

View = dict[str, Any]


def charged(time: View) -> Iterator[str]:
    """Write the sums by party, and below each party what it was charged for."""
    whole = sum(time["by_party"].values())
    yield f"  Thời gian của ai · whose time: {span(whole)}"
    for party, title in PARTY_TITLES.items():
        if time["by_party"][party]:
            yield (
                f"    {title['vi']} · {title['en']}: {span(time['by_party'][party])}"
                f" ({share(time['by_party'][party], whole)})"
            )
            yield from _reasons(time, party)


def _reasons(time: View, party: Party) -> Iterator[str]:
    for one in time["charges"]:
        if one["party"] == party:
            where = f"{one['step']}/{one['round']}" if one["step"] else "-"
            title = REASON_TITLES[one["reason"]]
            yield (
                f"      {local(one['from'])} – {local(one['to'])}  {where:<22}"
                f" {one['agency'] or '-':<14} {title['vi']} · {title['en']}"
                f"{' (tạm tính · provisional)' if one['provisional'] else ''}"
            )


def span(seconds: float) -> str:
    """Write a span in hours and minutes, whole minutes down; what is shorter in seconds."""
    if 0 < abs(seconds) < 60:
        return f"{seconds:.0f} s"
    minutes = int(abs(seconds) // 60)
    return f"{'-' if seconds < 0 else ''}{minutes // 60} h {minutes % 60:02} min"


def share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"


def local(instant: datetime | None) -> str:
    return f"{instant.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if instant else "-"
