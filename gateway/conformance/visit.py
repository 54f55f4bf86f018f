"""What a case may do to a gateway while we play two agencies: one sends, the other has a mailbox.

Every call is a raw one, so that a case can say it wrongly. Each dossier is new, with a code that no
earlier run has used.
"""

import asyncio
import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import orjson

from connectors.raw_http import NoAnswer, RawAnswer, RawCaller
from gateway.conformance.verdicts import Failure, require
from routing.data.tables import VIETNAM
from schemas.identifiers import agency_urn
from schemas.kinds import Kind
from schemas.problems import PROBLEM_URN_PREFIX

STRUCTURED: Final = "application/cloudevents+json"
Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Guest:
    """An agency that we play: its code and its credentials at the gateway."""

    code: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(slots=True)
class Visit:
    """One run against a gateway. `template` is the data of a submission to the second agency."""

    url: str
    raw: RawCaller
    sender: Guest
    receiver: Guest
    template: Mapping[str, Any]
    patience: float = 15.0
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _tokens: dict[str, str] = field(default_factory=dict, repr=False)

    # Calls

    async def token(self, guest: Guest) -> str:
        """Return a bearer token, fetched once."""
        if guest.client_id not in self._tokens:
            answer = await self.ask_token(guest.client_id, guest.client_secret)
            document = document_of(answer)
            require(
                isinstance(answer, RawAnswer)
                and answer.status == 200
                and "access_token" in document,
                f"POST /oauth/token answered {told(answer)}",
                "grant client_credentials by HTTP Basic, and answer with access_token",
            )
            self._tokens[guest.client_id] = str(document["access_token"])
        return self._tokens[guest.client_id]

    async def ask_token(self, client_id: str, secret: str) -> RawAnswer | NoAnswer:
        basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        return await self.raw.call(
            "POST",
            f"{self.url}/oauth/token",
            content=b"grant_type=client_credentials",
            headers={
                "authorization": f"Basic {basic}",
                "content-type": "application/x-www-form-urlencoded",
            },
        )

    async def call(
        self,
        guest: Guest | None,
        method: str,
        path: str,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> RawAnswer | NoAnswer:
        """Call as an agency, or as nobody."""
        named = dict(headers or {})
        if guest is not None:
            named["authorization"] = f"Bearer {await self.token(guest)}"
        return await self.raw.call(
            method, f"{self.url}{path}", content=content, headers=named, params=params
        )

    async def send(
        self, guest: Guest, event: Event | bytes, *, media: str = STRUCTURED
    ) -> RawAnswer | NoAnswer:
        """Post one event in structured mode, or bytes as they are."""
        body = event if isinstance(event, bytes) else orjson.dumps(event)
        return await self.call(
            guest, "POST", "/v1/messages", content=body, headers={"content-type": media}
        )

    # Messages

    def event(self, guest: Guest, kind: Kind, subject: str, data: Mapping[str, Any]) -> Event:
        """Write an event with a new id."""
        return {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": agency_urn(guest.code),
            "type": kind.type,
            "subject": subject,
            "time": self.now().isoformat(timespec="seconds"),
            "datacontenttype": "application/json",
            "data": dict(data),
        }

    def submission(self, **changes: Any) -> Event:
        """Write a submission of a new dossier to the second agency."""
        now = self.now()
        number = 10**6 + secrets.randbelow(9 * 10**6)
        subject = f"{self.sender.code}-{now.astimezone(VIETNAM):%y%m%d}-{number}"
        data = {**self.template, "received_at": now.isoformat(timespec="seconds"), **changes}
        return self.event(self.sender, Kind.TRANSFER_SUBMITTED, subject, data)

    async def submit(self) -> tuple[str, Event]:
        """Submit a dossier that is accepted; return its transfer and the event."""
        event = self.submission()
        receipt = self.accepted(await self.send(self.sender, event))
        return str(receipt["transfer"]), event

    async def offered(self, transfer: str) -> Event:
        """Return the hand-over of a transfer, once it lies in the mailbox; acknowledge it."""
        ends_at = asyncio.get_running_loop().time() + self.patience
        while asyncio.get_running_loop().time() < ends_at:
            for item in await self.fetch():
                await self.acknowledge(item)
                event = item["event"]
                if (
                    event["type"] == Kind.HANDOVER_OFFERED.type
                    and event["data"]["transfer"] == transfer
                ):
                    return dict(event)
        raise Failure(
            f"no handover.offered came to the mailbox within {self.patience:g} s",
            "offer the first hop to its agency as soon as the submission is stored",
        )

    async def fetch(self) -> list[dict[str, Any]]:
        """Fetch what lies in the second agency's mailbox."""
        answer = await self.call(self.receiver, "GET", "/v1/mailbox", params={"wait": "2"})
        document = document_of(answer)
        require(
            isinstance(answer, RawAnswer) and answer.status == 200 and "items" in document,
            f"GET /v1/mailbox answered {told(answer)}",
            "answer 200 with `items`, each with delivery, lease_until and event",
        )
        return list(document["items"])

    async def acknowledge(self, item: Mapping[str, Any]) -> RawAnswer | NoAnswer:
        return await self.call(self.receiver, "POST", f"/v1/mailbox/{item['delivery']}/ack")

    async def say(self, offer: Event, kind: Kind, **more: Any) -> RawAnswer | NoAnswer:
        """Say something as the second agency about the hop that it was offered."""
        return await self.send(self.receiver, self.about(offer, kind, **more))

    def about(self, offer: Event, kind: Kind, **more: Any) -> Event:
        """Write a message about an offered hop."""
        data = {name: offer["data"][name] for name in ("transfer", "step", "round")}
        return self.event(self.receiver, kind, offer["subject"], data | more)

    async def state(self, transfer: str) -> dict[str, Any]:
        """Return a transfer as its originator sees it."""
        answer = await self.call(self.sender, "GET", f"/v1/transfers/{transfer}")
        require(
            isinstance(answer, RawAnswer) and answer.status == 200,
            f"GET /v1/transfers/{{id}} answered {told(answer)}",
            "show a transfer to the agency that submitted it",
        )
        return dict(document_of(answer))

    # Judgements

    def accepted(self, answer: RawAnswer | NoAnswer, *, again: bool = False) -> dict[str, Any]:
        """Return the receipt of what must have been taken."""
        status, verdict = (200, "duplicate") if again else (202, "accepted")
        document = document_of(answer)
        require(
            isinstance(answer, RawAnswer)
            and answer.status == status
            and document.get("verdict") == verdict,
            f"it was answered {told(answer)}, not {status} with verdict {verdict}",
            "answer a valid message with its receipt: 202 the first time, 200 for a duplicate",
        )
        return document

    def refused(self, answer: RawAnswer | NoAnswer, *statuses: int, slug: str) -> dict[str, Any]:
        """Return the problem document of what must have been refused."""
        document = document_of(answer)
        require(
            isinstance(answer, RawAnswer) and answer.status in statuses,
            f"it was answered {told(answer)}, not {' or '.join(map(str, statuses))}",
            f"refuse it with a problem document of type {slug}",
        )
        assert isinstance(answer, RawAnswer)
        media = answer.headers.get("content-type", "")
        require(
            media.startswith("application/problem+json")
            and document.get("type") == f"{PROBLEM_URN_PREFIX}{slug}",
            f"the refusal is {media or 'untyped'}, type {document.get('type')}",
            f"answer application/problem+json (RFC 9457) with type {PROBLEM_URN_PREFIX}{slug}",
        )
        return document


def document_of(answer: RawAnswer | NoAnswer) -> dict[str, Any]:
    """Return the JSON object of an answer; an empty one if it is none."""
    found = answer.document if isinstance(answer, RawAnswer) else None
    return found if isinstance(found, dict) else {}


def told(answer: RawAnswer | NoAnswer) -> str:
    """Say an answer in words, with its problem if it names one."""
    if isinstance(answer, NoAnswer):
        return f"nothing ({answer.why})"
    problem = str(document_of(answer).get("type", "")).removeprefix(PROBLEM_URN_PREFIX)
    return f"HTTP {answer.status}" + (f" ({problem})" if problem else "")
