"""Suspended, revoked, rotated: what runs on for long ends too, and tokens end with their secret."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.api.running import STRUCTURED, Api, running
from tests.integration.documents.papers import PIECE, TUS, declare, hand_in, paper
from tests.integration.joining.office import JOINER, Office
from tests.stage.facts import eventually

SOON = 30.0
Caller = dict[str, str]


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    """The application of a gateway that keeps documents."""
    folder = tmp_path / "documents"
    async with running(database_url, documents_folder=folder, documents_reserve_megabytes=0) as one:
        yield one


class Line:
    """A connection on which the other side takes one piece of an answer, and then waits."""

    def __init__(self, api: Api, caller: Caller, path: str) -> None:
        self.taken = b""
        self.is_whole = False
        self.flows = asyncio.Event()
        self._api = api
        names = {**caller, "host": "gateway"}
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(name.lower().encode(), text.encode()) for name, text in names.items()],
            "client": ("192.0.2.7", 50000),
            "server": ("gateway", 80),
        }

    async def run(self) -> None:
        await self._api.app(self._scope, self._receive, self._send)

    async def _receive(self) -> Any:
        await asyncio.Event().wait()

    async def _send(self, message: Any) -> None:
        if message["type"] != "http.response.body":
            return
        self.taken += message["body"]
        self.is_whole = not message["more_body"]
        self.flows.set()
        await asyncio.Event().wait()


async def _are_open(api: Api, number: int) -> None:
    """Wait until so many streams are under way."""
    await eventually(lambda: f" {number} open" in repr(api.gateway.services.streams), within=SOON)


async def test_a_wait_at_the_mailbox_ends_with_the_credential(office: Office) -> None:
    caller = await office.goes_live()
    asked = office.api.http.get("/v1/mailbox", params={"wait": 20}, headers=caller)
    waiting = asyncio.create_task(asked)
    await _are_open(office.api, 1)

    await office.do(f"/{JOINER}/credentials/revoke", road="http", name=f"{JOINER}-1")

    assert (await waiting).status_code == 401  # left alone it would end well, and empty


async def test_an_upload_ends_with_the_suspension_and_keeps_what_had_come(office: Office) -> None:
    api, caller, one = office.api, await office.goes_live(), paper(200_000)
    upload = (await declare(api, caller, one)).headers["Location"]

    async def half() -> AsyncIterator[bytes]:
        yield one.content[:100_000]
        await asyncio.Event().wait()

    headers = {**PIECE, "Upload-Offset": "0", **caller}
    sending = asyncio.create_task(api.http.patch(upload, content=half(), headers=headers))
    await _are_open(api, 1)
    await office.do(f"/{JOINER}/suspend")
    async with asyncio.timeout(SOON):
        answer = await sending
    again = await api.http.head(upload, headers={**TUS, **caller})
    await office.do(f"/{JOINER}/resume")
    api.state.clients.forget()
    stands = await api.http.head(upload, headers={**TUS, **caller})

    assert (answer.status_code, answer.headers["Connection"]) == (401, "close")
    assert again.status_code == 401
    assert stands.headers["Upload-Offset"] == "100000"


async def test_a_download_breaks_off_with_the_suspension(office: Office) -> None:
    api, caller, one = office.api, await office.goes_live(), paper(3_000_000)
    await hand_in(api, caller, one)
    line = Line(api, caller, f"/v1/documents/{one.digest}")
    fetching = asyncio.create_task(line.run())
    await line.flows.wait()

    await office.do(f"/{JOINER}/suspend")
    async with asyncio.timeout(SOON):
        await fetching

    assert 0 < len(line.taken) < len(one.content)
    assert not line.is_whole
    written = "SELECT served FROM document_accesses WHERE served IS NOT NULL"
    [(served,)] = await eventually(lambda: api.rows(written), within=SOON)
    assert served < len(one.content)


async def test_a_message_whose_body_comes_after_the_credential_has_ended_is_not_taken(
    office: Office,
) -> None:
    api, caller, goes_on = office.api, await office.goes_live(), asyncio.Event()
    begun = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b'{"specversion":'
        begun.set()
        await goes_on.wait()
        yield b' "1.0"}'

    headers = {**caller, "Content-Type": STRUCTURED}
    sent = api.http.post("/v1/messages", content=slow(), headers=headers)
    sending = asyncio.create_task(sent)
    await begun.wait()
    await office.do(f"/{JOINER}/credentials/revoke", road="http", name=f"{JOINER}-1")
    api.state.clients.forget()
    goes_on.set()

    assert (await sending).status_code == 401
    assert await api.rows("SELECT count(*) FROM inbox WHERE agency = %s", JOINER) == [(0,)]


async def test_streams_of_others_go_on(office: Office) -> None:
    api, caller = office.api, await office.goes_live()
    neighbour = await api.sign_in("H31.103")
    waits = [
        asyncio.create_task(api.http.get("/v1/mailbox", params={"wait": 20}, headers=one))
        for one in (caller, neighbour)
    ]
    await _are_open(api, 2)

    await office.do(f"/{JOINER}/credentials/revoke", road="http", name=f"{JOINER}-1")
    await waits[0]
    await _are_open(api, 1)
    await api.reach_by("mailbox", "H31.103")
    await office.do("/H31.103/test")

    answer = await waits[1]
    assert [item["event"]["type"] for item in answer.json()["items"]] == [
        "vn.lienthong.connection.tested.v1"
    ]


async def test_a_token_ends_with_the_secret_that_it_was_got_with(office: Office) -> None:
    api, former = office.api, await office.goes_live()
    made = await office.do(f"/{JOINER}/credentials/rotate", road="http", overlap_hours=1)
    following = await office.caller(made["credentials"][0])

    async def seen() -> list[int]:
        answers = [await api.http.get("/v1/events", headers=one) for one in (former, following)]
        return [answer.status_code for answer in answers]

    meanwhile = await seen()
    await api.rows("UPDATE clients SET previous_until = clock_timestamp()")
    api.state.clients.forget()

    assert (meanwhile, await seen()) == ([200, 200], [401, 200])


async def test_nothing_is_given_out_while_the_endpoint_is_off(office: Office) -> None:
    api, caller = office.api, await office.goes_live()
    sent = asyncio.create_task(office.do(f"/{JOINER}/test"))

    async def fetched() -> list[Any]:
        answer = await api.http.get("/v1/mailbox", headers=caller)
        items: list[Any] = answer.json()["items"]
        return items

    await eventually(lambda: api.rows("SELECT 1 FROM deliveries WHERE parked"), within=SOON)
    await office.do(f"/{JOINER}/endpoint/off")
    while_off = await fetched()
    await office.do(f"/{JOINER}/endpoint/on")
    after = await fetched()
    path = f"/v1/mailbox/{after[0]['delivery']}/ack"
    await api.http.post(path, headers=caller)
    await sent

    assert (while_off, len(after)) == ([], 1)


async def test_who_is_still_being_connected_hands_in_no_documents(office: Office) -> None:
    api, caller = office.api, await office.joins()

    refused = await declare(api, caller, paper())
    await office.do(f"/{JOINER}/go-live", force=True)
    await api.gateway.refresh_endpoints()
    taken = await declare(api, caller, paper())

    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (403, "not-live")
    assert taken.status_code == 201
