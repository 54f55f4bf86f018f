"""One synthetic case, told in one example per kind: a death reported in Đông Tiền Hải, Hưng Yên.

The examples are part of the published schemas, and each is valid against its own. Nobody in them
exists: personal numbers begin with 000, which is no province.
"""

from typing import Any, Final

from pydantic import ConfigDict

Json = dict[str, Any]

_TRANSFER: Final = "019cacf4-0940-7000-8000-000000000001"
_DOSSIER: Final = "H31.182-260302-0001"
_COMMUNE: Final = "H31.182"
_POLICE: Final = "G01.833.182"
_INSURANCE: Final = "G24.33.16"


def with_examples(*examples: Json) -> ConfigDict:
    """Publish examples with a model's schema."""
    return ConfigDict(json_schema_extra={"examples": list(examples)})


def _hop(step: str, round_: int = 1, **fields: Any) -> Json:
    return {"transfer": _TRANSFER, "step": step, "round": round_, **fields}


APPLICANT_IDENTIFIER: Final[Json] = {"kind": "personal_number", "value": "000300000001"}
APPLICANT: Final[Json] = {
    "kind": "citizen",
    "name": "Nguyễn Văn Mẫu",
    "identifier": APPLICANT_IDENTIFIER,
    "birth_date": "1988-05",
    "phone": "0900000000",
    "email": "mau@vidu.example",
    "address": "Thôn Mẫu, xã Đông Tiền Hải, tỉnh Hưng Yên",
}
DOCUMENT: Final[Json] = {
    "id": "doc-1",
    "name": "Giấy báo tử.pdf",
    "media_type": "application/pdf",
    "size": 182044,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "url": "https://kho.vidu.example/tep/doc-1",
}
DOCUMENT_HERE: Final[Json] = {
    "sha256": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
    "size": 95120,
    "media_type": "application/pdf",
    "held": False,
}
RESULT_DOCUMENT: Final[Json] = {
    "id": "res-1",
    "name": "Trích lục khai tử.pdf",
    "media_type": "application/pdf",
    "size": 95120,
    "sha256": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
    "kind": "death-extract",
    "number": "17/TLKT",
}
NOTICE: Final[Json] = {
    "number": "1234/TB-CT",
    "title": "Thông báo nộp lệ phí trước bạ nhà, đất",
    "url": "https://thue.vidu.example/thong-bao/1234",
}
RAW_STATUS: Final[Json] = {"code": "4", "text": "Đã tiếp nhận"}
ALIAS: Final[Json] = {"system": "dvcqg", "code": "G22.99.08-260302-000417"}
ORIGIN: Final[Json] = {
    "gateway": "H26",
    "transfer": "019cacf0-aaaa-7000-8000-000000000009",
    "path": ["H26"],
}
DOSSIER_KEY: Final[Json] = {"issuer": _COMMUNE, "code": _DOSSIER}
STEP_RESULT: Final[Json] = {
    "step": "civil-status",
    "agency": _COMMUNE,
    "outcome": "issued",
    "results": [RESULT_DOCUMENT],
}
HOP_MESSAGE: Final[Json] = _hop("residence-removal")

TRANSFER_SUBMITTED: Final[Json] = {
    "procedure": "2.002622",
    "received_at": "2026-03-02T08:10:00+07:00",
    "promised_at": "2026-03-16T17:30:00+07:00",
    "channel": "in_person",
    "applicant": APPLICANT,
    "places": {"applicant": "12988", "deceased": "12988"},
    "facts": {
        "death_check": "simple",
        "benefit": "social_insurance",
        "monthly_survivor_pension": False,
    },
    "documents": [DOCUMENT],
    "form": {
        "nguoi_mat": {"ho_ten": "Nguyễn Thị Thử", "nam_sinh": 1941},
        "nguoi_than": [{"quan_he": "con", "ho_ten": "Nguyễn Văn Mẫu"}],
    },
    "aliases": [ALIAS],
    "note": "Gia đình đề nghị nhận kết quả qua bưu chính.",
}
TRANSFER_PASSED_ON: Final[Json] = {
    "procedure": "2.002622",
    "received_at": "2026-03-02T08:10:00+07:00",
    "channel": "online",
    "applicant": {"kind": "citizen", "name": "Nguyễn Văn Mẫu"},
    "places": {"deceased": "12988"},
    "facts": {"benefit": "merit"},
    "origin": ORIGIN,
}
TRANSFER_CORRECTED: Final[Json] = {
    "transfer": _TRANSFER,
    "facts": {"death_check": "verify"},
    "reason": "Ngày mất ghi trong giấy báo tử khác với tờ khai.",
}
TRANSFER_WITHDRAWN: Final[Json] = {
    "transfer": _TRANSFER,
    "reason": "Gia đình đề nghị rút hồ sơ.",
}
SUPPLEMENT_PROVIDED: Final[Json] = _hop("social-insurance", documents=[DOCUMENT])
HOP_RECEIVED: Final[Json] = _hop(
    "residence-removal",
    received_at="2026-03-03T08:05:00+07:00",
    local_code="G01.833.182-260303-0042",
    raw_status=RAW_STATUS,
)
HOP_REFUSED: Final[Json] = _hop(
    "social-insurance",
    reason="not_competent",
    explanation="Người mất tham gia bảo hiểm xã hội tại khu vực khác.",
    suggested_agency="G24.33.15",
)
REFUSAL_ACKNOWLEDGED: Final[Json] = _hop("social-insurance")
HOP_PAUSED: Final[Json] = _hop(
    "social-insurance",
    reason="supplement",
    legal_basis="NĐ 63/2024/NĐ-CP, Điều 10",
    document="15/TB-BHXH",
    until="2026-03-12T17:30:00+07:00",
    explanation="Thiếu sổ bảo hiểm xã hội của người mất.",
)
HOP_RESUMED: Final[Json] = _hop("social-insurance", reason="supplement")
HOP_EXTENDED: Final[Json] = _hop(
    "social-insurance",
    until="2026-03-20T17:30:00+07:00",
    reason="Cần xác minh quá trình đóng bảo hiểm.",
    legal_basis="NĐ 63/2024/NĐ-CP, Điều 10",
)
HOP_COMPLETED: Final[Json] = _hop(
    "civil-status",
    outcome="issued",
    results=[RESULT_DOCUMENT],
    raw_status={"code": "9"},
)
HOP_RETURNED: Final[Json] = _hop(
    "residence-removal",
    to_step="civil-status",
    reason="upstream_error",
    explanation="Trích lục khai tử ghi sai số định danh.",
)

