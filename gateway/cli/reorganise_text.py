"""How `lienthong reorganise` tells people what moves, what waits, and what was done."""

from collections.abc import Iterable, Mapping
from typing import Any

View = Mapping[str, Any]

_PARTS = {
    "turn": "chặng đang xử lý · turns under way",
    "originator": "cơ quan nộp hồ sơ · originators",
    "sender": "bên đã chuyển hồ sơ · senders of finished steps",
    "addressed": "chặng đã chỉ định · turns addressed by a person",
}
_LISTED = 12


def summary(view: View) -> str:
    """Write a preview, and what was done if it was applied."""
    lines = [
        f"{view['title']} ({view['legal_basis']}), {view['effective']:%Y-%m-%dT%H:%MZ}",
        f"kế hoạch · plan {view['plan'][:12]}, danh mục · directory {view['directory']}",
        f"{view['closing']} cơ quan chấm dứt · agencies close, {view['concerned']} có hồ sơ · with"
        f" open dossiers; {view['transfers']} hồ sơ · transfers",
    ]
    lines += [f"  {view['parts'].get(part, 0):>8}  {name}" for part, name in _PARTS.items()]
    if view["ended_owed"]:
        lines.append(
            f"  {view['ended_owed']:>8}  đã kết thúc, còn nợ thông báo · ended, still owed"
        )
    waits = sum(view["waits"].values())
    lines.append(f"  {waits:>8}  chờ người quyết định · wait for a person")
    lines += _counted("cơ quan · agency", view["by_agency"])
    lines += _counted("thủ tục · procedure", view["by_procedure"])
    lines += _listed("chuyển · moves", view["sample"])
    lines += _listed("chờ · waits", view["waiting"])
    for act in view.get("acts", ()):
        done = ", ".join(f"{name} {n}" for name, n in sorted(act["outcomes"].items()))
        lines.append(f"act {act['id']}: {act['state']}, {act['total']}: {done or 'nothing yet'}")
    return "\n".join(lines)


def _counted(name: str, counts: Mapping[str, int]) -> list[str]:
    if not counts:
        return []
    shown = list(counts.items())[:_LISTED]
    more = [f"  … {len(counts) - len(shown)}"] if len(counts) > len(shown) else []
    return [f"{name}:", *(f"  {number:>8}  {code}" for code, number in shown), *more]


def _listed(name: str, moves: Iterable[View]) -> list[str]:
    lines = [
        f"  {one['dossier']}  {one['step']}/{one['round']} {one['state']}"
        f"  {one['from']} → {one['to'] or '?'}  {_why(one)}"
        for one in list(moves)[:_LISTED]
    ]
    return [f"{name}:", *lines] if lines else []


def _why(one: View) -> str:
    if one["to"] is not None:
        return f"({one['rule']})"
    why = one["why"]
    return f"({why['kind']}: {why['detail']}; {' '.join(why['candidates'][:6])})"
