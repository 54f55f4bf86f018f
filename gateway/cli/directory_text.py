"""What ``lienthong directory`` prints of versions, faults and findings."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from gateway.operations.directories import DirectoryRefused
from routing.data.tables import VIETNAM
from routing.directory import Directory
from routing.directory.lint import Finding

View = dict[str, Any]

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


def findings_view(directory: Directory, found: Sequence[Finding]) -> View:
    """What a lint found, for machines."""
    return {"directory": directory.version, "findings": [asdict(one) for one in found]}


def findings(directory: Directory, found: Sequence[Finding]) -> str:
    """One line per finding, and the sum."""
    lines = [f"{one.rule:<30} {one.subject}: {one.detail}" for one in found]
    return "\n".join([*lines, f"{directory.version}: {len(found)} lỗi · findings"])


def _version(view: View) -> str:
    who = []
    if view.get("imported_by"):
        who.append(f"imported by {view['imported_by']}")
    if view.get("approved_by"):
        day = view["approved_at"].astimezone(VIETNAM)
        who.append(f"approved by {view['approved_by']} {day:%d/%m/%Y %H:%M}: {view['reason']}")
    told = f"{_STATES[view['state']]}{' (' + '; '.join(who) + ')' if who else ''}"
    return f"{view['version']:<36} {view['agencies']:>7}  {view['digest'][:12]}  {told}"
