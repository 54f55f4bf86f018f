"""What no honest partner posts: it is refused like anything unfit, and breaks nothing."""

import asyncio
from collections.abc import AsyncIterator

import orjson
import pytest

from connectors.simulators.tax_office import ANSWER_CODE
from gateway.api import large_bodies
from tests.integration.partners.axis import axis_with
from tests.integration.partners.test_land_and_tax import DOSSIER, TAX, _land, _slip
from tests.stage.dossiers import POPULATION


@pytest.mark.parametrize(
    "changes",
    [
        {"SoBienNhan": f"{DOSSIER}\x00"},
        {"SoBienNhan": "x" * 200_000},
        {"NgayLuanChuyen": "01/01/0001 00:00:00"},
        {"MaHoSoThue": "\x00"},
    ],
)
async def test_a_value_that_nothing_can_hold_is_refused(
    changes: dict[str, object], database_url: str
) -> None:
    async with _land(database_url) as land:
        await _slip(land)
        post = {"SecurityCode": ANSWER_CODE, "SoBienNhan": DOSSIER, "LanChuyen": 1, **changes}
        door = f"/v1/partners/{TAX}/LuanChuyen"

        answer = await land.inside.http.post(door, content=orjson.dumps(post))

        assert (answer.status_code, answer.json()["MaLoi"]) == (200, "1")
        assert land.states()["tax", 1] == "delivered"


async def test_a_stranger_without_any_proof_does_not_fill_the_store(database_url: str) -> None:
    async with axis_with(database_url) as axis:
        before = axis.inside.count("SELECT count(*) FROM inbox")

        answers = [
            await axis.inside.http.post(f"/v1/partners/{POPULATION}", content=b"<edXML>")
            for _ in range(12)
        ]

        assert [one.status_code for one in answers][-2:] == [429, 429]
        assert axis.inside.count("SELECT count(*) FROM inbox") - before <= 10


async def test_large_posts_take_turns_and_small_ones_wait_for_nobody(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_bodies, "PATIENCE", 0.05)
    async with axis_with(database_url) as axis:
        door, goes_on = f"/v1/partners/{POPULATION}", asyncio.Event()
        begun = [asyncio.Event() for _ in range(large_bodies.EACH)]

        async def slowly(here: asyncio.Event) -> AsyncIterator[bytes]:
            here.set()
            yield b"<edXML>"
            await goes_on.wait()

        async with asyncio.TaskGroup() as strangers:
            posts = [
                strangers.create_task(axis.inside.http.post(door, content=slowly(here)))
                for here in begun
            ]
            await asyncio.gather(*(here.wait() for here in begun))
            large = await axis.inside.http.post(door, content=slowly(asyncio.Event()))
            small = await axis.inside.http.post(door, content=b"<edXML>")
            goes_on.set()

        assert (large.status_code, small.status_code) == (503, 422)
        assert large.headers["retry-after"] == "10"
        assert [post.result().status_code for post in posts] == [422] * large_bodies.EACH
