"""Why something is stuck: sixteen causes, each with whose turn it is and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

Whose = Literal["sender", "receiver", "network", "gateway", "operator"]


class Cause(StrEnum):
    """A question that a work-queue answers."""

    NO_ENDPOINT = "no-endpoint"
    SUSPENDED = "suspended"
    UNDELIVERED = "undelivered"
    UNDELIVERABLE = "undeliverable"
    OUTCOME_UNKNOWN = "outcome-unknown"
    NO_RECEIPT = "no-receipt"
    OVERDUE = "overdue"
    DUE_SOON = "due-soon"
    LETTER_DUE = "letter-due"
    REFUSAL_UNACKNOWLEDGED = "refusal-unacknowledged"
    RETURN_UNANSWERED = "return-unanswered"
    NO_COMPETENT_AGENCY = "no-competent-agency"
    BREAKER_OPEN = "breaker-open"
    LEASE_EXPIRED = "lease-expired"
    POISON = "poison"
    CALENDAR_MISSING = "calendar-missing"

    @property
    def queries(self) -> tuple[str, ...]:
        """The names of the SQL statements that find it; those of whole transfers come second."""
        name = f"find_stuck_{self.value.replace('-', '_')}"
        return (name, f"{name}_overall") if self in _ALSO_OVERALL else (name,)

    @property
    def entry(self) -> "CauseEntry":
        return CAUSES[self]


_ALSO_OVERALL = frozenset({Cause.OVERDUE, Cause.CALENDAR_MISSING})
OF_ONE_MESSAGE = frozenset(
    {Cause.UNDELIVERABLE, Cause.OUTCOME_UNKNOWN, Cause.LEASE_EXPIRED, Cause.POISON}
)
"""What is stuck is one message in or out, not the course of a transfer."""


@dataclass(frozen=True, slots=True)
class CauseEntry:
    """A cause in words. `acts` are what operators usually do, most likely first."""

    title_vi: str
    title_en: str
    whose: Whose
    todo_vi: str
    todo_en: str
    acts: tuple[str, ...]
    screen: str | None = None
    """The console's screen where more of it is done, by its name."""


