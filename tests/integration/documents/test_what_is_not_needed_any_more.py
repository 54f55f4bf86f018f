"""Purging: uploads that were not resumed, contents whose transfers ended; nothing unresolved."""

from pathlib import Path
from typing import Any

import pytest

from gateway.duties.document_pruner import DocumentPruner
from tests.integration.api.running import COMMUNE, Api, submission
from tests.integration.documents.papers import (
    TUS,
    Paper,
    declare,
    fetch,
    files_in,
    hand_in,
    paper,
    send,
)

Caller = dict[str, str]


async def _prune(api: Api, *, each: int = 200) -> None:
    depository = api.gateway.services.depository
    assert depository is not None
    pruner = DocumentPruner(depository, each=each)
    while await pruner.prune():
        pass


async def _referred(api: Api, one: Paper) -> tuple[Caller, dict[str, Any]]:
    await api.reach_by("mailbox", COMMUNE)
    commune = await api.sign_in()
    await hand_in(api, commune, one)
    return commune, await api.submit(commune, data__documents=[one.reference()])


async def _withdraw(api: Api, commune: Caller, receipt: dict[str, Any]) -> None:
    message = submission(
        type="vn.lienthong.transfer.withdrawn.v1",
        subject=receipt["dossier"]["code"],
        data={"transfer": receipt["transfer"], "reason": "Người dân rút hồ sơ"},
    )
    answer = await api.send(message, commune)
    assert answer.status_code == 202, answer.text


async def _settle_everything(api: Api) -> None:
    await api.rows("UPDATE deliveries SET state = 'delivered' WHERE state = 'pending'")


async def test_an_upload_that_is_not_resumed_in_time_is_dropped(api: Api, folder: Path) -> None:
    commune, one = await api.sign_in(), paper(100_000)
    upload = (await declare(api, commune, one)).headers["Location"]
    await send(api, commune, upload, 0, one.content[:50_000])

    api.clock.move(hours=47)
    await _prune(api)
    resumed = await send(api, commune, upload, 50_000, one.content[50_000:60_000])
    api.clock.move(hours=49)
    late = await send(api, commune, upload, 60_000, one.content[60_000:])
    await _prune(api)
    asked = await api.http.head(upload, headers={**TUS, **commune})

    assert resumed.status_code == 204
    assert (late.status_code, asked.status_code) == (410, 410)
    assert files_in(folder) == []
    assert (await declare(api, commune, one)).status_code == 201


async def test_what_nothing_refers_to_goes_after_a_week(api: Api, folder: Path) -> None:
    commune, one = await api.sign_in(), paper()
    await hand_in(api, commune, one)

    api.clock.move(days=6)
    await _prune(api)
    within = await fetch(api, commune, one)
    api.clock.move(days=2)
    await _prune(api)
    after = await fetch(api, commune, one)

    assert (within.status_code, after.status_code) == (200, 404)
    assert files_in(folder) == []
    [(state, key)] = await api.rows(
        "SELECT state, sealed_key FROM documents WHERE purged_at IS NOT NULL"
    )
    assert (state, key) == ("purged", None)
    acts = [row[0] for row in await api.rows("SELECT act FROM document_accesses ORDER BY id")]
    assert acts == ["stored", "served", "purged"]


async def test_what_an_open_transfer_refers_to_is_never_purged(api: Api) -> None:
    one = paper()
    commune, _ = await _referred(api, one)
    await _settle_everything(api)

    api.clock.move(days=4000)
    await _prune(api)

    assert (await fetch(api, commune, one)).content == one.content


async def test_a_transfers_documents_go_when_its_retention_is_over(api: Api) -> None:
    one = paper()
    commune, receipt = await _referred(api, one)
    await _withdraw(api, commune, receipt)
    await _settle_everything(api)

    api.clock.move(days=89)
    await _prune(api)
    within = await fetch(api, commune, one)
    api.clock.move(days=2)
    await _prune(api)
    after = await fetch(api, commune, one)

    assert (within.status_code, after.status_code) == (200, 404)


@pytest.mark.parametrize("state", ["pending", "failed"])
async def test_what_is_still_owed_of_an_ended_transfer_keeps_its_documents(
    api: Api, state: str
) -> None:
    one = paper()
    commune, receipt = await _referred(api, one)
    await _withdraw(api, commune, receipt)
    await _settle_everything(api)
    await api.rows(
        "UPDATE deliveries SET state = %s WHERE id = (SELECT max(id::text)::uuid FROM deliveries)",
        state,
    )

    api.clock.move(days=400)
    await _prune(api)

    assert (await fetch(api, commune, one)).status_code == 200


async def test_content_that_was_purged_can_be_handed_in_again(api: Api, folder: Path) -> None:
    commune, one = await api.sign_in(), paper()
    await hand_in(api, commune, one)
    api.clock.move(days=8)
    await _prune(api)

    declared = await declare(api, commune, one)
    await hand_in(api, commune, one)

    assert declared.headers["Upload-Offset"] == "0"
    assert (await fetch(api, commune, one)).content == one.content
    assert len(files_in(folder)) == 1


async def test_purging_goes_on_where_a_process_died(api: Api, folder: Path) -> None:
    commune, one = await api.sign_in(), paper()
    await hand_in(api, commune, one)
    await api.rows("UPDATE documents SET state = 'purging'")

    asked = await fetch(api, commune, one)
    await _prune(api)

    assert asked.status_code == 404
    assert files_in(folder) == []
    assert await api.rows("SELECT state FROM documents") == [("purged",)]


async def test_a_long_walk_is_made_in_stretches(api: Api, folder: Path) -> None:
    commune = await api.sign_in()
    for no in range(5):
        await hand_in(api, commune, paper(1000, of=f"paper {no}"))
    api.clock.move(days=8)

    await _prune(api, each=2)

    assert files_in(folder) == []
