"""The player's HTTP surface: token, messages, mailbox; and how it fails when a case wants it to.

Only what an agency's software needs to take part. A token that was revoked is answered 401, as one
that has run out is; a lost answer is a connection that breaks after the message was taken.
"""

import base64
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qs
from uuid import UUID

import orjson
from fastapi import FastAPI, Request, Response

from gateway.api.intake import document_of, response_of
from gateway.api.problems import answer_with_problems, refuse
from gateway.conformance.player import Letter, Player
from gateway.intake.reading import MAX_BYTES
from schemas.envelope import STRUCTURED_MEDIA_TYPE
from schemas.problems import ProblemType

BATCH_MEDIA_TYPE: Final = "application/cloudevents-batch+json"
TOKEN_SECONDS: Final = 3600


@dataclass(slots=True)
class Faults:
    """How the next calls go wrong, by number of calls."""

    unavailable: int = 0
    """Messages answered 503, and stored by nobody."""
    lost: int = 0
    """Messages that are taken while the connection breaks before the answer."""


@dataclass(slots=True)
class Boxed:
    """One delivery in the mailbox of the system under test."""

    letter: Letter
    lease: int = 0
    leased: bool = False
    nacks: int = 0


@dataclass(slots=True)
class Surface:
    """What the system under test talks to, with the credentials that it has for the run."""

    player: Player
    client_id: str
    client_secret: str = field(repr=False)
    faults: Faults = field(default_factory=Faults)
    tokens: set[str] = field(default_factory=set, repr=False)
    granted: int = 0
    mailbox: dict[UUID, Boxed] = field(default_factory=dict)
    acknowledged: list[UUID] = field(default_factory=list)

    def revoke(self) -> None:
        """Let no token count any more that was given out so far."""
        self.tokens.clear()

    def box(self, letter: Letter) -> None:
        """Lay a delivery into the mailbox, or lay one that was fetched there again."""
        self.mailbox[letter.owed.id] = Boxed(letter)

    def app(self) -> FastAPI:
        """Return the application."""
        app = FastAPI(openapi_url=None)
        answer_with_problems(app)
        app.add_api_route("/oauth/token", self._token, methods=["POST"])
        app.add_api_route("/v1/messages", self._messages, methods=["POST"])
        app.add_api_route("/v1/mailbox", self._fetch, methods=["GET"])
        app.add_api_route("/v1/mailbox/{delivery}/ack", self._ack, methods=["POST"])
        app.add_api_route("/v1/mailbox/{delivery}/nack", self._nack, methods=["POST"])
        return app

    async def _token(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode("latin-1"))
        client, secret = (form.get(name, [""])[0] for name in ("client_id", "client_secret"))
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                client, _, secret = base64.b64decode(credentials).decode().partition(":")
            except ValueError:
                client = secret = ""
        if (client, secret) != (self.client_id, self.client_secret):
            body = {"error": "invalid_client"}
            return Response(orjson.dumps(body), 401, media_type="application/json")
        self.granted += 1
        token = secrets.token_urlsafe(24)
        self.tokens.add(token)
        granted = {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS}
        return Response(orjson.dumps(granted), media_type="application/json")

    async def _messages(self, request: Request) -> Response:
        self._who(request)
        if self.faults.unavailable > 0:
            self.faults.unavailable -= 1
            raise refuse(
                ProblemType.UNAVAILABLE,
                "the conformance kit takes nothing now: send it again, with the same id",
                headers={"Retry-After": "1"},
            )
        media, body = request.headers.get("content-type", ""), await request.body()
        headers = {name.lower(): value for name, value in request.headers.items()}
        if media.startswith(BATCH_MEDIA_TYPE):
            return self._batch(body)
        answer = self.player.judge(self.player.agency, body[: MAX_BYTES + 1], media, headers)
        if self.faults.lost > 0:
            self.faults.lost -= 1
            return _Broken()
        return response_of(answer)

    def _batch(self, body: bytes) -> Response:
        try:
            events = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise refuse(ProblemType.NOT_JSON, "the batch is not JSON") from None
        if not isinstance(events, list):
            raise refuse(ProblemType.NOT_A_CLOUDEVENT, "a batch is a JSON array of events")
        agency = self.player.agency
        answers = [
            self.player.judge(agency, orjson.dumps(event), STRUCTURED_MEDIA_TYPE)
            for event in events
        ]
        documents = [document_of(answer) for answer in answers]
        return Response(orjson.dumps(documents), media_type="application/json")

    async def _fetch(self, request: Request) -> Response:
        self._who(request)
        items: list[dict[str, Any]] = []
        for delivery, boxed in self.mailbox.items():
            if boxed.leased:
                continue
            boxed.leased, boxed.lease = True, boxed.lease + 1
            items.append(
                {
                    "delivery": str(delivery),
                    "lease": boxed.lease,
                    "lease_until": self.player.clock.now() + timedelta(seconds=30),
                    "event": orjson.Fragment(boxed.letter.parcel.body),
                }
            )
        body = orjson.dumps({"items": items}, option=orjson.OPT_UTC_Z)
        return Response(body, media_type="application/json")

    async def _ack(self, request: Request, delivery: UUID) -> Response:
        self._who(request)
        boxed = self.mailbox.pop(delivery, None)
        if boxed is not None:
            self.acknowledged.append(delivery)
            self.player.delivered(boxed.letter, "mailbox ack")
        elif delivery not in self.acknowledged:
            raise refuse(ProblemType.NOT_FOUND, "no such delivery is owed to you")
        return _settled(delivery, "delivered")

    async def _nack(self, request: Request, delivery: UUID) -> Response:
        self._who(request)
        boxed = self.mailbox.get(delivery)
        if boxed is None:
            raise refuse(ProblemType.NOT_FOUND, "no such delivery is owed to you")
        boxed.leased, boxed.nacks = False, boxed.nacks + 1
        return _settled(delivery, "pending")

    def _who(self, request: Request) -> None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            raise refuse(ProblemType.UNAUTHENTICATED, "the bearer token is missing or not good")


def _settled(delivery: UUID, state: str) -> Response:
    body = {"delivery": str(delivery), "state": state}
    return Response(orjson.dumps(body), media_type="application/json")


class _Broken(Response):
    """An answer that breaks off: more is announced than comes."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 202, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
