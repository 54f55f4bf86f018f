"""After the reform documents are served to who took over, and no more to the agency that closed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.api.running import Api, running
from tests.integration.documents.papers import Paper, fetch, hand_in, paper
from tests.integration.reform.conftest import MONDAY
from tests.integration.reform.eve import BIRTH, COMMUNE, HEIR, UNIT, Eve

SENDER = "H31.101"
"""Submits for a citizen of the commune that closes; goes on."""


@pytest.fixture
async def eve(database_url: str, tmp_path: Path) -> AsyncIterator[Eve]:
    """A gateway that keeps documents, on the eve of the reform."""
    folder = tmp_path / "documents"
    async with running(database_url, documents_folder=folder, documents_reserve_megabytes=0) as api:
        api.clock.move(seconds=(MONDAY - api.clock.now()).total_seconds())
        yield Eve(api)


async def _seen(api: Api, one: Paper) -> list[int]:
    """Return what the closed agency and its successor are answered."""
    return [
        (await fetch(api, await api.sign_in(agency), one)).status_code for agency in (COMMUNE, HEIR)
    ]


async def _of_a_dossier(eve: Eve, one: Paper) -> dict[str, object]:
    """Let the closing commune submit a dossier of its own with a document."""
    await eve.api.reach_by("mailbox", COMMUNE, HEIR)
    await hand_in(eve.api, await eve.api.sign_in(COMMUNE), one)
    return await eve.says(
        COMMUNE,
        "transfer.submitted",
        subject=f"{COMMUNE}-250630-09001",
        procedure=BIRTH,
        received_at=MONDAY.isoformat(),
        channel="in_person",
        applicant={"kind": "citizen", "name": "Trần Thị Bí Mật"},
        places={"applicant": UNIT},
        documents=[one.reference()],
    )


async def test_a_turn_under_way_takes_its_documents_along(eve: Eve) -> None:
    made = paper(of="a neighbour's paper")
    receipt = await _of_a_dossier(eve, paper(of="its own paper"))
    # What somebody else handed in, and the dossier refers to.
    await hand_in(eve.api, await eve.api.sign_in(SENDER), made)
    await eve.api.rows(
        "INSERT INTO document_references (transfer_id, sha256, agency, cause, size, since)"
        " VALUES (%s, %s, %s, gen_random_uuid(), 1, now())",
        receipt["transfer"],
        bytes.fromhex(made.digest),
        SENDER,
    )
    before = await _seen(eve.api, made)
    eve.the_day_comes()

    await eve.reforms()

    assert before == [200, 404]
    assert await _seen(eve.api, made) == [404, 200]


async def test_a_finished_steps_documents_go_to_who_answers_for_it(eve: Eve) -> None:
    """The step is done and may still be turned to: within the grace its successor has them."""
    made = paper(of="a neighbour's paper")
    receipt = await _of_a_dossier(eve, paper(of="its own paper"))
    transfer = receipt["transfer"]
    await eve.says(
        COMMUNE,
        "hop.completed",
        transfer=transfer,
        step="civil-status",
        round=1,
        outcome="issued",
    )
    await hand_in(eve.api, await eve.api.sign_in(SENDER), made)
    await eve.api.rows(
        "INSERT INTO document_references (transfer_id, sha256, agency, cause, size, since)"
        " VALUES (%s, %s, %s, gen_random_uuid(), 1, now())",
        transfer,
        bytes.fromhex(made.digest),
        SENDER,
    )
    # Its part as the originator is another's by now, so that the finished step alone decides.
    eve.the_day_comes()
    await eve.reforms()
    await eve.api.rows("UPDATE transfers SET originator = %s WHERE id = %s", SENDER, transfer)

    assert await _seen(eve.api, made) == [404, 200]
