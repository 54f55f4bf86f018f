"""Our own gateway is conformant; one that answers otherwise in one respect fails that case."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import orjson

from connectors.raw_http import RawCaller
from gateway.conformance.gateway_cases import GATEWAY_CASES
from gateway.conformance.places import find_place
from gateway.conformance.running import run_cases
from gateway.conformance.verdicts import Result, Verdict
from gateway.conformance.visit import Guest, Visit
from gateway.identity.clients import Clients
from gateway.identity.secrets import SecretKeeper
from tests.integration.api.running import QUICK, Api, running

SENDER, RECEIVER = "H31.101", "H31.102"

Twist = Callable[[httpx.Request, httpx.Response], httpx.Response]


class Twisted(httpx.AsyncBaseTransport):
    """Carries requests to the application, and changes its answers."""

    def __init__(self, inner: httpx.AsyncBaseTransport, twist: Twist) -> None:
        self._inner, self._twist = inner, twist

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        await answer.aread()
        return self._twist(request, answer)


def _as_it_is(_request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    return answer


@asynccontextmanager
async def visiting(api: Api, twist: Twist = _as_it_is) -> AsyncIterator[Visit]:
    clients = Clients(api.gateway.services.pool, SecretKeeper(QUICK))
    guests = []
    for code in (SENDER, RECEIVER):
        made = await clients.register(f"kit-{code}", agency=code)
        guests.append(Guest(code, made.client_id, made.secret))
    await api.reach_by("mailbox", SENDER, RECEIVER)
    now = api.clock.now()
    place = find_place(api.gateway.services.rulebook, RECEIVER, now, originator=SENDER)
    transport = Twisted(httpx.ASGITransport(api.app, client=("192.0.2.7", 50000)), twist)
    async with RawCaller(transport=transport) as raw:
        yield Visit(
            "http://gateway",
            raw,
            guests[0],
            guests[1],
            place.submission(now, "Hồ sơ của bộ kiểm thử."),
            patience=5.0,
            now=api.clock.now,
        )


def failed(results: list[Result]) -> dict[str, str | None]:
    return {one.case: one.seen for one in results if one.verdict is not Verdict.PASSED}


async def test_our_gateway_passes_every_case(database_url: str, tmp_path: Path) -> None:
    async with (
        running(database_url, documents_folder=tmp_path / "documents") as api,
        visiting(api) as visit,
    ):
        results = await run_cases(GATEWAY_CASES, visit)

    assert failed(list(results)) == {}
    assert len(results) == len(GATEWAY_CASES)


async def test_a_gateway_that_knows_no_duplicates_fails_those_cases(
    database_url: str, tmp_path: Path
) -> None:
    def forgetful(_request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        found = orjson.loads(answer.content or b"null")
        if not isinstance(found, dict) or found.get("verdict") != "duplicate":
            return answer
        return httpx.Response(202, json=found | {"verdict": "accepted"})

    async with (
        running(database_url, documents_folder=tmp_path / "documents") as api,
        visiting(api, forgetful) as visit,
    ):
        results = await run_cases(GATEWAY_CASES, visit)

    assert set(failed(list(results))) == {
        "duplicate",
        "duplicate-otherwise-written",
        "many-at-once",
    }


async def test_a_gateway_whose_errors_are_sentences_fails_the_refusals(
    database_url: str, tmp_path: Path
) -> None:
    def wordy(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if answer.status_code != 422:
            return answer
        return httpx.Response(422, json={"message": "Dữ liệu không hợp lệ"})

    async with (
        running(database_url, documents_folder=tmp_path / "documents") as api,
        visiting(api, wordy) as visit,
    ):
        results = await run_cases(GATEWAY_CASES, visit)

    found = failed(list(results))
    assert {"unknown-type", "unknown-field", "wrong-type", "unknown-procedure"} <= set(found)
    assert {"correct", "duplicate", "handed-over", "not-json"}.isdisjoint(found)
