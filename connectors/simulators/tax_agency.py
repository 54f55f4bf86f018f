"""A tax office as an agency: it works on the information slips that its system takes.

Of a dossier it is told what the slip says and no more; what it answers goes to one address per
operation. It has no word for a refusal: what it will not take, it gives back.
"""

from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_OID, uuid5
from zoneinfo import ZoneInfo

import orjson

from connectors.simulators.agency import Desk
from connectors.simulators.json_agency import JsonAgency, Post
from connectors.simulators.messages import Message
from connectors.simulators.partner_server import Json, Posted
from connectors.simulators.tax_office import ANSWER_CODE, TaxOffice
from schemas.kinds import Kind

_ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_WRITTEN: Final = "%d/%m/%Y %H:%M:%S"
_HAS_IT: Final = frozenset({"0", "00", "2"})
_VERDICTS: Final = {"00": "accepted", "1": "refused", "4": "unauthenticated"}


class TaxCounter:
    """Takes slips for a desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.office = TaxOffice()

    def respond(self, posted: Posted) -> tuple[int, Any]:
        status, answered = self.office.respond(posted)
        has_it = str(answered.get("MaLoi")) in _HAS_IT
        match posted.path:
            case "/TiepNhanHoSo" if has_it:
                self._take("", Kind.HANDOVER_OFFERED, posted.document, _handover(posted.document))
            case "/HuyHoSo" if has_it:
                said = {**_turn(posted.document), "reason": posted.document["LyDo"]}
                self._take("huy/", Kind.HANDOVER_CANCELLED, posted.document, said)
        return status, answered

    def post_of(self, message: Message) -> Post | None:
        event = orjson.loads(message.body)
        data, at = event["data"], _written(event["time"])
        turn = {"BuocChuyen": data["step"], "LanChuyen": data["round"]}
        match message.kind:
            case Kind.HOP_RECEIVED:
                operation, said = "LuanChuyen", {**turn, "NgayLuanChuyen": at}
            case Kind.HOP_PAUSED | Kind.HOP_RESUMED:
                is_pause = message.kind is Kind.HOP_PAUSED
                basis = {"CanCu": data["legal_basis"]} if is_pause else {}
                told = {"LaTamDung": is_pause, "LyDoTamDung": "1", "NgayYeuCau": at}
                operation, said = "ChoBoSung", {**turn, **told, **basis}
            case Kind.HOP_COMPLETED:
                nothing = {"KhongPhaiNop": True, "DanhSachThongBaoThue": []}
                operation, said = "KetQuaThue", {**turn, "NgayThongBao": at, **nothing}
            case Kind.HOP_RETURNED if data["to_step"] == "origin":
                told = {"NgayThongBao": at, "NoiDung": data["explanation"]}
                operation, said = "ThongBaoNhapSaiThuTuc", {**turn, **told}
            case Kind.HOP_RETURNED:
                told = {"NgayChuyenTra": at, "LyDo": data["explanation"]}
                operation, said = "ThueChuyenTraHoSoDoSai", {**turn, **told}
            case _:
                return None
        shown = {"SecurityCode": ANSWER_CODE, "SoBienNhan": message.subject}
        return Post(operation, {**shown, **said})

    def verdict_of(self, answered: Any) -> str | None:
        return _VERDICTS.get(str(answered.get("MaLoi")))

    def _take(self, what: str, kind: Kind, slip: Json, data: Json) -> None:
        key = f"{what}{slip_key(slip['SoBienNhan'], slip['BuocChuyen'], slip['LanChuyen'])}"
        event = {
            "specversion": "1.0",
            "id": str(uuid5(NAMESPACE_OID, key)),
            "source": "urn:lienthong:gateway",
            "type": kind.type,
            "subject": slip["SoBienNhan"],
            "data": data,
        }
        self._desk.office.take(key, orjson.dumps(event))


def tax_agency(code: str, base_url: str, **rest: Any) -> JsonAgency:
    """Make a tax office that works on its slips as an agency does."""
    return JsonAgency(code, base_url, TaxCounter, **rest)


def slip_key(dossier: str, step: str, turn: int) -> str:
    """Name a slip as the tax office tells it from others."""
    return f"{dossier}/{step}/{turn}"


def _turn(slip: Json) -> Json:
    """Name the turn as its software has to: it was told of no transfer."""
    transfer = uuid5(NAMESPACE_OID, slip["SoBienNhan"])
    return {"transfer": str(transfer), "step": slip["BuocChuyen"], "round": slip["LanChuyen"]}


def _handover(slip: Json) -> Json:
    received_at = _read(slip["NgayNhanHoSo"])
    return {
        **_turn(slip),
        "task": {"vi": "Xác định nghĩa vụ tài chính", "en": "Determine financial obligations"},
        "dossier": {"issuer": slip["MaDonViChuyen"], "code": slip["SoBienNhan"]},
        "procedure": {"code": slip["MaThuTuc"], "version": "-", "title": "-"},
        "sender": slip["MaDonViChuyen"],
        "receive_by": received_at,
        "complete_by": _read(slip["HanXuLy"]),
        "budget": "5 wd",
        "submission": {
            "procedure": slip["MaThuTuc"],
            "received_at": received_at,
            "channel": "in_person",
            "applicant": {"kind": "citizen", "name": slip["HoTenChu"]},
            "places": {"land_parcel": slip["MaDonViHanhChinhThuaDat"]},
        },
        "results": [],
    }


def _written(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(_ZONE).strftime(_WRITTEN)


def _read(written: str) -> str:
    return datetime.strptime(written, _WRITTEN).replace(tzinfo=_ZONE).isoformat()
