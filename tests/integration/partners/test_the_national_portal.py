"""The national portal is told where a dossier stands, once, in its own dialect, and is asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import psycopg

from connectors.dialects.caller import DialectCaller
from connectors.simulators.behaviour import Fault, HttpFault
from connectors.simulators.national_portal import (
    PASSWORD,
    UNIT,
    USER,
    NationalPortal,
    portal_server,
)
from connectors.simulators.partner_server import PartnerServer
from gateway.operations.reconciling import Reconciled, reconcile
from routing.policies import load_policies
from tests.stage.dossiers import COMMUNE, birth, code, copies, event
from tests.stage.facts import eventually
from tests.stage.inside import Inside, gateway_inside
from tests.stage.wire import Caller

PORTAL = "G22.99.01"
DOSSIER = code(1)
NUMBER = {"kind": "personal_number", "value": "000300000001"}  # synthetic: 000 is no province


@dataclass(slots=True)
class Country:
    """A gateway, one commune that works on its own dossiers, and the portal that follows them."""

    inside: Inside
    commune: Caller
    portal: NationalPortal
    server: PartnerServer
    transfer: str = ""
    said: int = 0

    async def submit(self, number: int = 1, **changes: Any) -> None:
        answer = await self.commune.say(event(number, birth(**changes)))
        assert answer.status_code == 202, answer.text
        self.transfer = answer.json()["transfer"]

    async def say(self, kind: str, **data: Any) -> None:
        """Let the commune say something of its own turn."""
        self.said += 1
        told = {"transfer": self.transfer, "step": "civil-status", "round": 1, **data}
        answer = await self.commune.say(
            {
                **event(1),
                "id": f"said-{self.said}",
                "type": f"vn.lienthong.{kind}.v1",
                "data": told,
            }
        )
        assert answer.status_code == 202, answer.text

    async def shows(self, *statuses: str) -> None:
        """Wait until nothing is owed to the portal, then see what it was told, in order."""
        await eventually(lambda: self._owed() == 0, within=20)
        assert self.portal.statuses[DOSSIER] == list(statuses)

    def _owed(self) -> int:
        query = "SELECT count(*) FROM deliveries WHERE agency = %s AND state <> 'delivered'"
        return self.inside.count(query, PORTAL)

    async def reconciled(self) -> Reconciled:
        caller = DialectCaller("dvcqg", mapping="dvcqg")
        since = datetime(2026, 1, 1, tzinfo=UTC)
        pool = self.inside.gateway.services.pool
        try:
            return await reconcile(pool, load_policies(), caller, PORTAL, since=since)
        finally:
            await caller.aclose()


@asynccontextmanager
async def _country(database_url: str, *, connected: bool = True) -> AsyncIterator[Country]:
    portal, server = portal_server()
    secret = orjson.dumps({"username": USER, "password": PASSWORD}).decode()
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO endpoints (agency, connector) VALUES (%s, 'mailbox')", (COMMUNE,)
        )
        if connected:
            connection.execute(
                "INSERT INTO endpoints (agency, connector, address, secret, timeout_ms, options)"
                " VALUES (%s, 'dvcqg', %s, %s, 1000, %s)",
                (PORTAL, server.address, secret, f'{{"madonvi": "{UNIT}"}}'),
            )
    async with server.running(), gateway_inside(database_url, backoff_base=0.1) as inside:
        yield Country(inside, await inside.caller(), portal, server)


async def test_a_birth_is_synchronised_from_submission_to_the_end(database_url: str) -> None:
    async with _country(database_url) as country:
        await country.submit(
            applicant={"kind": "citizen", "name": "Nguyễn Văn Thử", "identifier": NUMBER}
        )
        await country.shows("2")
        await country.say("hop.received")
        await country.shows("2", "4")
        await country.say("hop.paused", reason="supplement", legal_basis="NĐ 63/2024/NĐ-CP")
        await country.say("hop.resumed", reason="supplement")
        await country.shows("2", "4", "5", "4")

        shown = country.portal.dossiers[DOSSIER]
        assert shown["ChuHoSo"] == "Nguyễn Văn Thử"
        assert shown["NgayTiepNhan"] == "20260302082000"
        assert shown["DinhDanhCHS"] == [{"LoaiDinhDanh": "1", "SoDinhDanh": "000300000001"}]
        assert [line["TrangThai"] for line in country.portal.progress[DOSSIER]] == ["4", "5", "4"]
        assert country.portal.services[:3] == ["TraCuuHoSo", "DongBoHoSoMC", "TraCuuHoSo"]


async def test_an_identity_number_that_nobody_gave_is_not_made_up(database_url: str) -> None:
    async with _country(database_url) as country:
        await country.submit()
        await country.shows("2")

        assert "SoGiayToChuHoSo" not in country.portal.dossiers[DOSSIER]
        assert "DinhDanhCHS" not in country.portal.dossiers[DOSSIER]


async def test_a_refusal_after_work_began_is_told_as_stopped_and_not_as_done(
    database_url: str,
) -> None:
    async with _country(database_url) as country:
        await country.submit()
        await country.say("hop.received")
        await country.say("hop.refused", reason="rejected", explanation="Không đủ điều kiện.")
        await country.say("refusal.acknowledged")

        await country.shows("2", "4", "4", "8")


async def test_a_session_that_ran_out_is_renewed(database_url: str) -> None:
    async with _country(database_url) as country:
        await country.submit()
        await country.shows("2")
        country.portal.expire_session()

        await country.say("hop.received")

        await country.shows("2", "4")
        assert country.portal.logins == 2


async def test_a_portal_that_is_busy_or_cut_off_is_told_in_the_end_and_once(
    database_url: str,
) -> None:
    async with _country(database_url) as country:
        await country.submit()
        await country.shows("2")
        # Both hit the question that comes first: nothing had been told yet.
        country.server.faults.extend([HttpFault(Fault.STATUS, status=429), HttpFault(Fault.CUT)])

        await country.say("hop.received")

        await country.shows("2", "4")
        assert len(country.portal.progress[DOSSIER]) == 1


async def test_a_cut_synchronisation_is_found_by_its_status(database_url: str) -> None:
    async with _country(database_url) as country:
        respond = country.portal.respond

        def cutting(posted: Any) -> tuple[int, Any]:
            if b"DongBoHoSoMC" in posted.body and not country.portal.statuses[DOSSIER]:
                respond(posted)
                raise ConnectionError  # it has it, and its answer is lost
            return respond(posted)

        country.server._partner = _Instead(cutting)
        await country.submit()

        await country.shows("2")
        [(evidence,)] = country.inside.rows(
            "SELECT evidence FROM deliveries WHERE agency = %s", PORTAL
        )
        assert evidence == "asked: status 2"


class _Instead:
    def __init__(self, respond: Any) -> None:
        self.respond = respond


async def test_what_the_portal_knows_better_is_left_alone(database_url: str) -> None:
    async with _country(database_url) as country:
        await country.submit()
        await country.shows("2")
        country.portal.dossiers[DOSSIER]["TrangThaiHoSo"] = "10"

        await country.say("hop.received")

        await country.shows("2")
        assert country.portal.dossiers[DOSSIER]["TrangThaiHoSo"] == "10"


async def test_a_procedure_that_it_does_not_follow_is_not_told_to_it(database_url: str) -> None:
    async with _country(database_url) as country:
        answer = await country.commune.say(event(1, copies()))
        assert answer.status_code == 202

        assert (
            country.inside.count("SELECT count(*) FROM deliveries WHERE agency = %s", PORTAL) == 0
        )


async def test_a_follower_that_is_not_connected_is_owed_nothing(database_url: str) -> None:
    async with _country(database_url, connected=False) as country:
        await country.submit()

        assert (
            country.inside.count("SELECT count(*) FROM deliveries WHERE agency = %s", PORTAL) == 0
        )


async def test_no_personal_data_is_in_what_is_owed(database_url: str) -> None:
    async with _country(database_url) as country:
        await country.submit()

        rows = country.inside.rows("SELECT data FROM deliveries WHERE kind = 'dossier.changed'")
        assert len(rows) == 1
        assert "Nguyễn" not in rows[0][0]


async def test_reconciling_lists_what_stands_otherwise_there(database_url: str) -> None:
    async with _country(database_url) as country:
        for number in (1, 2, 3):
            await country.submit(number)
        await eventually(lambda: len(country.portal.dossiers) == 3, within=20)
        assert (await country.reconciled()).differences == []
        country.portal.dossiers[code(2)]["TrangThaiHoSo"] = "9"
        del country.portal.dossiers[code(3)]

        found = await country.reconciled()

        told = [(one.dossier, one.ours, one.theirs) for one in found.differences]
        assert told == [(code(2), "accepted", "completed"), (code(3), "accepted", "missing")]
        assert found.counts["same"] == 1


async def test_reconciling_stops_where_nobody_answers(database_url: str) -> None:
    async with _country(database_url) as country:
        for number in range(1, 9):
            await country.submit(number)
        await eventually(lambda: len(country.portal.dossiers) == 8, within=30)
        country.portal.failing = "99"

        found = await country.reconciled()

        assert not found.is_whole
        assert found.counts["no-answer"] == 5
