"""What `lienthong stuck` prints for people: Vietnamese first, then English; legal time is local."""

from collections.abc import Sequence
from typing import Any

from gateway.cli import time_text
from gateway.cli.time_text import local
from gateway.operations.causes import Cause

View = dict[str, Any]


def counts(views: Sequence[View]) -> str:
    """Write every cause with its count."""
    lines = []
    for view in views:
        count = f"{view['count']}{'+' if view['capped'] else ''}"
        title = view["title"]
        lines.append(f"{count:>7}  {view['cause']:<23} {title['vi']} · {title['en']}")
    return "\n".join(lines)


def items(cause: Cause, views: Sequence[View]) -> str:
    """Write what is stuck for one cause, and what to do about it."""
    entry = cause.entry
    lines = [
        f"{entry.title_vi} · {entry.title_en}: {len(views)}",
        f"  {entry.todo_vi}",
        f"  {entry.todo_en}",
    ]
    for view in views:
        what = view["transfer"] or view["delivery"] or view["message"] or ""
        where = f"{view['step']}/{view['round']}" if view["step"] else "-"
        lines.append(
            f"{local(view['since']):<17} {what!s:<37} {view['dossier'] or '-':<26}"
            f" {where:<22} {view['agency'] or '-':<14} {view['detail'] or ''}"
            f"{' · ' + view['assigned'] if view['assigned'] else ''}"
        )
        if view["delivery"] and view["transfer"]:
            lines.append(f"{'':<17} delivery {view['delivery']}")
    return "\n".join(lines)


def groups(views: Sequence[View], *, capped: bool) -> str:
    """Write groups, largest first, with since when and how urgent the worst of each is."""
    lines = [
        f"{one['count']:>7}  {one['cause']:<23} {one['agency'] or '-':<14}"
        f" {one['failure'] or '-':<28} {local(one['oldest']):<17} {local(one['most_urgent'])}"
        for one in views
    ]
    if capped:
        lines.append("      …  còn nữa · there are more")
    return "\n".join(lines)


def notes(views: Sequence[View]) -> str:
    """Write notes, oldest first."""
    gone = "(đã xóa · purged)"
    return "\n".join(
        f"{local(one['at'])} {one['author']}: {gone if one['text'] is None else one['text']}"
        for one in views
    )


def transfer(view: View) -> str:
    """Write a transfer with its hops, deliveries and ledger."""
    dossier, clock = view["dossier"], view["clock"]
    lines = [
        f"{dossier['code']} ({dossier['issuer']})  {view['state']}  {view['transfer']}",
        f"  {view['procedure']['code']} {view['procedure']['version']}"
        f"  hạn · due {local(clock['deadline_at'])}",
    ]
    lines += [
        f"  ! {one['title']['vi']} · {one['title']['en']}: {one['step'] or ''} -> {one['whose']}"
        for one in view["stuck"]
    ]
    lines += [
        f"  {one['step']:<20} {one['round']} {one['state']:<12} {one['agency'] or '-':<14}"
        f" {local(one['clock']['deadline_at'])}"
        for one in view["hops"]
    ]
    lines += time_text.charged(view["time"])
    lines += [
        f"  {one['delivery']} {one['kind']:<18} {one['agency']:<14} {one['state']:<10}"
        f" {one['failure'] or ''} ({len(one['attempts'])} failed)"
        for one in view["deliveries"]
    ]
    lines += [
        f"  {one['seq']:>4} {local(one['legal_at'])} {one['act']:<22} {one['step'] or '':<20}"
        f" {one['actor']} {one['reason'] or ''}"
        for one in view["ledger"]
    ]
    return "\n".join(lines)


def act(view: View) -> str:
    """Write an act with its outcomes, and the first of its items."""
    outcomes = ", ".join(f"{count} {name}" for name, count in sorted(view["outcomes"].items()))
    lines = [f"{view['act']} {view['id']}: {view['state']}, {view['total']} items: {outcomes}"]
    for item in view["items"]:
        what = item["transfer"] or item["delivery"] or item["message"] or item["agency"]
        lines.append(
            f"{item['no']:>6} {what!s:<37} {item['step'] or '':<20}"
            f" {item['outcome'] or 'open'}{': ' + item['detail'] if item['detail'] else ''}"
        )
    if view["total"] > len(view["items"]):
        lines.append(f"       … {view['total'] - len(view['items'])} more")
    if view["question"].get("capped"):
        lines.append(f"the list ends at {view['total']} items; there may be more: act again")
    if view["state"] == "paused":
        lines.append("a dry run: nothing was done")
    return "\n".join(lines)
