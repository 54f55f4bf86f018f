"""A land dossier goes from the land registry to tax in the tax office's own dialect, and back."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import psycopg

from connectors.dialects.secrets import digest_of
from connectors.simulators.behaviour import Fault, HttpFault
from connectors.simulators.partner_server import PartnerServer
from connectors.simulators.tax_office import (
    ANSWER_CODE,
    SECURITY_CODE,
    TaxOffice,
    TaxVoice,
    tax_server,
)
from tests.stage.dossiers import UNIT, birth, event
from tests.stage.facts import eventually
from tests.stage.inside import Inside, gateway_inside
from tests.stage.wire import Caller

LAND = "H31.15.20.012"
TAX = "G12.05.33.012"
DOSSIER = f"{LAND}-260302-0001"
NOON = "02/03/2026 08:35:00"
NOTICE = {
    "HoTenChu": "Nguyễn Văn Thử",
    "LoaiThue": "Lệ phí trước bạ",
    "SoThongBaoThue": "1234/TB-CT",
    "DuongDan": "https://thue.vidu.example/1234",
}


@dataclass(slots=True)
class Land:
    """A gateway between a land registry, which speaks for itself, and a tax office."""

    inside: Inside
    registry: Caller
    office: TaxOffice
    server: PartnerServer
    tax: TaxVoice
    transfer: str = ""
    numbers: list[int] = field(default_factory=list)

    async def say(self, kind: str, step: str, round_: int = 1, **data: Any) -> None:
        """Let the land registry say something of its own turn."""
        self.numbers.append(1)
        said = {"transfer": self.transfer, "step": step, "round": round_, **data}
        answer = await self.registry.say(
            {
                **event(1),
                "id": f"land-{len(self.numbers)}",
                "source": f"urn:lienthong:agency:{LAND}",
                "type": f"vn.lienthong.{kind}.v1",
                "subject": DOSSIER,
                "data": said,
            }
        )
        assert answer.status_code == 202, answer.text

    def states(self) -> dict[tuple[str, int], str]:
        rows = self.inside.rows("SELECT step, round, state FROM hops")
        return {(step, round_): state for step, round_, state in rows}

    async def slip_arrives(self, turn: int = 1) -> None:
        await eventually(
            lambda: self.states().get(("tax", turn)) not in (None, "planned", "dispatching"),
            within=20,
        )

    async def fetch(self, step: str) -> Mapping[str, Any]:
        """Take what lies in the land registry's mailbox until the hand-over of a step comes."""
        http, who = self.inside.http, self.registry.authorization
        for _ in range(10):
            items = (await http.get("/v1/mailbox", headers=who)).json()["items"]
            for item in items:
                await http.post(f"/v1/mailbox/{item['delivery']}/ack", headers=who)
                data: Mapping[str, Any] = item["event"]["data"]
                if "task" in data and data["step"] == step:
                    return data
        raise AssertionError(f"no hand-over of {step} came")


@asynccontextmanager
async def _land(database_url: str) -> AsyncIterator[Land]:
    office, server = tax_server()
    secrets = {"security_code": SECURITY_CODE, "heard": digest_of(ANSWER_CODE)}
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO endpoints (agency, connector, address, secret, timeout_ms)"
            " VALUES (%s, 'land-tax', %s, %s, 1000), (%s, 'mailbox', NULL, NULL, 1000)",
            (TAX, server.address, orjson.dumps(secrets).decode(), LAND),
        )
    async with server.running(), gateway_inside(database_url, backoff_base=0.1) as inside:
        registry = await inside.caller(LAND)
        voice = TaxVoice(inside.http, f"/v1/partners/{TAX}")
        land = Land(inside, registry, office, server, voice)
        facts = {"obligation": "transfer_taxes", "deductible": False}
        answer = await registry.say(
            {
                **event(1),
                "source": f"urn:lienthong:agency:{LAND}",
                "subject": DOSSIER,
                "data": {
                    **birth(),
                    "procedure": "1.012781",
                    "places": {"land_parcel": UNIT, "applicant": UNIT},
                    "facts": facts,
                },
            }
        )
        assert answer.status_code == 202, answer.text
        land.transfer = answer.json()["transfer"]
        yield land


async def _slip(land: Land) -> None:
    await land.say("hop.completed", "land-transfer-slip", outcome="forwarded")
    await land.slip_arrives()


async def test_a_slip_goes_out_and_the_notices_come_back(database_url: str) -> None:
    async with _land(database_url) as land:
        await _slip(land)

        slip = land.office.slips[DOSSIER]
        assert slip["HoTenChu"] == "Nguyễn Văn Thử"
        assert slip["LoaiNghiaVu"] == "TNCN-LPTB"
        assert slip["NgayNhanHoSo"] == "02/03/2026 08:20:00"
        assert (await land.tax.passes_on(DOSSIER, 1, NOON))["MaLoi"] == "00"
        assert land.states()["tax", 1] == "received"
        assert (await land.tax.decides(DOSSIER, NOON, NOTICE))["MaLoi"] == "00"
        assert land.states()["tax", 1] == "completed"
        assert land.office.taken == [(DOSSIER, 1)]


