"""How members, their credentials and tests are written for people at a terminal."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from routing.data.tables import VIETNAM

View = Mapping[str, Any]

_STATES = {
    "registered": "đã đăng ký · registered",
    "testing": "đang kiểm thử · testing",
    "live": "đang hoạt động · live",
    "suspended": "tạm ngừng · suspended",
    "removed": "đã rời hệ thống · removed",
}
_ENDS = {"soon": "sắp hết hạn · ends soon", "urgent": "SẮP HẾT HẠN · ENDS WITHIN 7 DAYS"}


def members(found: Iterable[View]) -> str:
    """One line per member."""
    lines = [
        f"{one['agency']:<16} {_STATES[one['state']]:<28} {one['connector'] or '–':<9}"
        f" {'' if one['enabled'] in (True, None) else 'tắt · off'}"
        f"{'' if one['breaker'] in ('closed', None) else 'breaker ' + one['breaker']}".rstrip()
        for one in found
    ]
    return "\n".join(lines) or "Chưa có cơ quan nào · nobody yet"


def member(view: View) -> str:
    """A member, whole."""
    lines = [f"{view['agency']}  {view['name'] or '?'}", f"  {_STATES[view['state']]}"]
    lines[-1] += f"  ({_local(view['since'])})" if view["since"] else ""
    if not view["in_force"]:
        lines.append("  không có hiệu lực trong danh bạ · not in force in the directory")
    if view["contact"]:
        lines.append(f"  liên hệ · contact: {view['contact']}")
    lines.append(f"  kết nối · endpoint: {_endpoint(view['endpoint'])}")
    lines.append(f"  tiếp nhận · takes: {_takes(view['takes'])}")
    lines += [f"  {credential(one)}" for one in view["credentials"]]
    if view["test"]:
        lines.append(f"  kiểm thử · test: {test(view['test'])}")
    for one in view["missing"]:
        lines += [f"  còn thiếu · missing: {one['code']}", f"    {one['todo']['vi']}"]
        lines.append(f"    {one['todo']['en']}")
    return "\n".join(lines)


def credential(one: View) -> str:
    """One credential, without its secret."""
    until = _local(one["expires_at"]) if one["expires_at"] else "không hạn · for ever"
    if one["good"]:
        state = _ENDS.get(one.get("ends") or "", "còn hiệu lực · good")
    else:
        state = "đã thu hồi · revoked" if one["revoked_at"] else "hết hạn · expired"
    line = f"{one['road']:<5} {one['name']:<20} {state}, {until}"
    if one["successor"]:
        line += f"; tiếp theo · followed by {one['successor']}"
    if one["former_until"]:
        line += f"; khoá cũ đến · former until {_local(one['former_until'])}"
    return line


def made(one: View) -> str:
    """A credential with its secret: the only time that it is shown."""
    lines = [f"{one['road']}: {one['name']}", f"  secret: {one['secret']}"]
    if one["expires_at"]:
        lines.append(f"  đến · until {_local(one['expires_at'])}")
    if one["former_until"]:
        former = one["former"] or "khoá cũ · the former secret"
        lines.append(f"  {former}: đến · until {_local(one['former_until'])}")
    lines.append("  Chỉ hiển thị một lần này · shown this once")
    return "\n".join(lines)


def test(view: View) -> str:
    """What became of a test message."""
    match view["state"]:
        case "delivered":
            return f"đã nhận · taken: {view['evidence']}, {view['latency_ms']} ms"
        case "failed":
            return f"bị từ chối · refused: {view['failure']}"
        case "pending" if view["tries"]:
            return f"chưa tới · not reached: {view['failure']}, {view['latency_ms']} ms"
        case "pending":
            return "chưa ai nhận · nobody has taken it yet"
    return "đã huỷ · taken back"


def _endpoint(view: View | None) -> str:
    if view is None:
        return "–"
    parts = [view["connector"], view["address"] or ""]
    parts += [] if view["enabled"] else ["tắt · off"]
    parts += [] if view["breaker"] == "closed" else [f"breaker {view['breaker']}"]
    return " ".join(part for part in parts if part)


def _takes(view: View | None) -> str:
    if view is None:
        return "chưa khai báo · not said"
    documents = "có tài liệu · documents" if view["documents"] else "không tài liệu · no documents"
    return f"{', '.join(view['kinds'])}; ≤ {view['largest']} B; {documents}"


def _local(instant: datetime) -> str:
    return f"{instant.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
