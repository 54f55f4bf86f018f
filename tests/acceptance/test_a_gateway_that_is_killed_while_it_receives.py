"""SIGKILL in the middle of an upload: another process goes on from what was made sure of."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from argon2 import PasswordHasher
from psycopg_pool import AsyncConnectionPool

from gateway.documents.receiving import CHECKPOINT
from gateway.identity.clients import Clients
from gateway.identity.secrets import SecretKeeper
from tests.integration.documents.papers import PIECE, TUS, UPLOADS, Paper, metadata, paper
from tests.stage.clock import PassingClock
from tests.stage.facts import eventually
from tests.stage.nursery import Nursery
from tests.stage.processes import GatewayProcess

SIZE = 3 * CHECKPOINT + 5
Caller = dict[str, str]


async def _caller(database_url: str, http: str) -> Caller:
    quick = SecretKeeper(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    async with AsyncConnectionPool(database_url, min_size=1, max_size=1, open=False) as pool:
        made = await Clients(pool, quick).register("sender", agency="H31.101")
    async with httpx.AsyncClient(base_url=http, timeout=20) as client:
        answer = await client.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(made.client_id, made.secret),
        )
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def _received(database_url: str) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT received FROM document_uploads").fetchone()
    return 0 if row is None else int(row[0])


async def _send_and_kill(
    process: GatewayProcess, database_url: str, upload: str, one: Paper, caller: Caller
) -> None:
    """Send what lets the process make sure of a part; then kill it, with more on the way."""

    async def pieces() -> AsyncIterator[bytes]:
        most = 2 * CHECKPOINT
        for first in range(0, most, 65536):
            yield one.content[first : first + 65536]
        await eventually(lambda: _received(database_url), within=20)
        await process.kill()
        yield one.content[most:]

    headers = {**PIECE, **caller, "Upload-Offset": "0", "Content-Length": str(SIZE)}
    async with httpx.AsyncClient(base_url=process.http, timeout=30) as http:
        with pytest.raises(httpx.TransportError):
            await http.patch(upload, content=pieces(), headers=headers)


async def test_what_was_made_sure_of_is_not_sent_again(
    nursery: Nursery, database_url: str, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {
        "database_url": database_url,
        "http_port": 0,
        "documents_folder": tmp_path / "documents",
        "documents_reserve_megabytes": 0,
    }
    clock, one = str(PassingClock.set_now()), paper(SIZE)
    first = await GatewayProcess(nursery, settings, tmp_path / "1.log", clock=clock).ready()
    caller = await _caller(database_url, first.http)
    told = {"Upload-Length": str(SIZE), "Upload-Metadata": metadata(one.digest)}
    async with httpx.AsyncClient(base_url=first.http) as http:
        declared = await http.post(UPLOADS, headers={**TUS, **caller, **told})
    upload = declared.headers["Location"]

    await _send_and_kill(first, database_url, upload, one, caller)
    with psycopg.connect(database_url, autocommit=True) as connection:  # its lease has run out
        connection.execute("UPDATE document_uploads SET leased_until = now() - interval '1 s'")
    second = await GatewayProcess(nursery, settings, tmp_path / "2.log", clock=clock).ready()
    async with httpx.AsyncClient(base_url=second.http, timeout=30) as http:
        stands = await http.head(upload, headers={**TUS, **caller})
        offset = int(stands.headers["Upload-Offset"])
        headers = {**PIECE, **caller, "Upload-Offset": str(offset)}
        rest = await http.patch(upload, content=one.content[offset:], headers=headers)
        fetched = await http.get(f"/v1/documents/{one.digest}", headers=caller)
    second.close()

    assert offset >= CHECKPOINT
    assert rest.status_code == 204
    assert fetched.content == one.content