CAUSES: Final[Mapping[Cause, CauseEntry]] = MappingProxyType(
    {
        Cause.NO_ENDPOINT: CauseEntry(
            "Cơ quan nhận chưa được kết nối",
            "The receiver is not connected",
            "operator",
            "Đăng ký kết nối cho cơ quan nhận (hồ sơ sẽ tự được gửi), hoặc chuyển cơ quan khác.",
            "Register an endpoint for the receiver (what is owed then goes out), or redirect.",
            ("redirect", "archive"),
            screen="agencies",
        ),
        Cause.SUSPENDED: CauseEntry(
            "Cơ quan nhận bị tạm ngừng hoặc đã rời hệ thống",
            "The receiver is suspended, or has left",
            "operator",
            "Khôi phục cơ quan khi đủ điều kiện, hoặc chuyển cơ quan khác.",
            "Resume the agency once it may be, or redirect.",
            ("redirect", "archive"),
            screen="agencies",
        ),
        Cause.UNDELIVERED: CauseEntry(
            "Chưa bàn giao được trong thời hạn",
            "Not handed over within its limit",
            "network",
            "Kiểm tra kết nối của cơ quan nhận; gửi lại khi hệ thống hoạt động.",
            "Check whether the receiver's system is reachable; retry once it is.",
            ("retry", "redirect", "archive"),
            screen="agencies",
        ),
        Cause.UNDELIVERABLE: CauseEntry(
            "Không thể gửi: bị từ chối vĩnh viễn",
            "Permanently undeliverable",
            "receiver",
            "Xem mã lỗi; sửa cấu hình kết nối rồi gửi lại, hoặc chuyển cơ quan khác.",
            "Read the failure code; mend the endpoint and retry, or redirect.",
            ("retry", "redirect", "archive"),
            screen="agencies",
        ),
        Cause.OUTCOME_UNKNOWN: CauseEntry(
            "Không rõ cơ quan nhận đã có hay chưa",
            "Nobody knows whether the receiver has it",
            "operator",
            "Hỏi cơ quan nhận: đã có thì chọn “Xác định”; chưa có thì chọn “Gửi lại”.",
            "Ask the receiver: if it has it, resolve says so; if it has not, retry sends it again.",
            ("resolve", "retry", "redirect"),
            screen="agencies",
        ),
        Cause.NO_RECEIPT: CauseEntry(
            "Quá hạn xác nhận tiếp nhận",
            "No receipt within its limit",
            "receiver",
            "Liên hệ cơ quan nhận; gửi lại nếu họ chưa thấy hồ sơ.",
            "Call the receiver; retry if it has not seen the dossier.",
            ("retry", "redirect", "archive"),
            screen="agencies",
        ),
        Cause.OVERDUE: CauseEntry(
            "Quá hạn xử lý",
            "Overdue",
            "receiver",
            "Đôn đốc cơ quan đang xử lý; gia hạn hoặc chuyển trả nếu pháp luật cho phép.",
            "Remind the agency whose turn it is; extend or return where the law allows it.",
            ("extend", "return", "redirect", "archive"),
        ),
        Cause.DUE_SOON: CauseEntry(
            "Sắp đến hạn",
            "About to be overdue",
            "receiver",
            "Nhắc cơ quan đang xử lý trước khi hết hạn.",
            "Remind the agency whose turn it is while there is time.",
            ("extend", "redirect"),
        ),
        Cause.LETTER_DUE: CauseEntry(
            "Cần văn bản xin lỗi và đề nghị gia hạn",
            "A letter of apology is due",
            "sender",
            "Mở hồ sơ, xem dự thảo văn bản và ban hành trước hạn ít nhất một ngày.",
            "Open the dossier, read the draft; issue it at least a day before the date.",
            ("extend", "archive"),
            screen="dossiers",
        ),
        Cause.REFUSAL_UNACKNOWLEDGED: CauseEntry(
            "Từ chối chưa được bên gửi ghi nhận",
            "Refusal not acknowledged",
            "sender",
            "Yêu cầu bên gửi ghi nhận việc từ chối, hoặc giải phóng thay họ.",
            "Ask the sender to acknowledge the refusal, or release it.",
            ("release_refusal", "archive"),
        ),
        Cause.RETURN_UNANSWERED: CauseEntry(
            "Hồ sơ chuyển trả chưa được xử lý",
            "Return unanswered",
            "sender",
            "Đôn đốc bên gửi sửa hồ sơ đã bị chuyển trả.",
            "Remind the sender to correct what was returned.",
            ("extend", "stop", "archive"),
        ),
        Cause.NO_COMPETENT_AGENCY: CauseEntry(
            "Không xác định được cơ quan có thẩm quyền",
            "No competent agency, or several",
            "operator",
            "Chọn cơ quan có thẩm quyền cho chặng này.",
            "Name the competent agency for this hop.",
            ("resolve", "retry", "archive"),
        ),
        Cause.BREAKER_OPEN: CauseEntry(
            "Ngắt kết nối do lỗi liên tiếp",
            "Endpoint breaker open",
            "receiver",
            "Liên hệ kỹ thuật của cơ quan nhận; thử kết nối lại ngay khi họ báo đã sửa.",
            "Call the receiver's technicians; retry probes at once when they have mended it.",
            ("retry",),
            screen="agencies",
        ),
        Cause.LEASE_EXPIRED: CauseEntry(
            "Nhiều lần nhận gửi nhưng không có kết quả",
            "Lease expired repeatedly",
            "gateway",
            "Hộp thư: nhắc cơ quan xác nhận sau khi lấy. Kết nối khác: báo nhóm kỹ thuật.",
            "Mailbox: remind the agency to acknowledge. Otherwise: tell the technicians.",
            ("retry",),
            screen="agencies",
        ),
        Cause.POISON: CauseEntry(
            "Thông điệp cổng không xử lý được",
            "Poison message",
            "gateway",
            "Báo nhóm phát triển; đề nghị bên gửi gửi lại với mã mới, rồi đóng mục này.",
            "Tell the developers; ask the sender to send it anew under another id, then settle it.",
            ("resolve", "archive"),
        ),
        Cause.CALENDAR_MISSING: CauseEntry(
            "Thiếu lịch làm việc để tính hạn",
            "Calendar missing",
            "operator",
            "Cập nhật lịch làm việc khi có quyết định nghỉ Tết; hạn sẽ được tính sau đó.",
            "Add the calendar once it is decided; the deadline is computed then.",
            ("archive",),
            screen="calendar",
        ),
    }
)
