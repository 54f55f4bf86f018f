"""What the gateway can be alarmed about: each kind in words, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class AlarmKind(StrEnum):
    """A kind of alarm. What it is about is its subject: a code, never a person."""

    TIMEKEEPER_LAG = "timekeeper-lag"
    """Subject `timekeeper`: the oldest due timer waits for too long."""
    CALENDAR_MISSING_SOON = "calendar-missing-soon"
    """Subject: the calendar whose last known day comes near."""
    CLOCK_RULE_SILENT = "clock-rule-silent"
    """Subject: the rule of legal time that the self-test did not see fire as it should."""
    SELFTEST_OVERDUE = "selftest-overdue"
    """Subject `examiner`: no self-test has passed for three intervals."""

    INCIDENT_LASTS = "incident-lasts"
    """Subject: the agency whose system is away, or `gateway`: for longer than 24 hours."""
    UNLISTED_CODE = "unlisted-code"
    """Subject `connector:code`: a partner answered with a code that no table of ours lists."""

    FOLLOWER_DIFFERS = "follower-differs"
    """Subject: the agency whose system shows dossiers otherwise than they stand here."""

    SCANNER_AWAY = "scanner-away"
    """Subject `documents`: the malware scanner does not answer, and new documents wait."""

    BROKER_RIGHTS_DRIFTED = "broker-rights-drifted"
    """Subject: the broker's user or queue that somebody else changed; it was put right."""
    BROKER_STRANGER = "broker-stranger"
    """Subject: a user of our virtual host that no member explains."""
    BROKER_MANAGEMENT_AWAY = "broker-management-away"
    """Subject `doorkeeper`: the broker's users cannot be kept as members are."""

    CREDENTIAL_ENDS = "credential-ends"
    """Subject: `<name>/<road>` of a credential that ends within 30 days."""
    CREDENTIAL_ENDS_SOON = "credential-ends-soon"
    """Subject: the same, within 7 days, or when it has ended."""

    @property
    def entry(self) -> "AlarmEntry":
        return ALARMS[self]


@dataclass(frozen=True, slots=True)
class AlarmEntry:
    """A kind of alarm in words."""

    title_vi: str
    title_en: str
    todo_vi: str
    todo_en: str


ALARMS: Final[Mapping[AlarmKind, AlarmEntry]] = MappingProxyType(
    {
        AlarmKind.TIMEKEEPER_LAG: AlarmEntry(
            "Bộ giữ giờ chậm trễ",
            "The timekeeper is late",
            "Kiểm tra tiến trình và cơ sở dữ liệu: có hạn đã đến mà chưa được xử lý.",
            "Look at the processes and the database: instants have come that nobody has handled.",
        ),
        AlarmKind.CALENDAR_MISSING_SOON: AlarmEntry(
            "Lịch làm việc sắp hết",
            "The calendar ends soon",
            "Nhập lịch làm việc của năm sau khi có quyết định nghỉ lễ, tết.",
            "Import the next year's calendar as soon as its days off are decided.",
        ),
        AlarmKind.INCIDENT_LASTS: AlarmEntry(
            "Sự cố kéo dài quá thời hạn khắc phục",
            "An incident lasts longer than the law gives to mend it",
            "Liên hệ đơn vị vận hành; nếu hệ thống đã hoạt động lại thì kết thúc khai báo sự cố.",
            "Call who runs the system; if it is back, end the outage that was declared.",
        ),
        AlarmKind.CLOCK_RULE_SILENT: AlarmEntry(
            "Quy tắc thời hạn không hoạt động đúng",
            "A rule of legal time does not fire as it should",
            "Báo ngay nhóm phát triển: cảnh báo và quá hạn theo quy tắc này có thể bị bỏ sót.",
            "Tell the developers at once: warnings and breaches of this rule may be missed.",
        ),
        AlarmKind.SCANNER_AWAY: AlarmEntry(
            "Không liên lạc được bộ quét mã độc",
            "The malware scanner does not answer",
            "Khởi động lại bộ quét: tài liệu mới tải lên đang chờ trong khu cách ly.",
            "Bring the scanner back: documents that came in wait in quarantine.",
        ),
        AlarmKind.BROKER_RIGHTS_DRIFTED: AlarmEntry(
            "Quyền trên hàng đợi đã bị thay đổi và được khôi phục",
            "Rights at the broker were changed by somebody, and put right",
            "Tìm hiểu ai đã sửa trực tiếp trên RabbitMQ; quyền chỉ được đặt qua lienthong agency.",
            "Find out who changed RabbitMQ by hand; rights are set by lienthong agency alone.",
        ),
        AlarmKind.BROKER_STRANGER: AlarmEntry(
            "Có tài khoản lạ trên RabbitMQ",
            "A stranger has rights at the broker",
            "Kiểm tra tài khoản này; xoá trên RabbitMQ nếu không phải của đơn vị vận hành.",
            "Look at this user; delete it at RabbitMQ if it is none of the operator's.",
        ),
        AlarmKind.BROKER_MANAGEMENT_AWAY: AlarmEntry(
            "Không quản lý được tài khoản RabbitMQ",
            "The broker's users cannot be managed",
            "Kiểm tra LIENTHONG_AMQP_ADMIN_URL và cổng quản trị RabbitMQ; sau đó sẽ tự tiếp tục.",
            "Look at LIENTHONG_AMQP_ADMIN_URL and RabbitMQ's management; it goes on by itself.",
        ),
        AlarmKind.CREDENTIAL_ENDS: AlarmEntry(
            "Thông tin đăng nhập sắp hết hạn",
            "A credential ends within 30 days",
            "Cấp khoá mới cho cơ quan: lienthong agency credentials rotate.",
            "Rotate it and give the agency the new one: lienthong agency credentials rotate.",
        ),
        AlarmKind.CREDENTIAL_ENDS_SOON: AlarmEntry(
            "Thông tin đăng nhập hết hạn trong 7 ngày hoặc đã hết hạn",
            "A credential ends within 7 days, or has ended",
            "Cấp khoá mới ngay, hoặc thu hồi nếu không còn dùng.",
            "Rotate it at once, or revoke it if nobody uses it any more.",
        ),
        AlarmKind.SELFTEST_OVERDUE: AlarmEntry(
            "Bài tự kiểm tra đồng hồ không còn đạt",
            "The self-test of the clocks has not passed for long",
            "Chạy `lienthong clocks selftest`; xem cảnh báo về quy tắc và nhật ký của cổng.",
            "Run `lienthong clocks selftest`; look at the rules' alarms and at our own logs.",
        ),
        AlarmKind.FOLLOWER_DIFFERS: AlarmEntry(
            "Hệ thống theo dõi hiển thị hồ sơ khác với ở đây",
            "A follower's system shows dossiers otherwise than they stand here",
            "Chạy `lienthong dvcqg reconcile` để xem từng hồ sơ; thống nhất với đơn vị vận hành.",
            "Run `lienthong dvcqg reconcile` to see which; settle it with who runs that system.",
        ),
        AlarmKind.UNLISTED_CODE: AlarmEntry(
            "Mã trả lời chưa có trong bảng mã",
            "A partner answered with a code that is not in our table",
            "Hỏi cơ quan nhận ý nghĩa của mã và bổ sung bảng mã; hệ thống vẫn tiếp tục thử lại.",
            "Ask the partner what it means and add it to the table; it is tried again meanwhile.",
        ),
    }
)
