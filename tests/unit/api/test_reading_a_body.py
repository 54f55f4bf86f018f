"""A body is held up to its limit; what is larger is only counted and hashed."""

import asyncio
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import pytest
from fastapi import Request
from starlette.requests import ClientDisconnect

from gateway.api import bodies
from gateway.api.bodies import Oversized, read_body
from gateway.api.problems import Refusal


def _request(chunks: Iterable[bytes], *, broken: bool = False) -> Request:
    waiting = list(chunks)

    async def receive() -> dict[str, Any]:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(0), "more_body": True}
        if broken:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": b"", "more_body": False}

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


async def test_a_body_within_the_limit_is_returned_whole() -> None:
    assert await read_body(_request([b"abc", b"", b"de"]), 5) == b"abcde"


async def test_one_byte_more_is_hashed_and_let_go() -> None:
    body = await read_body(_request([b"abc", b"def", b"ghi"]), 5)

    assert body == Oversized(9, sha256(b"abcdefghi").digest(), is_whole=True)


async def test_reading_stops_where_it_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MOST_HASHED", 10)

    body = await read_body(_request([b"x" * 8] * 1000), 5)

    assert isinstance(body, Oversized)
    assert (body.size, body.is_whole) == (16, False)


async def test_a_body_that_does_not_arrive_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "WITHIN_SECONDS", 0.01)

    async def never() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(Refusal) as refused:
        await read_body(Request({"type": "http", "method": "POST", "headers": []}, never), 5)

    assert (refused.value.problem.status, refused.value.problem.fault) == (503, "network")


async def test_a_caller_that_hangs_up_is_told_apart() -> None:
    with pytest.raises(ClientDisconnect):
        await read_body(_request([b"abc"], broken=True), 5)
