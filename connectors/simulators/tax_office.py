"""A tax office's system that takes information slips from land registries, and answers them.

Faithful in its quirks: it names a dossier by SoBienNhan alone and, asked, shows the latest slip of
it; it shows and wants a SecurityCode in the body, says how a call went in MaLoi (a number in some
answers, a text in others) beside a Vietnamese sentence, answers a slip it has with 2, and posts its
own word to one address per operation. It acts only when it is told to.
"""

from dataclasses import dataclass, field
from typing import Any

import httpx

from connectors.simulators.partner_server import Json, PartnerServer, Posted

SECURITY_CODE = "synthetic-tax-code"
"""What the land side shows it."""
ANSWER_CODE = "synthetic-answer-code"
"""What it shows the land side."""


@dataclass(slots=True)
class TaxOffice:
    """Slips by SoBienNhan, and every call that took effect."""

    slips: dict[str, Json] = field(default_factory=dict)
    taken: list[tuple[str, int]] = field(default_factory=list)
    supplements: list[Json] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    busy: int = 0
    """How many further calls are answered that the system is busy."""
    one_slip_each: bool = False
    """Whether it has room for one slip of a dossier and turn, whatever step it is for."""
    _turns: dict[tuple[str, str], int] = field(default_factory=dict)

    def respond(self, posted: Posted) -> tuple[int, Any]:
        document = posted.document
        if not isinstance(document, dict):
            return 500, {"Message": "An error has occurred."}
        if document.get("SecurityCode") != SECURITY_CODE:
            return 200, {"MaLoi": "4", "ThongBao": "Mã bảo mật không đúng"}
        if self.busy:
            self.busy -= 1
            return 200, {"MaLoi": 9, "ThongBao": "Hệ thống bận, chưa thành công"}
        code = str(document.get("SoBienNhan", ""))
        match posted.path:
            case "/TiepNhanHoSo":
                return self._take(code, document)
            case "/TraCuuHoSo":
                return self._look_up(code)
            case "/DaBoSung" if code in self.slips:
                self.supplements.append(document)
                return 200, {"MaLoi": "00", "ThongBao": "Đã nhận bổ sung"}
            case "/HuyHoSo":
                self.cancelled.append(code)
                return 200, {"MaLoi": "00", "ThongBao": "Đã huỷ"}
        return 200, {"MaLoi": 3, "ThongBao": "Không tồn tại hồ sơ"}

    def _take(self, code: str, document: Json) -> tuple[int, Any]:
        missing = [name for name in ("SoBienNhan", "HoTenChu") if not document.get(name)]
        if missing:
            return 200, {"MaLoi": 1, "ThongBao": f"Thiếu thông tin {missing[0]}"}
        step, turn = document["BuocChuyen"], int(document["LanChuyen"])
        if self.one_slip_each:
            step = ""
        if self._turns.get((code, step), 0) >= turn:
            return 200, {"MaLoi": 2, "ThongBao": "Số biên nhận đã tồn tại"}
        self._turns[code, step] = turn
        self.slips[code] = document
        self.taken.append((code, turn))
        return 200, {"MaLoi": 0, "ThongBao": "Tiếp nhận thành công"}

    def _look_up(self, code: str) -> tuple[int, Any]:
        slip = self.slips.get(code)
        if slip is None:
            return 200, {"MaLoi": 3, "ThongBao": "Không tồn tại hồ sơ"}
        turn = {name: slip[name] for name in ("BuocChuyen", "LanChuyen")}
        return 200, {"MaLoi": "0", "TrangThai": "TiepNhanHoSo", **turn}


class TaxVoice:
    """What the tax office posts to the land side, at one address per operation."""

    def __init__(self, http: httpx.AsyncClient, address: str, *, code: str = ANSWER_CODE) -> None:
        self._http = http
        self._address = address
        self._code = code

    async def says(self, operation: str, dossier: str, **members: Any) -> Json:
        """Post one operation; return the answer's document."""
        document = {"SecurityCode": self._code, "SoBienNhan": dossier, **members}
        answer = await self._http.post(f"{self._address}/{operation}", json=document)
        found: Json = answer.json()
        return found

    async def passes_on(self, dossier: str, turn: int, at: str) -> Json:
        return await self.says("LuanChuyen", dossier, LanChuyen=turn, NgayLuanChuyen=at)

    async def waits(self, dossier: str, at: str, *, pausing: bool, why: str = "1") -> Json:
        return await self.says(
            "ChoBoSung",
            dossier,
            LaTamDung=pausing,
            LyDoTamDung=why,
            NgayYeuCau=at,
            CanCu="NĐ 252/2026/NĐ-CP",
            NoiDung="Đề nghị bổ sung hợp đồng chuyển nhượng",
        )

    async def decides(self, dossier: str, at: str, *notices: Json, nothing: bool = False) -> Json:
        return await self.says(
            "KetQuaThue",
            dossier,
            NgayThongBao=at,
            KhongPhaiNop=nothing,
            DanhSachThongBaoThue=list(notices),
        )

    async def gives_back(self, dossier: str, at: str) -> Json:
        why = "Diện tích trên phiếu khác với hồ sơ"
        return await self.says("ThueChuyenTraHoSoDoSai", dossier, NgayChuyenTra=at, LyDo=why)


def tax_server() -> tuple[TaxOffice, PartnerServer]:
    """Return a tax office and the server that it runs behind."""
    office = TaxOffice()
    return office, PartnerServer(office)
