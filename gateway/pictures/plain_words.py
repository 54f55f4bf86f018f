"""A ledger entry as a sentence, for people who know dossiers and not us."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any, Final

from gateway.pictures.words import Language, moment

_ACTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "transfer.submitted": (
            "Hồ sơ được chuyển lên cổng liên thông; lộ trình đã định{due}",
            "The dossier is submitted and its route planned{due}",
        ),
        "transfer.corrected": ("Nơi nộp sửa hồ sơ", "The originator corrects the dossier"),
        "transfer.extended": (
            "Ngày hẹn trả dời tới {until}",
            "The date promised to the citizen moves to {until}",
        ),
        "transfer.completed": ("Hồ sơ hoàn thành", "The transfer is complete"),
        "transfer.refused": ("Hồ sơ bị từ chối", "The transfer ends refused"),
        "transfer.withdrawn": ("Hồ sơ được rút", "The transfer is withdrawn"),
        "transfer.stopped": ("Hồ sơ dừng giải quyết", "The transfer is stopped"),
        "hop.dispatched": ("Chuyển tới {agency}{due}", "Handed over to {agency}{due}"),
        "hop.delivered": ("Hệ thống của cơ quan đã nhận bản tin", "It reached the agency's system"),
        "hop.available": ("Nằm trong hộp thư của cơ quan", "It lies in the agency's mailbox"),
        "hop.received": ("Cơ quan xác nhận đã nhận{due}", "The agency confirms its receipt{due}"),
        "hop.completed": ("Xong bước này", "The step is done"),
        "hop.paused": ("Tạm dừng: {reason}", "Paused: {reason}"),
        "hop.resumed": ("Tính giờ tiếp{due}", "The clock goes on{due}"),
        "hop.extended": (
            "Gia hạn từ {from} tới {until}",
            "The deadline moves from {from} to {until}",
        ),
        "hop.refused": ("Từ chối: {reason}", "Refused: {reason}"),
        "hop.returned": ("Trả lại bước trước: {reason}", "Given back: {reason}"),
        "hop.opened": ("Mở lại bước này (lần {round})", "The step opens again (round {round})"),
        "hop.skipped": ("Không phải làm bước này", "The step does not have to run"),
        "hop.lapsed": ("Im lặng quá hạn là đồng ý", "Silent until the deadline, which is consent"),
        "hop.cancelled": ("Thu hồi khỏi cơ quan", "Taken back from the agency"),
        "hop.stale": ("Kết quả cũ, bước trước mở lại", "Stale: an earlier step opened again"),
        "hop.rerouted": ("Đổi cơ quan thực hiện", "Another agency takes the step"),
        "hop.unresolved": (
            "Chưa xác định được cơ quan thẩm quyền",
            "No competent agency could be named",
        ),
        "hop.resolved": ("Người vận hành chỉ định cơ quan", "A person names the agency"),
        "hop.redirected": ("Chuyển sang cơ quan khác", "Redirected to another agency"),
        "hop.reorganised": (
            "Sắp xếp lại đơn vị: cơ quan kế tiếp làm tiếp bước này",
            "Reorganised: the successor goes on with the step",
        ),
        "hop.retried": ("Gửi lại", "Sent again"),
        "hop.undeliverable": ("Không giao được: {reason}", "It could not be delivered: {reason}"),
        "hop.taken-back": ("Thu hồi sau khi đã gửi", "Taken back after it went out"),
        "hop.withdrawn": ("Rút khỏi cơ quan", "Withdrawn from the agency"),
        "hop.stopped": ("Dừng giải quyết bước này", "The step is stopped"),
        "message.noted": (
            "Bản tin đến muộn, ghi nhận làm chứng",
            "A late message, kept as evidence",
        ),
        "transfer.reorganised": (
            "Sắp xếp lại đơn vị: cơ quan kế tiếp thay nơi nộp",
            "Reorganised: the successor stands in for the originator",
        ),
        "transfer.archived": ("Đưa vào lưu", "Archived"),
        "clock.recalendared": (
            "Tính lại theo lịch làm việc mới{due}",
            "Counted anew by another calendar{due}",
        ),
        "supplement.extended": (
            "Gia hạn bổ sung tới {until}",
            "The time to provide the supplement moves to {until}",
        ),
        "clock.known": ("Lịch làm việc đã có{due}", "The calendar now knows the days{due}"),
        "refusal.acknowledged": ("Bên gửi đã biết việc từ chối", "The sender takes note of it"),
        "supplement.provided": ("Đã bổ sung giấy tờ", "The supplement is provided"),
        "clock.started": ("Bắt đầu tính giờ{due}", "The clock starts{due}"),
        "clock.paused": (
            "Thời hạn chung tạm dừng: {reason}",
            "The total stands still: {reason}",
        ),
        "clock.resumed": ("Thời hạn chung chạy tiếp{due}", "The total goes on{due}"),
        "clock.warned": ("Nhắc hạn ({threshold})", "Warned ({threshold})"),
        "clock.breached": ("Quá hạn: {reason}", "A limit has passed: {reason}"),
        "clock.corrected": ("Xoá ghi nhận quá hạn: {reason}", "The breach is taken back: {reason}"),
    }
)
_REASONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "supplement": ("chờ công dân bổ sung", "the citizen's supplement"),
        "payment": ("chờ nộp tiền", "payment"),
        "confirmation": ("chờ xác nhận trên VNeID", "confirmation on VNeID"),
        "publication": ("niêm yết công khai", "public posting"),
        "outage": ("sự cố hệ thống", "an outage"),
        "outside-total": ("bước ngoài thời hạn chung", "a step outside the total"),
        "deadline": ("hạn giải quyết", "the hop's deadline"),
        "return": ("hạn xử lý hồ sơ trả lại", "the limit to answer a return"),
        "request": ("hạn yêu cầu bổ sung", "the limit to ask for a supplement"),
        "overall": ("thời hạn chung", "the total"),
        "receipt": ("hạn xác nhận nhận", "the receipt limit"),
        "handover": ("hạn chuyển giao", "the hand-over limit"),
        "refusal": ("hạn ghi nhận từ chối", "the limit to take note of a refusal"),
        "incomplete": ("hồ sơ thiếu", "incomplete"),
        "wrong_data": ("sai dữ liệu", "wrong data"),
        "upstream_error": ("sai sót ở kết quả trước", "an error in an earlier result"),
        "wrong_procedure": ("nhầm thủ tục", "the wrong procedure"),
        "not_competent": ("không đúng thẩm quyền", "not competent"),
        "rejected": ("không đủ điều kiện", "rejected"),
        "supplement-limit": ("hết hạn bổ sung", "the time to provide it ended"),
        "receipt-limit": ("hết hạn xác nhận nhận", "the receipt limit ended"),
        "refusal-limit": ("hết hạn ghi nhận từ chối", "the time to take note of it ended"),
        "resolved-at-dispatch": ("xác định lại khi đến lượt", "resolved again at its turn"),
        "condition-false": ("không thuộc trường hợp phải làm", "its condition does not hold"),
        "corrected": ("hồ sơ đã được sửa", "the dossier was corrected"),
        "silence": ("im lặng quá hạn", "silent until the deadline"),
        "start": ("đến lúc tính giờ", "the time to start"),
        "warning": ("đến mốc nhắc", "the time to warn"),
        "apology-letter": ("kèm thư xin lỗi", "with a letter of apology"),
        "by-operator": ("cán bộ vận hành xử lý", "by an operator"),
    }
)


def sentence(
    entry: Mapping[str, Any], names: Mapping[str, str], zone: tzinfo, language: Language
) -> str:
    """Return what an entry says; an act without words here is told by its own name."""
    texts = _ACTS.get(entry["act"])
    if texts is None:
        return str(entry["act"])
    facts = entry["facts"]
    agency = facts.get("agency")
    values: dict[str, str] = {
        "agency": names.get(agency, agency) if agency else "",
        "reason": reason_words(entry["reason"], language),
        "round": str(entry["round"]),
        "threshold": str(facts.get("threshold", "")),
        "due": _due(facts, zone, language),
    }
    for name in ("from", "until"):
        written = facts.get(name)
        values[name] = _instant(written, zone) if isinstance(written, str) else "…"
    return texts[0 if language == "vi" else 1].format_map(values)


def who(actor: str, names: Mapping[str, str], language: Language) -> str:
    """Name who acted: an agency by its name, the gateway, or an operator as such."""
    kind, _, code = actor.partition(":")
    match kind:
        case "agency":
            return names.get(code, code)
        case "operator":
            return "người vận hành" if language == "vi" else "an operator"
        case _:
            return "cổng liên thông" if language == "vi" else "the gateway"


def _due(facts: Mapping[str, Any], zone: tzinfo, language: Language) -> str:
    clock = facts.get("overall") or facts
    deadline = clock.get("deadline_at")
    if not isinstance(deadline, str):
        return ""
    said = _instant(deadline, zone)
    return f"; hạn {said}" if language == "vi" else f"; due {said}"


def _instant(written: str, zone: tzinfo) -> str:
    try:
        return moment(datetime.fromisoformat(written), zone)
    except ValueError:
        return written


def reason_words(reason: str | None, language: Language) -> str:
    """Return what a reason is called; one without words is told by its own code."""
    if reason is None:
        return ""
    texts = _REASONS.get(reason)
    return reason if texts is None else texts[0 if language == "vi" else 1]
