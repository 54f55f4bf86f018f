"""Files inside a partner's letter are documents: kept once, referred to, served to whom they
concern; and what cannot be kept leaves nothing half done."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from connectors.simulators import Behaviour, Paper, Script
from gateway.documents.scanners import Verdict
from gateway.documents.shelf import Shelf
from gateway.duties.inspector import Inspector
from schemas.kinds import Kind
from tests.integration.documents.papers import paper
from tests.integration.partners.axis import SILENT_AFTER_RECEIPT, Axis, axis_with
from tests.stage.dossiers import COMMUNE, INSURANCE, POPULATION, code

SCAN = paper(300_000, of="scan")
SCANNED = Paper("Kết quả.pdf", SCAN.content)
OPINION = Paper("Công văn trả lời.PDF", paper(90_000, of="opinion").content, None)
WAITING = Behaviour(scripts={code(1): SILENT_AFTER_RECEIPT})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "documents"


@asynccontextmanager
async def keeping(
    database_url: str, folder: Path, behaviour: Behaviour = WAITING, **settings: Any
) -> AsyncIterator[Axis]:
    chosen = {"documents_folder": folder, "documents_reserve_megabytes": 0, **settings}
    async with axis_with(database_url, behaviour, settings=chosen) as axis:
        yield axis


async def fetched(axis: Axis, digest: str, agency: str = COMMUNE) -> httpx.Response:
    caller = axis.commune if agency == COMMUNE else await axis.inside.caller(agency)
    return await axis.inside.http.get(f"/v1/documents/{digest}", headers=caller.authorization)


async def write(axis: Axis, *papers: Paper, no: int = 1) -> httpx.Response:
    """Write a letter that answers the hand-over, and carries papers alone."""
    at = axis.agency.desk.wake.now()
    about = axis.letter()[0]
    return await axis.agency.road.write(f"G01,2026/03/02,{no}/CV", at, about=about, papers=papers)


async def test_a_result_inside_a_letter_is_a_document_of_the_transfer(
    database_url: str, folder: Path
) -> None:
    at_once = Script(received_after=timedelta(), decided_after=timedelta())
    async with keeping(database_url, folder, Behaviour(scripts={code(1): at_once})) as axis:
        axis.agency.road.papers = {(Kind.HOP_COMPLETED, code(1)): [SCANNED]}
        await axis.hand_in()

        await axis.reached("completed")

        served, stranger = (
            await fetched(axis, SCAN.digest),
            await fetched(axis, SCAN.digest, "H31.102"),
        )
        [(body,)] = axis.inside.rows(
            "SELECT p.body FROM inbox i JOIN payloads p USING (id)"
            " WHERE i.agency = %s AND i.kind = 'hop.completed'",
            POPULATION,
        )
        message = orjson.loads(bytes(body))

    assert served.content == SCAN.content
    assert stranger.status_code == 404
    [result] = message["data"]["results"]
    assert result == {
        **SCAN.reference(id="tep-1", name="Kết quả.pdf"),
        "kind": "attachment",
    }
    assert f">{SCAN.url}<" in message["posted"]["text"]
    assert len(body) < 20_000, "the file lies in one place, and that is not the payload"


async def test_a_letter_without_a_message_leaves_its_files_with_the_transfer(
    database_url: str, folder: Path
) -> None:
    async with keeping(database_url, folder) as axis:
        transfer = await axis.hand_in()
        await axis.reached("received")

        answers = [await write(axis, OPINION, SCANNED), await write(axis, OPINION, SCANNED)]

        listed = await axis.inside.http.get(
            f"/v1/transfers/{transfer}/documents", headers=axis.commune.authorization
        )
        served = await fetched(axis, SCAN.digest)
        not_yet = await fetched(axis, SCAN.digest, INSURANCE)

    assert [one.json()["verdict"] for one in answers] == ["accepted", "duplicate"]
    told = [(one["media_type"], one["size"]) for one in listed.json()["documents"]]
    assert sorted(told) == [("application/pdf", 90_000), ("application/pdf", 300_000)]
    assert served.content == SCAN.content
    assert not_yet.status_code == 404


async def test_on_a_full_disk_the_node_is_told_to_try_again_and_nothing_is_half_done(
    database_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with keeping(database_url, folder) as axis:
        await axis.hand_in()
        await axis.reached("received")
        before = axis.inside.rows("SELECT count(*) FROM inbox")
        with monkeypatch.context() as full:
            full.setattr(Shelf, "free", lambda _: 100_000)

            refused = await write(axis, OPINION, SCANNED)

        after = axis.inside.rows("SELECT count(*) FROM inbox")
        remarks = axis.inside.count("SELECT count(*) FROM partner_remarks")
        again = await write(axis, OPINION, SCANNED)

    assert (refused.status_code, refused.json()["status"]) == (503, "FAIL")
    assert refused.json()["errorCode"] == "storage-full"
    assert refused.headers["Retry-After"] == "60"
    assert (after, remarks) == (before, 0)
    assert again.json()["verdict"] == "accepted"


async def test_files_that_the_scanner_has_not_seen_leave_the_letter_unjudged(
    database_url: str, folder: Path
) -> None:
    async with keeping(database_url, folder, document_scanner="command:/bin/false") as axis:
        axis.inside.gateway.loops["inspector"].stop()
        await axis.hand_in()
        await axis.reached("received")

        unseen = await write(axis, SCANNED)
        await _scan(axis, Verdict.CLEAN)
        clean = await write(axis, SCANNED)
        await write(axis, OPINION, no=2)
        await _scan(axis, Verdict.INFECTED)
        sick = await write(axis, OPINION, no=2)

        kept = axis.inside.count("SELECT count(*) FROM partner_remarks")

    assert (unseen.status_code, unseen.json()["errorCode"]) == (503, "document-quarantined")
    assert unseen.headers["Retry-After"] == "10"
    assert clean.json()["verdict"] == "accepted"
    assert (sick.status_code, sick.json()["errorCode"]) == (422, "document-infected")
    assert kept == 1


async def test_what_can_never_be_kept_is_a_refusal_that_can_be_looked_at(
    database_url: str, folder: Path
) -> None:
    program = Paper("van-ban.exe", b"MZ" + bytes(50_000), "application/x-msdownload")
    async with keeping(database_url, folder) as axis:
        await axis.hand_in()
        await axis.reached("received")

        refused = await write(axis, SCANNED, program)

        found = axis.inside.rows(
            "SELECT i.problem, p.body FROM inbox i JOIN payloads p USING (id)"
            " WHERE i.agency = %s AND i.verdict = 'refused'",
            POPULATION,
        )

    assert (refused.status_code, refused.json()["errorCode"]) == (415, "document-type-refused")
    [(problem, body)] = found
    assert problem == "document-type-refused"
    assert b"van-ban.exe" in bytes(body)


async def test_a_gateway_that_keeps_no_documents_says_so(database_url: str) -> None:
    async with axis_with(database_url, WAITING) as axis:
        await axis.hand_in()
        await axis.reached("received")

        refused = await write(axis, SCANNED)

    assert (refused.status_code, refused.json()["errorCode"]) == (501, "documents-off")


async def test_a_letter_to_somebody_else_is_refused_loudly(database_url: str) -> None:
    async with axis_with(database_url, WAITING) as axis:
        await axis.hand_in()
        await axis.reached("received")
        at, about = axis.agency.desk.wake.now(), axis.letter()[0]
        road = axis.agency.road

        elsewhere = await road.write("G01,2026/03/02,1/CV", at, about=about, to="H99.1")
        itself = await road.write("G01,2026/03/02,2/CV", at, about=about, to=POPULATION)
        known = await road.write("G01,2026/03/02,3/CV", at, about=about, to=COMMUNE)

        refused = axis.inside.count("SELECT count(*) FROM inbox WHERE verdict = 'refused'")

    for answer in (elsewhere, itself):
        assert (answer.status_code, answer.json()["status"]) == (422, "FAIL")
        assert answer.json()["errorCode"] == "unknown-agency"
        assert answer.json()["errorDesc"].startswith("not-addressee:")
    assert known.json()["verdict"] == "accepted"
    assert refused == 2


class _Says:
    """A scanner that reads everything and always says the same."""

    def __init__(self, verdict: Verdict) -> None:
        self._verdict = verdict

    async def scan(self, content: AsyncIterator[bytes]) -> Verdict:
        async for _ in content:
            pass
        return self._verdict


async def _scan(axis: Axis, verdict: Verdict) -> None:
    depository = axis.inside.gateway.services.depository
    assert depository is not None
    inspector = Inspector(depository, _Says(verdict))
    while await inspector.inspect():
        pass
