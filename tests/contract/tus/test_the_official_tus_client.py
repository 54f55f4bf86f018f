"""tus-js-client, the protocol's own client, hands a document in over a link that breaks twice."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.http_server import listen, serve_http
from tests.integration.api.running import Api, running
from tests.integration.documents.papers import Paper, fetch, hand_in, paper
from tests.npm import installed, needs_node
from tests.stage.facts import eventually
from tests.stage.proxy import Cut, Proxy, proxy_to

HERE = Path(__file__).parent
MEGABYTE = 1024 * 1024

pytestmark = [needs_node]


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with running(
        database_url, documents_folder=tmp_path / "kept", documents_reserve_megabytes=0
    ) as one:
        yield one


@pytest.fixture
async def link(api: Api) -> AsyncIterator[tuple[Proxy, str]]:
    listener, stop = listen("127.0.0.1", 0), asyncio.Event()
    serving = asyncio.create_task(serve_http(api.app, listener, stop))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        async with proxy_to(url) as proxy:
            yield proxy, proxy.url_of(url)
    finally:
        stop.set()
        await serving


async def _upload(url: str, caller: dict[str, str], one: Paper, folder: Path) -> Any:
    packages, file = installed(HERE), folder / "Giấy tờ của bà X.pdf"
    if packages != HERE:
        shutil.copy(HERE / "upload.mjs", packages)
    file.write_bytes(one.content)
    metadata = {"sha256": one.digest, "filetype": one.media_type, "filename": file.name}
    said = {"file": str(file), "metadata": metadata, "chunkSize": MEGABYTE}
    command = ["node", "upload.mjs", url, caller["Authorization"].removeprefix("Bearer ")]
    done = await asyncio.to_thread(
        subprocess.run,
        command,
        cwd=packages,
        input=json.dumps(said),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


async def test_it_uploads_through_two_cuts_one_of_them_before_the_answer(
    api: Api, link: tuple[Proxy, str], tmp_path: Path
) -> None:
    (proxy, url), commune, one = link, await api.sign_in(), paper(5 * MEGABYTE + 7)
    proxy.cut_at = Cut((b"Upload-Offset: 1048576\r",), answered=False)
    uploading = asyncio.create_task(_upload(url, commune, one, tmp_path))
    await eventually(lambda: proxy.cuts == 1, within=30)
    proxy.cut_at = Cut((b"Upload-Offset: 4194304\r",), answered=True)

    done = await uploading

    assert proxy.cuts == 2
    assert done["retries"] == 2
    assert (await fetch(api, commune, one)).content == one.content
    assert await api.rows("SELECT count(*) FROM document_uploads") == [(1,)]


async def test_what_is_here_already_it_finds_done(
    api: Api, link: tuple[Proxy, str], tmp_path: Path
) -> None:
    (_, url), commune, one = link, await api.sign_in(), paper(2 * MEGABYTE)
    await hand_in(api, commune, one)

    await _upload(url, commune, one, tmp_path)

    assert await api.rows("SELECT count(*), count(DISTINCT sha256) FROM documents") == [(1, 1)]
