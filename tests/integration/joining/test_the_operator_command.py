"""`lienthong operator`: who may use /v1/operations is decided at the gateway's own database."""

import asyncio
import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gateway.cli.operator import app
from gateway.joining.operators import add_operator
from gateway.operations.audit import By
from tests.integration.api.running import COMMUNE, Api


@pytest.fixture
def command(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("LIENTHONG_DATABASE_URL", database_url)

    async def run(*arguments: str) -> Result:
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, list(arguments)))

    return run


async def _sign_in(api: Api, credential: dict[str, str]) -> int:
    answer = await api.http.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(credential["client_id"], credential["client_secret"]),
    )
    return answer.status_code


async def test_an_operator_is_added_renewed_and_dropped(api: Api, command: Any) -> None:
    first = json.loads((await command("add", "van-hanh-1", "--json")).stdout)
    second = json.loads((await command("rotate", "van-hanh-1", "--json")).stdout)
    both = [await _sign_in(api, one) for one in (first, second)]
    await command("drop", "van-hanh-1")
    neither = [await _sign_in(api, one) for one in (first, second)]
    listed = await command("list")
    trail = await api.rows("SELECT act FROM audit WHERE subject = 'van-hanh-1' ORDER BY id")

    assert (both, neither) == ([200, 200], [401, 401])
    assert "van-hanh-1  (off)" in listed.stdout
    assert [act for (act,) in trail] == ["operator.added", "operator.renewed", "operator.dropped"]


async def test_nobody_becomes_an_operator_without_a_trace(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise ConnectionError("the database went away")

    monkeypatch.setattr("gateway.operations.audit.enter", fail)
    pool = api.gateway.services.pool

    with pytest.raises(ConnectionError):
        await add_operator(pool, "van-hanh-2", By("cli:root"))

    assert await api.rows("SELECT client_id FROM clients") == []


async def test_an_agencys_client_is_no_operator_and_no_name_is_used_twice(
    api: Api, command: Any
) -> None:
    await api.sign_in(COMMUNE)
    [(client,)] = await api.rows("SELECT client_id FROM clients")

    dropped = await command("drop", client)
    taken = await command("add", client)

    assert [(one.exit_code, len(one.stderr.splitlines())) for one in (dropped, taken)] == [
        (2, 1),
        (2, 1),
    ]
