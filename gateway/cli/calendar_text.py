"""What ``lienthong calendar`` prints for people."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from routing.data.tables import VIETNAM
from routing.legaltime import WorkCalendar
from routing.reach import Reach

View = dict[str, Any]

_STATES = {
    "packaged": "theo bản phát hành · packaged",
    "imported": "chờ phê duyệt · waits for approval",
    "approved": "đã phê duyệt · approved",
}
_MOST_DAYS = 20
_MOST_MOVES = 50


def versions(views: Sequence[View], reach: Reach) -> str:
    """One line per version, and a loud one if the newest ends too soon."""
    lines = [f"{one['calendar']:<32}  {_head(one)}  {_standing(one)}" for one in views]
    if reach.is_short:
        lines.append(
            f"!! {reach.calendar} chỉ biết đến {reach.known_until:%d/%m/%Y} (còn {reach.days_left} "
            f"ngày), cần đến {reach.needed_until:%d/%m/%Y}: nhập lịch năm sau · it ends in "
            f"{reach.days_left} days and is needed until {reach.needed_until}: import the next year"
        )
    return "\n".join(lines)


def examined(view: View) -> str:
    """What a file is, what it would change, and where it leaves something open."""
    lines = [f"{view['calendar']}  {_head(view)}  {_standing(view)}".rstrip()]
    lines.append(f"  khác với lịch đang dùng · differs on: {_days(view['differs'])}")
    if view["doubtful"]:
        lines += [
            f"  cần xem lại · worked beside a holiday: {_days(view['doubtful'])}",
            "  → ghi rõ nghỉ hay làm cho từng ngày · say in a row of each whether it is worked",
        ]
    return "\n".join(lines)


def days(calendar: WorkCalendar, by_year: Mapping[int, Sequence[View]]) -> str:
    """The dates that differ from the ordinary week, and how many are worked."""
    lines = [f"{calendar.pin}  {calendar.known_from} – {calendar.known_until}"]
    for year, found in by_year.items():
        worked = sum(1 for day in found if day["intervals"])
        lines.append(f"{year}: {worked} ngày làm việc · working days")
        lines += [_line(day) for day in found if "kind" in day]
    return "\n".join(lines)


def moves(pin: str, document: View) -> str:
    """Both values of each deadline that moves, and how many."""
    lines = [
        f"{pin}: {document['moves']} hạn thay đổi · deadlines move "
        f"({document['later']} muộn hơn · later, {document['earlier']} sớm hơn · earlier), "
        f"{document['transfers']} lượt liên thông · transfers"
    ]
    for move in document["deadlines"][:_MOST_MOVES]:
        where = f"{move['step']}/{move['round']}" if move["step"] else "tổng · total"
        before, after = move["before"], move["after"]
        lines.append(
            f"  {move['transfer']}  {where}  {move['agency']}"
            f"  {_local(before['deadline_at'])} → {_local(after['deadline_at'])}"
        )
    if document["moves"] > _MOST_MOVES:
        lines.append(f"  … (+{document['moves'] - _MOST_MOVES}; --json)")
    return "\n".join(lines)


def applied(views: Sequence[View]) -> str:
    """What came of each act."""
    return "\n".join(
        f"{view['id']}  {view['state']}  {view['total']} hạn · deadlines: "
        + (", ".join(f"{n} {name}" for name, n in view["outcomes"].items()) or "0")
        for view in views
    )


def _local(instant: datetime) -> str:
    return f"{instant.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def _line(day: View) -> str:
    hours = ", ".join("–".join(pair) for pair in day["intervals"]) or "nghỉ · off"
    return (
        f"  {day['date']}  {hours:<24}  {day['kind']}: {day['reason']}"
        f"  [{day['certainty']}] {day['source']}"
    )


def _head(view: View) -> str:
    if view["kind"] == "base":
        return f"{view['known_from']} – {view['known_until']}"
    since = f" from {view['valid_from']}" if view["valid_from"] else ""
    return f"{', '.join(view['agencies'])} (over {view['extends']}){since}"


def _standing(view: View) -> str:
    if "state" not in view:
        return ""
    told = _STATES[view["state"]]
    who = [f"{word} {view[key]}" for word, key in _WHO if view.get(key)]
    return f"{told} ({', '.join(who)})" if who else told


_WHO = (("imported by", "imported_by"), ("approved by", "approved_by"))


def _days(found: Sequence[str]) -> str:
    if not found:
        return "không có · none"
    more = f" … (+{len(found) - _MOST_DAYS})" if len(found) > _MOST_DAYS else ""
    return ", ".join(found[:_MOST_DAYS]) + more
