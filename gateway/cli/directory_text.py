"""What ``lienthong directory`` prints of versions, faults and findings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gateway.operations import directories as use
from gateway.operations.directories import DirectoryRefused
from routing.data.tables import VIETNAM
from routing.directory.findings import EXPLAINED, Finding, Severity

View = dict[str, Any]

_MOST_ALIKE = 20
_MOST_STEPS = 5

_STATES = {
    "packaged": "theo bản phát hành · packaged",
    "imported": "chờ phê duyệt · waits for approval",
    "ruled": "đã phê duyệt trước đây · approved before",
    "rules": "đang áp dụng · rules",
}


def versions(views: Sequence[View]) -> str:
    """One line per version: how large, which state, who did what, and why."""
    return "\n".join(_version(view) for view in views)


def faults(refused: DirectoryRefused) -> str:
    """One line per fault, and how many are not shown."""
    lines = [str(one) for one in refused.faults]
    if refused.count > len(lines):
        lines.append(f"… (+{refused.count - len(lines)})")
    return "\n".join(lines)


def findings(version: str, found: Sequence[Finding]) -> str:
    """What was found, rule by rule: what it means and what to do, then where; and the sum."""
    by_rule: dict[tuple[Severity, str], list[Finding]] = {}
    for one in found:
        by_rule.setdefault((one.severity, one.rule), []).append(one)
    lines: list[str] = []
    for (severity, rule), alike in by_rule.items():
        lines.append(f"{severity.upper()} {rule} ({len(alike)})")
        lines += [f"  {told}" for told in EXPLAINED.get(rule, ())]
        lines += [line for one in alike[:_MOST_ALIKE] for line in _finding(one)]
        if len(alike) > _MOST_ALIKE:
            lines.append(f"  … (+{len(alike) - _MOST_ALIKE}; --json)")
    counts = ", ".join(f"{n} {name}" for name, n in use.counted(found).items())
    lines.append(f"{version}: {counts or 'không có lỗi · nothing found'}")
    return "\n".join(lines)


def difference(view: View) -> str:
    """Counts, then agencies by kind of change, then who becomes competent where from when."""
    counts = view["counts"]
    told = ", ".join(f"{n} {kind}" for kind, n in counts["agencies"].items())
    lines = [
        f"{view['before']} → {view['after']}",
        f"  cơ quan · agencies: {told or '0'}",
        f"  thẩm quyền · competence: {counts['competence']} thay đổi · changes, "
        f"{counts['places']} vai trò × đơn vị · roles × units",
    ]
    if counts["retroactive"]:
        lines.append(f"  có hiệu lực từ quá khứ · begin in the past: {counts['retroactive']}")
    by_kind: dict[str, list[View]] = {}
    for one in view["agencies"]:
        by_kind.setdefault(one["kind"], []).append(one)
    for kind, alike in by_kind.items():
        lines.append(f"{kind} ({counts['agencies'][kind]})")
        lines += [f"  {_changed(one)}" for one in alike[:_MOST_ALIKE]]
        if len(alike) > _MOST_ALIKE:
            lines.append(f"  … (+{len(alike) - _MOST_ALIKE}; --json)")
    if view["competence"]:
        lines.append(f"competence ({counts['competence']})")
    lines += [f"  {_moved(one)}" for one in view["competence"][:_MOST_ALIKE]]
    if len(view["competence"]) > _MOST_ALIKE:
        lines.append(f"  … (+{len(view['competence']) - _MOST_ALIKE}; --json)")
    return "\n".join(lines)


def _changed(one: View) -> str:
    change = f": {' '.join(one['before']) or '–'} → {' '.join(one['after']) or '–'}"
    quiet = not one["before"] and not one["after"]
    return f"{one['code']}  {one['name']} {_during(one)}{'' if quiet else change}"


def _moved(one: View) -> str:
    was, now = (" ".join(one[key]) or "không ai · nobody" for key in ("before", "after"))
    units = ", ".join(one["units"][:_MOST_STEPS])
    more = f" … (+{len(one['units']) - _MOST_STEPS})" if len(one["units"]) > _MOST_STEPS else ""
    return f"{one['role']} {_during(one)}: {was} → {now} ({units}{more})"


def _during(one: View) -> str:
    return f"[{_day(one['begin']) or '…'}, {_day(one['end']) or '…'})"


def _finding(one: Finding) -> list[str]:
    since = "" if one.begin is None else f" [{_day(one.begin)}, {_day(one.end) or '…'})"
    where = f" ({len(one.units)} đơn vị · units)" if one.units else ""
    lines = [f"  - {one.subject}{since}{where}: {one.detail}"]
    if one.steps:
        more = f" … (+{len(one.steps) - _MOST_STEPS})" if len(one.steps) > _MOST_STEPS else ""
        lines.append(f"      bước · steps: {'; '.join(one.steps[:_MOST_STEPS])}{more}")
    return lines


def _day(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant.astimezone(VIETNAM):%Y-%m-%d}"


def _version(view: View) -> str:
    who = []
    if view.get("imported_by"):
        who.append(f"imported by {view['imported_by']}")
    if view.get("approved_by"):
        day = view["approved_at"].astimezone(VIETNAM)
        who.append(f"approved by {view['approved_by']} {day:%d/%m/%Y %H:%M}: {view['reason']}")
    told = f"{_STATES[view['state']]}{' (' + '; '.join(who) + ')' if who else ''}"
    return f"{view['version']:<36} {view['agencies']:>7}  {view['digest'][:12]}  {told}"
