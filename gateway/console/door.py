"""The door between the API and the console: who asks for a page gets one, with headers to match.

Every answer of the console carries a strict content security policy: nothing but our own files, no
inline script or style, no frame around us. No cache keeps what an answer says unless it says so
itself, as our own files do: whoever sits at this browser next finds nothing of it. A failure that
nobody foresaw was answered with a page; it ends here, in the log.
"""

from typing import Final

import structlog
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

ROOMS: Final = ("/console", "/tra-cuu", "/bang")
"""What the console answers: these paths and everything below them."""
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HSTS: Final = "max-age=31536000"


class Door:
    """ASGI middleware around the API: leads to the console where the path says so."""

    def __init__(self, app: ASGIApp, console: FastAPI, *, over_tls: bool) -> None:
        self._app = app
        self._console = console
        self._over_tls = over_tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not leads_to_console(scope["path"]):
            await self._app(scope, receive, send)
            return
        answered = False

        async def send_guarded(message: Message) -> None:
            nonlocal answered
            answered = message["type"] == "http.response.body" and not message.get("more_body")
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if self._over_tls:
                    headers.setdefault("Strict-Transport-Security", _HSTS)
            await send(message)

        try:
            await self._console(scope, receive, send_guarded)
        except Exception as error:
            if not answered:
                raise
            log.exception("page.failed", error=type(error).__name__)


def leads_to_console(path: str) -> bool:
    """Whether a path is one of the console's rooms."""
    return any(path == room or path.startswith(f"{room}/") for room in ROOMS)
