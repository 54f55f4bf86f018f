"""The national portal is told where a dossier stands, once, in its own dialect, and is asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
from connectors.simulators.partner_server import PartnerServer, Posted
from gateway.duties.reconciler import Reconciler
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
    looker: DialectCaller
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
        since = datetime(2026, 1, 1, tzinfo=UTC)
        pool = self.inside.gateway.services.pool
        return await reconcile(pool, load_policies(), self.looker, PORTAL, since=since)


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
    async with (
        server.running(),
        gateway_inside(database_url, backoff_base=0.1, reconcile_hours=0) as inside,
    ):
        looker = DialectCaller("dvcqg", mapping="dvcqg")
        try:
            yield Country(inside, await inside.caller(), portal, server, looker)
        finally:
            await looker.aclose()


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


async def test_a_cut_synchronisation_is_said_again_and_its_line_of_progress_follows(
    database_url: str,
) -> None:
    async with _country(database_url) as country:
        await country.submit()
        await country.shows("2")
        country.server.partner = _Losing(country.portal, "DongBoHoSoMC")

        await country.say("hop.received")

        await country.shows("2", "4", "4")
        assert len(country.portal.progress[DOSSIER]) == 1


async def test_a_line_in_doubt_is_listed_and_not_sent_twice(database_url: str) -> None:
    async with _country(database_url) as country:
        await country.submit()
        await country.shows("2")
        country.server.partner = _Losing(country.portal, "CapNhatTienDoHoSoMC")

        await country.say("hop.received")

        await country.shows("2", "4")
        found = await country.reconciled()
        assert len(country.portal.progress[DOSSIER]) == 1
        assert found.differences == []
        assert found.in_doubt == [DOSSIER]


@dataclass(slots=True)
class _Losing:
    """Takes everything; the answer to the first call of a service is lost."""

    portal: NationalPortal
    service: str | None

    def respond(self, posted: Posted) -> tuple[int, Any]:
        answered = self.portal.respond(posted)
        if self.service is not None and self.service.encode() in posted.body:
            self.service = None
            raise ConnectionError
        return answered


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


def _reconciler(country: Country, *, every: timedelta = timedelta(hours=1)) -> Reconciler:
    services = country.inside.gateway.services
    return Reconciler(
        services.pool,
        services.librarian,
        services.clock,
        services.endpoints,
        {"dvcqg": country.looker},
        every=every,
        back=timedelta(days=3650),
        page=2,
    )


async def _go_through(country: Country, reconciler: Reconciler) -> int:
    """Let it do all that is due; return how many pages that were."""
    await reconciler.look()  # of a new follower: it is due after an interval
    country.inside.rows("UPDATE reconciliations SET due_at = '-infinity'")
    pages = 1
    while await reconciler.look():
        pages += 1
    return pages


def _alarms(country: Country) -> list[tuple[Any, ...]]:
    query = (
        "SELECT subject, detail FROM alarms WHERE kind = 'follower-differs' AND cleared_at IS NULL"
    )
    return country.inside.rows(query)


async def test_reconciling_is_a_duty_and_what_differs_is_an_alarm(database_url: str) -> None:
    async with _country(database_url) as country:
        for number in range(1, 6):
            await country.submit(number)
        await eventually(
            lambda: country._owed() == 0 and len(country.portal.dossiers) == 5, within=20
        )
        country.portal.dossiers[code(2)]["TrangThaiHoSo"] = "9"
        del country.portal.dossiers[code(5)]
        told = len(country.portal.services)
        reconciler = _reconciler(country)

        pages = await _go_through(country, reconciler)

        assert pages == 3
        assert country.portal.services[told:] == ["TraCuuHoSo"] * 5
        detail = {"completed": 1, "differing": 2, "missing": 1, "same": 3}
        assert _alarms(country) == [(PORTAL, detail)]
        assert reconciler.differing == {PORTAL: 2}

        country.portal.dossiers[code(2)]["TrangThaiHoSo"] = "2"
        country.portal.dossiers[code(5)] = {"TrangThaiHoSo": "2"}
        await _go_through(country, reconciler)
        assert _alarms(country) == []


async def test_of_several_processes_one_compares(database_url: str) -> None:
    async with _country(database_url) as country:
        for number in range(1, 4):
            await country.submit(number)
        await eventually(
            lambda: country._owed() == 0 and len(country.portal.dossiers) == 3, within=20
        )
        told = len(country.portal.services)
        processes = [_reconciler(country) for _ in range(3)]
        await processes[0].look()
        country.inside.rows("UPDATE reconciliations SET due_at = '-infinity'")

        more = await asyncio.gather(*(one.look() for one in processes))
        while any(await asyncio.gather(*(one.look() for one in processes))):
            pass

        assert more.count(True) >= 1
        assert country.portal.services[told:] == ["TraCuuHoSo"] * 3
        [(last,)] = country.inside.rows("SELECT last FROM reconciliations")
        assert last == {"same": 3}


async def test_a_portal_that_is_away_or_switched_off_is_no_difference(database_url: str) -> None:
    async with _country(database_url) as country:
        for number in range(1, 8):
            await country.submit(number)
        await eventually(
            lambda: country._owed() == 0 and len(country.portal.dossiers) == 7, within=20
        )
        reconciler = _reconciler(country)
        reconciler._page = 50
        country.portal.failing = "99"

        await _go_through(country, reconciler)
        rows = country.inside.rows("SELECT counts, last, due_at > now() FROM reconciliations")
        country.inside.rows("UPDATE endpoints SET enabled = false")
        country.inside.rows("UPDATE reconciliations SET due_at = '-infinity'")
        await country.inside.gateway.refresh_endpoints()
        asked = len(country.server.seen)
        await reconciler.look()

        assert rows == [({}, None, True)]
        assert _alarms(country) == []
        assert len(country.server.seen) == asked


async def test_without_an_interval_nothing_is_compared(database_url: str) -> None:
    async with _country(database_url) as country:
        await _go_through(country, _reconciler(country, every=timedelta()))

        assert country.inside.count("SELECT count(*) FROM reconciliations") == 0