TASK: Final[Json] = {"vi": "Xoá đăng ký thường trú", "en": "Remove from the residence register"}
HANDOVER_PROCEDURE: Final[Json] = {
    "code": "2.002622",
    "version": "2025-03-01",
    "title": "Liên thông đăng ký khai tử, xoá đăng ký thường trú, mai táng phí, tử tuất",
}
TAKEN_OVER: Final[Json] = {
    "agency": "H54.20.01",
    "round": 1,
    "received_at": "2025-06-30T02:10:00Z",
    "started_at": "2025-06-30T02:10:00Z",
    "paused_at": "2025-06-30T08:00:00Z",
    "paused_for": "supplement",
}
HANDOVER_OFFERED: Final[Json] = _hop(
    "residence-removal",
    task=TASK,
    dossier=DOSSIER_KEY,
    procedure=HANDOVER_PROCEDURE,
    sender=_COMMUNE,
    receive_by="2026-03-03T03:00:00Z",
    complete_by="2026-03-04T01:00:00Z",
    budget="1 wd",
    submission=TRANSFER_SUBMITTED,
    corrections=[TRANSFER_CORRECTED],
    results=[STEP_RESULT],
    documents=[DOCUMENT_HERE],
)
HANDOVER_CANCELLED: Final[Json] = _hop("residence-removal", reason="withdrawn")
SUPPLEMENT_REQUESTED: Final[Json] = _hop(
    "social-insurance",
    requested_by=_INSURANCE,
    legal_basis="NĐ 63/2024/NĐ-CP, Điều 10",
    document="15/TB-BHXH",
    explanation="Thiếu sổ bảo hiểm xã hội của người mất.",
    until="2026-03-12T10:30:00Z",
)
HOP_CHANGED: Final[Json] = _hop(
    "social-insurance",
    agency=_INSURANCE,
    state="paused",
    reason="confirmation",
)
HOP_SUPPLEMENTED: Final[Json] = _hop(
    "social-insurance",
    agency=_INSURANCE,
    state="received",
    reason="supplement",
    deadline_at="2026-03-13T10:30:00Z",
    supplement=SUPPLEMENT_PROVIDED,
)
TRANSFER_CHANGED: Final[Json] = {
    "transfer": _TRANSFER,
    "state": "open",
    "change": "corrected",
    "step": "social-insurance",
    "correction": TRANSFER_CORRECTED,
}
TRANSFER_FINISHED: Final[Json] = {
    "transfer": _TRANSFER,
    "state": "completed",
    "finished_at": "2026-03-12T04:00:00Z",
    "results": [STEP_RESULT],
}
CLOCK_WARNED: Final[Json] = {
    "transfer": _TRANSFER,
    "step": "residence-removal",
    "round": 1,
    "agency": _POLICE,
    "threshold": "80%",
    "deadline_at": "2026-03-04T01:00:00Z",
}
CLOCK_BREACHED: Final[Json] = {
    "transfer": _TRANSFER,
    "step": "residence-removal",
    "round": 1,
    "agency": _POLICE,
    "limit": "receipt",
    "deadline_at": "2026-03-03T03:00:00Z",
    "breached_at": "2026-03-03T03:00:00Z",
}
CONNECTION_TESTED: Final[Json] = {"agency": _INSURANCE, "sent_at": "2026-03-02T01:00:00Z"}
DOSSIER_PROGRESS: Final[Json] = {
    "step": "civil-status",
    "round": 1,
    "task": {"vi": "Đăng ký khai tử", "en": "Register the death"},
    "agency": _COMMUNE,
    "state": "received",
    "began_at": "2026-03-02T01:10:00Z",
    "due_at": "2026-03-03T01:10:00Z",
}
DOSSIER_CHANGED: Final[Json] = {
    "transfer": _TRANSFER,
    "dossier": DOSSIER_KEY,
    "procedure": HANDOVER_PROCEDURE,
    "state": "processing",
    "at": "2026-03-02T01:12:00Z",
    "promised_at": "2026-03-16T10:30:00Z",
    "progress": DOSSIER_PROGRESS,
    "submission": TRANSFER_SUBMITTED,
}
