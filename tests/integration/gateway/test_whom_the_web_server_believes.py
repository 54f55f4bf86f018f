"""Where a request comes from: what the proxy says, if it is the proxy who says so."""

import asyncio
from typing import Any

import httpx
import pytest

from gateway.http_server import listen, serve_http

SAID = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}


async def seen(**headers: str) -> str:
    """Ask a server on loopback who it thinks we are."""

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        told = f"{scope['client'][0]} {scope['scheme']}".encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": told})

    listener, stop = listen("127.0.0.1", 0), asyncio.Event()
    serving = asyncio.create_task(serve_http(app, listener, stop))
    host, port = listener.getsockname()[:2]
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"http://{host}:{port}/", headers=headers)
    stop.set()
    await serving
    return answer.text


@pytest.mark.parametrize(
    ("believed", "told"),
    [
        (None, "198.51.100.7 https"),  # loopback, where a proxy on the same machine comes from
        ("127.0.0.0/24", "198.51.100.7 https"),
        ("127.0.0.1,198.51.100.7", "203.0.113.9 https"),  # a proxy behind a proxy
        ("172.31.251.1", "127.0.0.1 http"),
    ],
)
async def test_only_the_proxys_word_counts(
    monkeypatch: pytest.MonkeyPatch, believed: str | None, told: str
) -> None:
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    if believed is not None:
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", believed)

    assert await seen(**SAID) == told
