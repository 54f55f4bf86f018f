"""Real connections that are cut, fall silent or come twice: an upload goes on where it stood."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from gateway.documents import finishing, receiving
from gateway.http_server import listen, serve_http
from tests.integration.api.running import Api
from tests.integration.documents.papers import (
    PIECE,
    TUS,
    Paper,
    declare,
    fetch,
    files_in,
    paper,
    send,
)
from tests.stage.facts import eventually
from tests.stage.proxy import Proxy, proxy_to

Caller = dict[str, str]


@asynccontextmanager
async def over_a_link(api: Api) -> AsyncIterator[tuple[Proxy, httpx.AsyncClient]]:
    """Serve on a real port, behind a proxy that can cut."""
    listener, stop = listen("127.0.0.1", 0), asyncio.Event()
    serving = asyncio.create_task(serve_http(api.app, listener, stop))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        async with (
            proxy_to(url) as proxy,
            httpx.AsyncClient(base_url=proxy.url_of(url), timeout=20) as http,
        ):
            yield proxy, http
    finally:
        stop.set()
        await serving


async def _offset(http: httpx.AsyncClient, upload: str, caller: Caller) -> int:
    answer = await http.head(upload, headers={**TUS, **caller})
    assert answer.status_code == 200, answer.text
    return int(answer.headers["Upload-Offset"])


async def _send_until(
    http: httpx.AsyncClient, upload: str, caller: Caller, one: Paper, at: int, cut: asyncio.Event
) -> None:
    """Send the rest of a document, and cut the link when half of that is on its way."""

    async def pieces() -> AsyncIterator[bytes]:
        half = at + (len(one.content) - at) // 2
        yield one.content[at:half]
        cut.set()
        yield one.content[half:]

    headers = {
        **PIECE,
        **caller,
        "Upload-Offset": str(at),
        "Content-Length": str(len(one.content) - at),
    }
    await http.patch(upload, content=pieces(), headers=headers)


async def _is_written(api: Api, size: int) -> bool:
    """Whether so much of an upload lies on the disk, sealed."""
    depository = api.gateway.services.depository
    assert depository is not None
    folder = depository.shelf.incoming(UUID(int=0), 0).parent
    return any(one.stat().st_size >= size for one in folder.iterdir())


async def _is_left(api: Api) -> bool:
    """Whether its writer has come, and gone in order."""
    found = await api.rows("SELECT writer_no, leased_until FROM document_uploads")
    return found == [(1, None)]


async def test_ten_cuts_cost_only_what_was_on_the_wire(api: Api) -> None:
    commune, one = await api.sign_in(), paper(30_000_000)
    upload = (await declare(api, commune, one)).headers["Location"]
    offsets = [0]

    async with over_a_link(api) as (proxy, http):
        for _ in range(10):
            cut = asyncio.Event()
            sending = asyncio.create_task(_send_until(http, upload, commune, one, offsets[-1], cut))
            await cut.wait()
            proxy.cut_all()
            with pytest.raises(httpx.TransportError):
                await sending
            offsets.append(await _offset(http, upload, commune))
        rest = await send(api, commune, upload, offsets[-1], one.content[offsets[-1] :])

    assert offsets == sorted(offsets)
    assert offsets[-1] > offsets[0]
    assert rest.status_code == 204
    assert (await fetch(api, commune, one)).content == one.content


async def test_who_comes_back_ends_the_connection_that_only_seems_alive(api: Api) -> None:
    commune, one = await api.sign_in(), paper(3_000_000)
    upload = (await declare(api, commune, one)).headers["Location"]
    begun, never = asyncio.Event(), asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        yield one.content[:1_200_000]
        begun.set()
        await never.wait()

    async with over_a_link(api) as (_, http):
        headers = {**PIECE, **commune, "Upload-Offset": "0", "Content-Length": "3000000"}
        hanging = asyncio.create_task(http.patch(upload, content=pieces(), headers=headers))
        await begun.wait()
        await eventually(lambda: _is_written(api, 1_048_576), within=10)
        stands = await _offset(http, upload, commune)
        rest = await send(api, commune, upload, stands, one.content[stands:])
        hanging.cancel()

    assert 1_048_576 <= stands <= 1_200_000
    assert rest.status_code == 204
    assert (await fetch(api, commune, one)).content == one.content


async def test_a_connection_that_falls_silent_is_given_up(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "SILENCE", 0.2)
    commune, one = await api.sign_in(), paper(100_000)
    upload = (await declare(api, commune, one)).headers["Location"]
    never = asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        yield one.content[:70_000]
        await never.wait()

    async with over_a_link(api) as (_, http):
        headers = {**PIECE, **commune, "Upload-Offset": "0", "Content-Length": "100000"}
        hanging = asyncio.create_task(http.patch(upload, content=pieces(), headers=headers))
        await eventually(lambda: _is_left(api), within=10)
        hanging.cancel()

    assert await api.rows("SELECT received, leased_until FROM document_uploads") == [(70_000, None)]


async def test_while_another_process_writes_the_upload_is_busy(api: Api) -> None:
    commune, one = await api.sign_in(), paper(100_000)
    upload = (await declare(api, commune, one)).headers["Location"]
    await api.rows(
        "UPDATE document_uploads SET writer_no = 7, leased_until = now() + interval '1 minute'"
    )

    answer = await send(api, commune, upload, 0, one.content)

    assert answer.status_code == 423
    assert answer.json()["type"].endswith(":upload-busy")
    assert "Retry-After" in answer.headers


async def test_a_writer_that_was_lost_can_touch_nothing_any_more(api: Api, folder: Path) -> None:
    commune, one = await api.sign_in(), paper(300_000)
    upload = (await declare(api, commune, one)).headers["Location"]
    await send(api, commune, upload, 0, one.content[:150_000])
    await api.rows(
        "UPDATE document_uploads SET writer_no = 7, leased_until = now() - interval '1 second'"
    )
    [of_the_lost] = files_in(folder)
    with of_the_lost.open("r+b") as lost:
        answer = await send(api, commune, upload, 150_000, one.content[150_000:])
        lost.write(b"late bytes of a process that stood still")

    assert answer.status_code == 204
    assert (await fetch(api, commune, one)).content == one.content
    [kept] = files_in(folder)
    assert kept.name == str(UUID(upload.rpartition("/")[2]))


@pytest.mark.parametrize("moved", [False, True])
async def test_what_was_whole_when_its_process_died_is_finished_when_asked_for(
    api: Api, monkeypatch: pytest.MonkeyPatch, moved: bool
) -> None:
    commune, one = await api.sign_in(), paper(300_000)
    upload = (await declare(api, commune, one)).headers["Location"]
    name = "_record" if moved else "_verify"

    async def dies(*_: object) -> None:
        raise RuntimeError("as a process would end here")

    with monkeypatch.context() as dying:
        dying.setattr(finishing, name, dies)
        await send(api, commune, upload, 0, one.content)
    early = await api.http.head(upload, headers={**TUS, **commune})
    await api.rows("UPDATE document_uploads SET leased_until = now() - interval '1 second'")
    stands = await api.http.head(upload, headers={**TUS, **commune})

    assert early.status_code == 423
    assert stands.headers["Upload-Offset"] == "300000"
    assert (await fetch(api, commune, one)).content == one.content