async def test_the_notices_reach_who_works_on_the_dossier_next(database_url: str) -> None:
    async with _land(database_url) as land:
        await _slip(land)
        await land.tax.decides(DOSSIER, NOON, NOTICE, nothing=True)
        assert land.states()["land-completion", 1] == "dispatching"

        offered = await land.fetch("land-completion")

        [slip, tax] = offered["results"]
        assert (slip["step"], tax["step"]) == ("land-transfer-slip", "tax")
        assert tax["notices"][0]["number"] == "1234/TB-CT"


async def test_a_wrong_slip_goes_back_to_the_land_registry_and_comes_again_as_another_turn(
    database_url: str,
) -> None:
    async with _land(database_url) as land:
        await _slip(land)

        assert (await land.tax.gives_back(DOSSIER, NOON))["MaLoi"] == "00"
        assert land.states()["tax", 1] == "returned"
        assert land.states()["land-transfer-slip", 2] == "dispatching"
        await land.say("hop.completed", "land-transfer-slip", 2, outcome="forwarded")
        await land.slip_arrives(2)

        assert land.office.taken == [(DOSSIER, 1), (DOSSIER, 2)]
        [(reason,)] = land.inside.rows(
            "SELECT body::json ->> 'reason' FROM ledger WHERE act = 'hop.returned'"
        )
        assert reason == "wrong_data"


async def test_a_wrong_procedure_goes_back_to_where_it_was_typed(database_url: str) -> None:
    async with _land(database_url) as land:
        await _slip(land)

        await land.tax.says(
            "ThongBaoNhapSaiThuTuc", DOSSIER, NgayThongBao=NOON, NoiDung="Sai mã thủ tục"
        )

        assert land.states()["tax", 1] == "returned"
        assert land.states()["origin", 2] == "dispatching"


async def test_the_tax_office_pauses_and_goes_on(database_url: str) -> None:
    async with _land(database_url) as land:
        await _slip(land)

        await land.tax.waits(DOSSIER, NOON, pausing=True)
        assert land.states()["tax", 1] == "paused"
        await land.tax.waits(DOSSIER, "02/03/2026 08:36:00", pausing=False)

        assert land.states()["tax", 1] == "received"


async def test_a_lost_answer_is_asked_after_and_the_slip_is_not_sent_twice(
    database_url: str,
) -> None:
    async with _land(database_url) as land:
        land.server.faulty = "TiepNhanHoSo"
        land.server.faults.append(HttpFault(Fault.CUT))

        await _slip(land)

        assert land.office.taken == [(DOSSIER, 1)]
        assert land.server.paths() == ["/TiepNhanHoSo", "/TraCuuHoSo"]
        [(evidence,)] = land.inside.rows(
            "SELECT evidence FROM deliveries WHERE agency = %s AND kind = 'handover.offered'", TAX
        )
        assert evidence == "asked: status TiepNhanHoSo"


async def test_a_busy_office_is_tried_again(database_url: str) -> None:
    async with _land(database_url) as land:
        land.office.busy = 2

        await _slip(land)

        assert land.office.taken == [(DOSSIER, 1)]


async def test_what_it_says_twice_counts_once(database_url: str) -> None:
    async with _land(database_url) as land:
        await _slip(land)
        await land.tax.decides(DOSSIER, NOON, NOTICE)
        before = land.inside.count("SELECT count(*) FROM ledger")

        again = await land.tax.decides(DOSSIER, NOON, NOTICE)

        assert again["MaLoi"] == "00"
        assert land.inside.count("SELECT count(*) FROM ledger") == before


async def test_an_operation_that_is_not_in_the_contract_is_refused_in_its_own_words(
    database_url: str,
) -> None:
    async with _land(database_url) as land:
        await _slip(land)

        answer = await land.tax.says("XoaHoSo", DOSSIER)

        assert answer["MaLoi"] == "1"
        assert land.states()["tax", 1] == "delivered"


async def test_a_wrong_security_code_changes_nothing(database_url: str) -> None:
    async with _land(database_url) as land:
        await _slip(land)
        stranger = TaxVoice(land.inside.http, f"/v1/partners/{TAX}", code="guessed")

        assert (await stranger.gives_back(DOSSIER, NOON))["MaLoi"] == "4"
        assert land.states()["tax", 1] == "delivered"


async def test_the_secret_that_a_post_shows_is_kept_nowhere(database_url: str) -> None:
    async with _land(database_url) as land:
        await _slip(land)
        await land.tax.decides(DOSSIER, NOON, NOTICE)
        await land.tax.says("XoaHoSo", DOSSIER)

        bodies = land.inside.rows("SELECT body FROM payloads")
        assert any(b"KetQuaThue" in bytes(body) for (body,) in bodies)
        assert not [body for (body,) in bodies if ANSWER_CODE.encode() in bytes(body)]
