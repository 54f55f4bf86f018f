"""A province's identity provider, played: real HTTP on loopback, real signatures, a form to fill.

It keeps the rules that a careful provider keeps (exact redirect, PKCE, one use per code, a secret
of the client), and lies only where a test tells it to.
"""

import asyncio
import base64
import json
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from joserfc.jwk import ECKey, OctKey, RSAKey
from joserfc.jws import serialize_compact

from gateway.http_server import listen, serve_http

CLIENT_ID, CLIENT_SECRET = "lien-thong", "bí mật/của: cổng"


@dataclass
class Provider:
    """What it knows, and how it lies."""

    base: str
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    redirect_uris: set[str] = field(default_factory=set)
    keys: list[ECKey | RSAKey] = field(default_factory=list)
    lies: dict[str, Any] = field(default_factory=dict)
    """Claims in the place of the true ones; one that is None is left out."""
    header: dict[str, Any] = field(default_factory=dict)
    """The header in the place of the true one."""
    sign_with: ECKey | RSAKey | OctKey | None = None
    forged: str = ""
    """A token in the place of the true one."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    is_down: bool = False

    @property
    def issuer(self) -> str:
        return f"{self.base}/realms/tinh"

    def settings(self, **more: Any) -> dict[str, Any]:
        """Return the gateway's settings for it."""
        return {
            "oidc_issuer": self.issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": CLIENT_SECRET,
            "oidc_roles": '{"/lien-thong/truc": ["operator@H31"], "/kiem-tra": ["auditor"]}',
            **more,
        }

    def admit(self, subject: str, name: str, *groups: str, **claims: Any) -> None:
        """Give somebody an account there."""
        self.people[subject] = {
            "preferred_username": name,
            "name": "Lê Thị Giả Định",
            "groups": list(groups),
            **claims,
        }

    def rotate(self) -> None:
        """Sign with another key from now on, and publish the old one no more."""
        self.keys = [ECKey.generate_key("P-256", {"kid": secrets.token_hex(4), "use": "sig"})]

    def sign_in(self, address: str, subject: str) -> str:
        """Sign somebody in as a browser at this address would; return where it is sent back to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["redirect_uri"] in self.redirect_uris, asked["redirect_uri"]
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "subject": subject}
        back = {"code": code, "state": asked["state"], "iss": self.issuer}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def redeem(self, form: Mapping[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Answer at the token endpoint."""
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        if [unquote(one) for one in pair.split(":")] != [CLIENT_ID, CLIENT_SECRET]:
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form.get("code", ""), None)
        proof = base64.urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or asked["redirect_uri"] != form.get("redirect_uri")
            or asked["code_challenge"] != proof.rstrip(b"=").decode()
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {"token_type": "Bearer", "access_token": "x", "id_token": self.token(asked)}

    def token(self, asked: Mapping[str, str]) -> str:
        if self.forged:
            return self.forged
        now = int(time.time())
        true = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": asked["subject"],
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 300,
            **self.people[asked["subject"]],
        }
        claims = {name: value for name, value in {**true, **self.lies}.items() if value is not None}
        key = self.keys[0]
        header = self.header or {
            "alg": "ES256" if isinstance(key, ECKey) else "RS256",
            "kid": key.kid,
        }
        payload, signing = json.dumps(claims), self.sign_with or key
        return serialize_compact(header, payload, signing, algorithms=[header["alg"]])


@asynccontextmanager
async def identity_provider() -> AsyncIterator[Provider]:
    """Run a provider for the length of the block."""
    listener = listen("127.0.0.1", 0)
    host, port = listener.getsockname()[:2]
    provider = Provider(f"http://{host}:{port}")
    provider.rotate()
    stop = asyncio.Event()
    serving = asyncio.create_task(serve_http(_answers(provider), listener, stop))
    try:
        yield provider
    finally:
        stop.set()
        await serving


def _answers(provider: Provider) -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.middleware("http")
    async def note(request: Request, go_on: Any) -> Response:
        provider.asked.append(request.url.path.rpartition("/")[2])
        if provider.is_down:
            return Response(status_code=503)
        answer: Response = await go_on(request)
        return answer

    @app.get("/realms/tinh/.well-known/openid-configuration")
    async def discovery() -> dict[str, Any]:
        return {
            "issuer": provider.issuer,
            "authorization_endpoint": f"{provider.issuer}/auth",
            "token_endpoint": f"{provider.issuer}/token",
            "jwks_uri": f"{provider.issuer}/certs",
            "end_session_endpoint": f"{provider.issuer}/logout",
            "id_token_signing_alg_values_supported": ["ES256", "RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    @app.get("/favicon.ico", status_code=204)
    async def no_icon() -> None: ...

    @app.get("/realms/tinh/certs")
    async def keys() -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False) for key in provider.keys]}

    @app.get("/realms/tinh/auth")
    async def ask(request: Request) -> Response:
        """Show a form with everybody on it, as a provider's own page."""
        asked = escape(str(request.url), quote=True)
        buttons = "".join(
            f'<button name="subject" value="{escape(one)}">{escape(told["name"])}</button>'
            for one, told in provider.people.items()
        )
        body = (
            "<!doctype html><html lang=vi><title>SSO</title><h1>Đăng nhập SSO</h1>"
            f'<form method="post"><input type="hidden" name="asked" value="{asked}">'
            f"{buttons}</form>"
        )
        return Response(body, media_type="text/html")

    @app.post("/realms/tinh/auth")
    async def sign_in(request: Request) -> Response:
        form = parse_qs((await request.body()).decode())
        back = provider.sign_in(form["asked"][0], form["subject"][0])
        return Response(status_code=303, headers={"location": back})

    @app.post("/realms/tinh/token")
    async def token(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        status, said = provider.redeem(form, request.headers.get("authorization", ""))
        return JSONResponse(said, status_code=status)

    @app.get("/realms/tinh/logout")
    async def logout() -> Response:
        return Response("<!doctype html><h1>Đã đăng xuất SSO</h1>", media_type="text/html")

    return app
