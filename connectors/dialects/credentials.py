"""How we prove who we are to a partner: a secret, a session, or an OAuth 2 token.

What a login brought is kept in this process alone, per endpoint and its secrets, until it runs out
or the partner takes it no more; who is refused with it logs in again once. Many calls at once log
in once. Secrets and tokens are in no log, no address and no `repr`.
"""

import asyncio
import base64
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote, urlencode

import orjson

from connectors.dialects.applying import text_of
from connectors.dialects.calling import Answered, JsonCalls, Request
from connectors.dialects.dialect import Dialect
from connectors.dialects.model import Shown
from connectors.dialects.paths import MISSING, look_up
from connectors.dialects.secrets import secret_of
from connectors.http_calls import Failed
from connectors.protocol import Endpoint

_TOKEN: Final = re.compile(r"[!-~]{1,8192}")
"""What can stand in a header; a login that brings anything else has brought nothing."""
_EARLY: Final = 30.0
"""Seconds before its end from which a token is not used any more."""
_UNSAID: Final = 300.0
"""How long a token without a stated end is used."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a call shows: in a header, in a member of its body, or nothing."""

    shown: Shown | None
    value: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class _Kept:
    proof: Proof
    until: float


class Credentials:
    """Proofs by endpoint."""

    def __init__(self, calls: JsonCalls) -> None:
        self._calls = calls
        self._kept: dict[bytes, _Kept] = {}
        self._turns: dict[bytes, asyncio.Lock] = {}

    def __repr__(self) -> str:
        return f"<Credentials of {len(self._kept)} endpoints>"

    async def proof(
        self, endpoint: Endpoint, dialect: Dialect, *, ends_at: float, not_this: Proof | None = None
    ) -> Proof | Failed:
        """Return what to show; `not_this` is one that the partner has just refused."""
        said = dialect.mapping.authentication
        match said.way:
            case "none":
                return Proof(None)
            case "secret":
                secret = secret_of(endpoint, said.secret or "")
                return Proof(said.shown, secret) if secret else _unconfigured()
        key = _key(endpoint, dialect)
        async with self._turns.setdefault(key, asyncio.Lock()):
            kept = self._kept.get(key)
            now = asyncio.get_running_loop().time()
            if kept is not None and kept.until > now and kept.proof is not not_this:
                return kept.proof
            self._kept.pop(key, None)
            found = await self._log_in(endpoint, dialect, ends_at)
            if isinstance(found, Failed):
                return found
            self._kept[key] = found
            return found.proof

    async def _log_in(self, endpoint: Endpoint, dialect: Dialect, ends_at: float) -> _Kept | Failed:
        said = dialect.mapping.authentication
        request = (
            _session_login(endpoint, dialect)
            if said.way == "session"
            else _token_request(endpoint, dialect)
        )
        if isinstance(request, Failed):
            return request
        answer = await self._calls.exchange(request, ends_at=ends_at)
        if isinstance(answer, Failed):
            # Whatever became of the login: the call itself was not made.
            return Failed("no-login", f"login: {answer.code}")
        return _read_login(answer, dialect, asyncio.get_running_loop().time())


def _read_login(answer: Answered, dialect: Dialect, now: float) -> _Kept | Failed:
    said = dialect.mapping.authentication
    code = _code_of(answer, dialect) if said.way == "session" else ""
    if not 200 <= answer.status < 300:
        return Failed("no-login", f"login answered {answer.status}")
    listed = dialect.mapping.codes.get(code)
    if said.way == "session" and code and (listed is None or listed.means != "done"):
        return Failed("no-login", "login was answered with a code that is no success")
    token = look_up(said.token or "access_token", answer.document)
    if not isinstance(token, str) or _TOKEN.fullmatch(token) is None:
        return Failed("no-login", "login brought no token")
    lasts = look_up("expires_in", answer.document)
    until = now + (max(1.0, lasts - _EARLY) if isinstance(lasts, int) else _UNSAID)
    if said.way == "session":
        return _Kept(Proof(said.shown, token), until)
    bearer = Shown.model_validate({"in": "header", "name": "Authorization"})
    return _Kept(Proof(bearer, f"Bearer {token}"), until)


def _code_of(answer: Answered, dialect: Dialect) -> str:
    found = look_up(dialect.mapping.code, answer.document) if dialect.mapping.code else MISSING
    return text_of(found) if isinstance(found, str | int) else ""


def _session_login(endpoint: Endpoint, dialect: Dialect) -> Request | Failed:
    said = dialect.mapping.authentication
    body: dict[str, Any] = {}
    for member, name in said.secrets.items():
        secret = secret_of(endpoint, name)
        if secret is None:
            return _unconfigured()
        body[member] = secret
    return Request(
        "POST",
        _url(endpoint, said.path),
        {"content-type": "application/json"},
        orjson.dumps(body),
    )


def _token_request(endpoint: Endpoint, dialect: Dialect) -> Request | Failed:
    said = dialect.mapping.authentication
    client, secret = secret_of(endpoint, "client_id"), secret_of(endpoint, "client_secret")
    form = {"grant_type": "client_credentials"}
    if said.way == "oauth2-password":
        user, password = secret_of(endpoint, "username"), secret_of(endpoint, "password")
        if not user or not password:
            return _unconfigured()
        form = {"grant_type": "password", "username": user, "password": password}
    elif not client or not secret:
        return _unconfigured()
    if said.scope is not None:
        form["scope"] = said.scope
    headers = {"content-type": "application/x-www-form-urlencoded"}
    if client and secret:
        # RFC 6749 2.3.1: both are form-encoded before they are joined.
        pair = f"{quote(client, safe='')}:{quote(secret, safe='')}"
        headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return Request("POST", _url(endpoint, said.path), headers, urlencode(form).encode())


def _url(endpoint: Endpoint, path: str | None) -> str:
    return (endpoint.address or "").rstrip("/") + (path or "")


def _unconfigured() -> Failed:
    return Failed("not-configured", "the endpoint lacks a secret that its mapping names")


def _key(endpoint: Endpoint, dialect: Dialect) -> bytes:
    """Name the login without keeping its secrets: changed ones are another login."""
    told = "\0".join((dialect.name, endpoint.agency, endpoint.address or "", endpoint.secret or ""))
    return sha256(told.encode()).digest()
