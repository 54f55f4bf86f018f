"""The national portal as provinces know it: sessions, one address for every service, upserts.

Faithful in its quirks: success is error_code "00" in some answers and 0 in others; whatever goes
wrong is told in a 200 beside a Vietnamese sentence; a session that ran out is one of those; two
lines of progress are two lines. It notes every dossier's statuses in order.
"""

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from connectors.simulators.partner_server import Json, PartnerServer, Posted

USER, PASSWORD, UNIT = "lienthong", "synthetic portal password", "H31"
_NEEDED = ("MaHoSo", "MaTTHC", "ChuHoSo", "LoaiDoiTuong", "NgayTiepNhan", "TrangThaiHoSo")


@dataclass(slots=True)
class NationalPortal:
    """What the portal has: dossiers, and every status and line of progress it was given."""

    dossiers: dict[str, Json] = field(default_factory=dict)
    statuses: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    progress: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    services: list[str] = field(default_factory=list)
    logins: int = 0
    session: str | None = None
    failing: str | None = None
    """The error_code of the next calls, if any."""
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def expire_session(self) -> None:
        self.session = None

    def respond(self, posted: Posted) -> tuple[int, Any]:
        document = posted.document
        if not isinstance(document, dict):
            return 200, {"error_code": "99", "message": "Dữ liệu không hợp lệ"}
        if posted.path == "/login":
            return self._login(document)
        if self.session is None or document.get("session") != self.session:
            return 200, {"error_code": "-1", "message": "Phiên làm việc đã hết hạn"}
        if self.failing is not None:
            return 200, {"error_code": self.failing, "message": "Có lỗi, không thành công"}
        service = str(document.get("service"))
        self.services.append(service)
        match service:
            case "TraCuuHoSo":
                found = self.dossiers.get(document["mahoso"])
                return 200, {"error_code": "00", "result": [found] if found else []}
            case "DongBoHoSoMC":
                return self._synchronise(document)
            case "CapNhatTienDoHoSoMC":
                [line] = document["data"]
                self.progress[line["MaHoSo"]].append(line)
                return 200, {"error_code": 0, "message": "Thành công"}
        return 200, {"error_code": "99", "message": "Không có dịch vụ này"}

    def _login(self, document: Json) -> tuple[int, Any]:
        if (document.get("username"), document.get("password")) != (USER, PASSWORD):
            return 200, {"error_code": "01", "message": "Sai tài khoản"}
        self.logins += 1
        self.session = f"session-{next(self._numbers)}"
        return 200, {"error_code": 0, "session": self.session}

    def _synchronise(self, document: Json) -> tuple[int, Any]:
        [dossier] = document["data"]
        missing = [name for name in _NEEDED if not dossier.get(name)]
        if missing:
            return 200, {"error_code": "01", "message": f"Thiếu {missing[0]}"}
        code = dossier["MaHoSo"]
        is_known = code in self.dossiers
        if document["isUpdating"] != str(is_known):
            told = "đã tồn tại" if is_known else "không tồn tại"
            return 200, {"error_code": "01", "message": f"Hồ sơ {told}"}
        self.dossiers[code] = {**self.dossiers.get(code, {}), **dossier}
        self.statuses[code].append(dossier["TrangThaiHoSo"])
        return 200, {"error_code": "00", "message": "Đồng bộ thành công"}


def portal_server() -> tuple[NationalPortal, PartnerServer]:
    """Return a portal and the server that it runs behind."""
    portal = NationalPortal()
    return portal, PartnerServer(portal)
