"""A ministry's portal that takes dossiers by REST, with every way of signing in that is in use.

It keeps what it was given by the caller's key, knows a key it had before, and says how it went in
a code beside a Vietnamese sentence: `success` as text in some answers, as a number in others.
"""

import base64
import itertools
from typing import Any
from urllib.parse import parse_qsl

from connectors.simulators.partner_server import Json, Posted

CLIENT, CLIENT_SECRET = "lien-thong", "synthetic client secret"
USER, PASSWORD = "lienthong", "synthetic password"
SHARED = "synthetic shared secret"


class TokenPartner:
    """`way` is one of oauth2-client-credentials, oauth2-password, session, secret."""

    def __init__(self, way: str) -> None:
        self.way = way
        self.dossiers: dict[str, Json] = {}
        self.effects: list[str] = []
        """The key of every call that took effect."""
        self.code: Any = 0
        """What it says of the next dossiers instead of success, if not 0."""
        self._tokens: set[str] = set()
        self._numbers = itertools.count(1)
        self.logins = 0

    def forget_tokens(self) -> None:
        """Take none of the tokens any more that were given out."""
        self._tokens.clear()

    def respond(self, posted: Posted) -> tuple[int, Any]:
        match posted.path:
            case "/token":
                return self._token(posted)
            case "/login":
                return self._login(posted.document or {})
        if not self.knows(posted):
            # A session that ran out is told in a 200, a token in a 401.
            if self.way == "session":
                return 200, {"code": "401", "message": "Phiên làm việc đã hết hạn"}
            return 401, {"code": 401, "message": "Không được phép truy cập"}
        document = posted.document or {}
        if posted.path.startswith("/dossiers/"):
            found = self.dossiers.get(posted.path.removeprefix("/dossiers/"))
            if found is None:
                return 200, {"code": "201", "message": "Không tìm thấy hồ sơ"}
            return 200, {"code": "00", "dossier": {"status": found["trangThai"]}}
        if self.code != 0:
            return 200, {"code": self.code, "message": "Có lỗi xảy ra, thành công chưa rõ"}
        key = posted.headers.get("idempotency-key", "")
        if key in self.effects:
            return 200, {"code": 409, "message": "Hồ sơ đã tồn tại"}
        self.effects.append(key)
        self.dossiers[str(document["maHoSo"])] = document
        return 200, {"code": 0, "message": "Không thành công là nói đùa"}

    def _token(self, posted: Posted) -> tuple[int, Any]:
        form = dict(parse_qsl(posted.body.decode()))
        if self.way == "oauth2-password":
            good = (form.get("username"), form.get("password")) == (USER, PASSWORD)
        else:
            scheme, _, encoded = posted.headers.get("authorization", "").partition(" ")
            pair = base64.b64decode(encoded).decode() if scheme == "Basic" else ""
            good = pair == f"{CLIENT}:{CLIENT_SECRET.replace(' ', '%20')}"
        if not good:
            return 401, {"error": "invalid_client"}
        return 200, {"access_token": self._fresh(), "expires_in": 3600}

    def _login(self, document: Json) -> tuple[int, Any]:
        if (document.get("username"), document.get("password")) != (USER, PASSWORD):
            return 200, {"code": "100", "message": "Sai tài khoản"}
        return 200, {"code": "00", "session": self._fresh()}

    def _fresh(self) -> str:
        self.logins += 1
        token = f"token-{next(self._numbers)}"
        self._tokens.add(token)
        return token

    def knows(self, posted: Posted) -> bool:
        """Whether a call shows what lets it in."""
        document = posted.document or {}
        match self.way:
            case "secret":
                return document.get("SecurityCode") == SHARED
            case "session":
                shown = posted.headers.get("x-session", "")
                return shown in self._tokens
        return posted.headers.get("authorization", "").removeprefix("Bearer ") in self._tokens
