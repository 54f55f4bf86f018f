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
    yield from _account(time["account"])


def story(view: View) -> Iterator[str]:
    """Write what happened to each clock, in order, and whose time it was."""
    dossier = view["dossier"]
    yield f"{dossier['code']} ({dossier['issuer']})  {view['state']}  {view['transfer']}"
    for one in view["events"]:
        where = f"{one['step']}/{one['round']}" if one["step"] else "toàn bộ · total"
        moved = local(one["deadline_at"])
        if one["deadline_before"] not in (None, one["deadline_at"]):
            moved = f"{local(one['deadline_before'])} → {moved}"
        law = f"  [{one['legal_basis']}]" if one["legal_basis"] else ""
        yield (
            f"  {one['entry']:>4} {local(one['at'])} {where:<24} {one['act']:<20}"
            f" {one['reason'] or '':<14} {CLOCK_STATES[one['clock']]}  hạn · due {moved}{law}"
        )
    yield from charged(view["time"])
    for one in view["differences"]:
        yield f"  ! {one}"


CLOCK_STATES = {
    "waits": "chưa chạy · waits",
    "runs": "chạy · runs",
    "stands": "dừng · stands",
    "calendar-missing": "thiếu lịch · calendar missing",
}


def _account(account: View | None) -> Iterator[str]:
    """Write what each turn had of the total, took, and left for the next."""
    if account is None:
        return
    yield (
        f"  Thời hạn chung · total: {span(account['total'])}, đã dùng · used"
        f" {span(account['used'])}, dư · slack {span(account['slack'])}"
    )
    for name, title in (
        ("before", "trước khi gửi · before"),
        ("waited", "trục liên thông · gateway"),
    ):
        if account[name]:
            yield f"    {title}: {span(account[name])}"
    for one in account["shares"]:
        given = "-" if one["share"] is None else span(one["share"])
        line = (
            f"    {one['step'] + '/' + str(one['round']):<24} {one['agency'] or '-':<14}"
            f" phần · share {given}, dùng · used {span(one['used'])}"
        )
        if one["overrun"]:
            line += f", vượt · overran {span(one['overrun'])}"
        if one["eaten"]:
            line += f", bị lấn · eaten {_eaten(one['eaten'])}"
        yield f"{line}, còn · left {span(one['left'])}" if one["needed"] else line
    if account["eaten"]:
        yield f"    dư bị lấn · eaten from the slack: {_eaten(account['eaten'])}"


def _eaten(eaten: list[View]) -> str:
    return ", ".join(f"{span(one['seconds'])} ({one['by']})" for one in eaten)


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
