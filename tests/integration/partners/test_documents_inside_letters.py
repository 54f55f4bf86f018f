"""What a hand-over refers to goes along as files of its letter, on record as served; what does not
fit stays a reference, and is said."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import orjson
import pytest

from connectors.edxml.files import DOSSIER_FILE
from connectors.simulators import Behaviour
from gateway.documents.shelf import Shelf
from tests.integration.documents.papers import hand_in, paper
from tests.integration.partners.axis import SILENT_AFTER_RECEIPT, Axis, axis_with
from tests.stage.dossiers import POPULATION, birth, code
from tests.stage.facts import eventually

SMALL, LARGE = paper(200_000, of="small"), paper(1_500_000, of="large")
WAITING = Behaviour(scripts={code(1): SILENT_AFTER_RECEIPT})


@asynccontextmanager
async def keeping(database_url: str, folder: Path, **options: Any) -> AsyncIterator[Axis]:
    """Run with a commune that has handed in both documents."""
    settings = {
        "documents_folder": folder,
        "documents_reserve_megabytes": 0,
        "backoff_base": 0.2,
        "breaker_failures": 1,
    }
    async with axis_with(database_url, WAITING, settings=settings, **options) as axis:
        for one in (SMALL, LARGE):
            await hand_in(cast(Any, axis.inside), axis.commune.authorization, one)
        yield axis


async def hand_over(axis: Axis) -> None:
    listed = [SMALL.reference(), LARGE.reference(id="doc-2", name="Bản vẽ.pdf")]
    await axis.hand_in(data=birth(documents=listed))


async def test_the_documents_of_a_handover_come_as_files(database_url: str, tmp_path: Path) -> None:
    async with keeping(database_url, tmp_path / "documents") as axis:
        await hand_over(axis)
        await axis.reached("received")

        letter = axis.agency.letters[axis.letter()[1]]
        served = axis.inside.rows(
            "SELECT a.sha256, a.served FROM document_accesses a"
            " JOIN deliveries d ON a.actor = 'delivery:' || d.id"
            " WHERE a.act = 'served' AND a.agency = %s AND a.transfer_id = d.transfer_id",
            POPULATION,
        )

    names = [one.name for one in letter.files]
    assert names == [DOSSIER_FILE, "Giấy chứng sinh.pdf", "Bản vẽ.pdf"]
    assert axis.agency.papers == {SMALL.digest: SMALL.content, LARGE.digest: LARGE.content}
    assert sorted((bytes(digest).hex(), size) for digest, size in served) == sorted(
        [(SMALL.digest, 200_000), (LARGE.digest, 1_500_000)]
    )


async def test_what_does_not_fit_stays_a_reference_and_is_said(
    database_url: str, tmp_path: Path
) -> None:
    async with keeping(database_url, tmp_path / "documents", files_megabytes=1) as axis:
        await hand_over(axis)
        await axis.reached("received")

        letter = axis.agency.letters[axis.letter()[1]]
        [(evidence,)] = axis.inside.rows(
            "SELECT evidence FROM deliveries WHERE agency = %s AND kind = 'handover.offered'",
            POPULATION,
        )

    assert axis.agency.papers == {SMALL.digest: SMALL.content}
    assert evidence == "DONE; 1 of 2 documents by reference alone"
    said = orjson.loads(letter.files[0].content)
    assert {"sha256": LARGE.digest, "left": "too-large"} in said["files"]
    assert said["data"]["submission"]["documents"][1]["url"] == LARGE.url


async def test_a_document_that_cannot_be_read_holds_the_letter_up_and_is_not_left_out(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with keeping(database_url, tmp_path / "documents") as axis:
        with monkeypatch.context() as broken:
            broken.setattr(Shelf, "kept", lambda _, blob: tmp_path / "gone" / str(blob))
            await hand_over(axis)
            await eventually(
                lambda: axis.inside.rows(
                    "SELECT 1 FROM attempts WHERE code = 'document-unreadable' OFFSET 1"
                ),  # twice: the first counted nothing against the agency, so its circuit is closed
                within=20,
            )
            assert axis.agency.letters == {}

        await axis.reached("received")

    assert set(axis.agency.papers) == {SMALL.digest, LARGE.digest}
