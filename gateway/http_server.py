"""Serve an ASGI application on a socket of our own, until told to stop."""

import asyncio
import socket
from contextlib import suppress
from typing import Any

import uvicorn


def listen(host: str, port: int) -> socket.socket:
    """Bind and listen; port 0 takes a free one. Callers may connect from now on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError:
        listener.close()
        raise
    return listener


async def serve_http(app: Any, listener: socket.socket, stop: asyncio.Event) -> None:
    """Serve until `stop` is set; requests under way have 10 s to end."""
    server = _Server(
        uvicorn.Config(
            app,
            loop="none",
            http="httptools",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=10,
            timeout_keep_alive=75,
            server_header=False,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.should_exit = True
        stopping.cancel()
        with suppress(asyncio.CancelledError):
            await serving


class _Server(uvicorn.Server):
    """Signals are the caller's business."""

    def capture_signals(self) -> Any:
        from contextlib import nullcontext

        return nullcontext()
