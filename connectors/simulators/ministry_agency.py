"""A ministry's system as an agency: it takes hand-overs by REST, and posts everything it may say.

It signs calls in by OAuth 2, knows the caller's keys, says how a call went in a code that is a
number in some answers and a text in others, and tells dossiers by its own names of everything.
Its mapping is `tests/contract/dialects/office.toml`.
"""

import itertools
from typing import Any, Final

import orjson

from connectors.simulators.agency import Desk
from connectors.simulators.json_agency import JsonAgency, Post
from connectors.simulators.messages import Message
from connectors.simulators.office import Taken
from connectors.simulators.partner_server import Json, Posted
from connectors.simulators.token_partner import TokenPartner
from schemas.kinds import Kind

KEY: Final = "synthetic ministry key"
"""What it shows us."""
_VERDICTS: Final = {"0": "accepted", "1": "duplicate", "422": "refused", "400": "refused"}
_HOP: Final = {"luot": "transfer", "buoc": "step", "lan": "round"}
_NAMES: Final = {
    **_HOP,
    "lyDo": "reason",
    "coQuan": "agency",
    "trangThai": "state",
    "benYeuCau": "requested_by",
    "canCu": "legal_basis",
    "veBuoc": "to_step",
    "giaiThich": "explanation",
    "ketQua": "outcome",
    "ghiChu": "note",
    "maNoiBo": "local_code",
    "luc": "finished_at",
}
"""Its names of what ours are named."""
_OURS: Final = {ours: theirs for theirs, ours in _NAMES.items()}


class MinistryCounter:
    """Takes hand-overs for a desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._door = TokenPartner("oauth2-client-credentials")
        self._numbers = itertools.count()

    def respond(self, posted: Posted) -> tuple[int, Any]:
        if posted.path == "/token":
            return self._door.respond(posted)
        if not self._door.knows(posted):
            return 401, {"ma": 401, "thongBao": "Không được phép truy cập"}
        said, kind = posted.document, _KINDS.get(posted.path)
        if kind is None or not isinstance(said, dict):
            return 200, {"ma": "404", "thongBao": "Không có dịch vụ này"}
        data = _handover(said) if kind is Kind.HANDOVER_OFFERED else _ours(said)
        taken = self._take(posted.headers["idempotency-key"], kind, said, data)
        if taken is Taken.UNREADABLE:
            return 200, {"ma": 422, "thongBao": "Dữ liệu không hợp lệ, chưa tiếp nhận thành công"}
        code: int | str = 0 if next(self._numbers) % 2 else "00"
        return 200, {"ma": "409" if taken is Taken.REPEATED else code, "thongBao": "Đã tiếp nhận"}

    def post_of(self, message: Message) -> Post | None:
        event = orjson.loads(message.body)
        data = event["data"]
        document = {
            "maThongDiep": message.id,
            "loai": message.kind.value,
            "maHoSo": message.subject,
            "thoiDiem": event["time"],
            "khoa": KEY,
        }
        if message.kind is Kind.TRANSFER_SUBMITTED:
            said = _theirs_of_a_submission(data)
        else:
            said = {_OURS[name]: data[name] for name in _OURS if name in data}
        return Post("ThongBao", {**document, **said})

    def verdict_of(self, answered: Any) -> str | None:
        return _VERDICTS.get(str(answered.get("ma")))

    def _take(self, key: str, kind: Kind, said: Json, data: Json) -> Taken:
        event = {
            "specversion": "1.0",
            "id": key,
            "source": "urn:lienthong:gateway",
            "type": kind.type,
            "subject": said["maHoSo"],
            "data": data,
        }
        return self._desk.office.take(key, orjson.dumps(event))


_KINDS: Final = {
    "/api/ho-so": Kind.HANDOVER_OFFERED,
    "/api/thu-hoi": Kind.HANDOVER_CANCELLED,
    "/api/thay-doi": Kind.HOP_CHANGED,
    "/api/yeu-cau-bo-sung": Kind.SUPPLEMENT_REQUESTED,
    "/api/ket-thuc": Kind.TRANSFER_FINISHED,
}


def ministry_agency(code: str, base_url: str, **rest: Any) -> JsonAgency:
    """Make a ministry that works on what it is handed as an agency does."""
    return JsonAgency(code, base_url, MinistryCounter, **rest)


def _ours(said: Json) -> Json:
    return {ours: said[theirs] for theirs, ours in _NAMES.items() if theirs in said}


def _handover(said: Json) -> Json:
    return {
        **{ours: said[theirs] for theirs, ours in _HOP.items()},
        "task": {"vi": said["congViec"], "en": said["congViec"]},
        "dossier": {"issuer": said["coQuanChuyen"], "code": said["maHoSo"]},
        "procedure": {"code": said["thuTuc"], "version": "-", "title": "-"},
        "sender": said["coQuanChuyen"],
        "receive_by": said["tiepNhanTruoc"],
        "complete_by": said["han"],
        "budget": said["thoiHan"],
        "submission": {
            "procedure": said["thuTuc"],
            "received_at": said["ngayNhan"],
            "channel": "in_person",
            "applicant": {"kind": "citizen", "name": said["chuHoSo"]["ten"]},
            "places": {"applicant": said["diaBan"]},
        },
        "results": [
            {"step": one["buoc"], "agency": one["coQuan"], "outcome": "approved", "results": []}
            for one in said.get("daXong", ())
        ],
    }


def _theirs_of_a_submission(data: Json) -> Json:
    return {
        "thuTuc": data["procedure"],
        "ngayNhan": data["received_at"],
        "kenh": data["channel"],
        "chuHoSo": {"ten": data["applicant"]["name"], "loai": data["applicant"]["kind"]},
        "diaBan": data["places"]["applicant"],
    }
