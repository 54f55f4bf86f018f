"""Several gateways on one folder, and every pair of agencies: nobody has what is not theirs."""

import asyncio
from itertools import permutations
from pathlib import Path
from typing import Any

import psycopg

from gateway.duties.document_pruner import DocumentPruner
from tests.integration.api.running import Api, running, submission
from tests.integration.documents.papers import TUS, declare, fetch, files_in, hand_in, paper, send

AGENCIES = ("H31.101", "H31.102", "H31.103", "H31.104", "G01.899.001", "G01.833.102")


async def test_no_agency_of_any_pair_reaches_the_others_documents(api: Api) -> None:
    callers = {agency: await api.sign_in(agency) for agency in AGENCIES}
    papers = {agency: paper(20_000, of=agency) for agency in AGENCIES}
    uploads = {agency: await hand_in(api, callers[agency], papers[agency]) for agency in AGENCIES}
    half = {agency: paper(20_000, of=f"half of {agency}") for agency in AGENCIES}
    open_ = {
        agency: (await declare(api, callers[agency], half[agency])).headers["Location"]
        for agency in AGENCIES
    }

    for one, other in permutations(AGENCIES, 2):
        caller, theirs = callers[one], papers[other]
        event = submission(
            source=f"urn:lienthong:agency:{one}", data__documents=[theirs.reference()]
        )
        event["subject"] = event["subject"].replace("H31.101", one)
        answers = [
            await fetch(api, caller, theirs),
            await fetch(api, caller, theirs, Range="bytes=0-0"),
            await api.http.head(f"/v1/documents/{theirs.digest}", headers=caller),
            await api.http.head(uploads[other], headers={**TUS, **caller}),
            await send(api, caller, open_[other], 0, b"%PDF"),
            await api.http.delete(open_[other], headers={**TUS, **caller}),
        ]
        named = await api.send(event, caller)
        assert [answer.status_code for answer in answers] == [404] * 6, (one, other)
        assert named.json()["type"].endswith(":document-missing"), (one, other)

    assert await api.rows("SELECT count(*) FROM document_accesses WHERE act = 'served'") == [(0,)]
    assert await api.rows("SELECT count(*) FROM document_uploads WHERE received > 0") == [(6,)]
    for agency in AGENCIES:
        assert (await fetch(api, callers[agency], papers[agency])).status_code == 200


async def test_two_gateways_share_the_folder(database_url: str, folder: Path) -> None:
    settings: dict[str, Any] = {"documents_folder": folder, "documents_reserve_megabytes": 0}
    async with (
        running(database_url, **settings) as one,
        running(database_url, **settings) as other,
    ):
        commune, whole = await one.sign_in(), paper(300_000)
        upload = (await declare(one, commune, whole)).headers["Location"]

        first = await send(one, commune, upload, 0, whole.content[:100_001])
        second = await send(other, commune, upload, 100_001, whole.content[100_001:])
        fetched = [await fetch(gateway, commune, whole) for gateway in (one, other)]

    assert (first.status_code, second.status_code) == (204, 204)
    assert [answer.content == whole.content for answer in fetched] == [True, True]


async def test_one_of_two_that_hand_in_the_same_at_once_is_kept(api: Api, folder: Path) -> None:
    one, other = await api.sign_in(), await api.sign_in("H31.102")
    same = paper(400_000)

    await asyncio.gather(hand_in(api, one, same), hand_in(api, other, same))

    assert [(await fetch(api, caller, same)).status_code for caller in (one, other)] == [200, 200]
    assert len(files_in(folder)) == 1


async def test_what_a_batch_refers_to_at_this_moment_is_not_purged(
    api: Api, database_url: str
) -> None:
    commune, one = await api.sign_in(), paper()
    await hand_in(api, commune, one)
    receipt = await api.submit(commune)
    api.clock.move(days=400)
    depository = api.gateway.services.depository
    assert depository is not None
    digest = bytes.fromhex(one.digest)

    async with await psycopg.AsyncConnection.connect(database_url) as batch:
        await batch.execute("SELECT FROM documents WHERE sha256 = %s FOR SHARE", (digest,))
        await DocumentPruner(depository).prune()
        await batch.execute(
            "INSERT INTO document_references (transfer_id, sha256, agency, cause, size, since)"
            " VALUES (%s, %s, 'H31.101', gen_random_uuid(), 1, now())",
            (receipt["transfer"], digest),
        )
    await DocumentPruner(depository).prune()

    assert (await fetch(api, commune, one)).content == one.content


async def test_declaring_again_and_again_leaves_one_row(api: Api) -> None:
    commune, one = await api.sign_in(), paper()
    await hand_in(api, commune, one)

    declared = [await declare(api, commune, one) for _ in range(3)]

    assert len({answer.headers["Location"] for answer in declared}) == 1
    assert await api.rows("SELECT count(*) FROM document_uploads") == [(1,)]
