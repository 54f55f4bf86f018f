"""An agency behind a node of the text axis: letters come in by HTTP, statuses go back.

The node checks the gateway's signature if it was given its certificate, keeps letters by their
DocumentId, holds every file of a letter against what the message says of it, takes statuses about
letters of its own and refuses those about others, says what it has when asked, and fails as told:
200 with FAIL, slowness, and whatever the dossier's script says of HTTP.
"""

import asyncio
import socket
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qs

import orjson
from cryptography import x509

from connectors.edxml.faults import EnvelopeRefused
from connectors.edxml.files import DOSSIER_FILE
from connectors.edxml.limits import DEFAULT_LIMITS
from connectors.edxml.model import Envelope, Status, StatusCode
from connectors.edxml.policy import Leave, SignaturePolicy
from connectors.edxml.signatures import open_envelope
from connectors.simulators.agency import Desk, run_together
from connectors.simulators.behaviour import Fault
from connectors.simulators.edxml_road import EdxmlRoad, Seal
from connectors.simulators.office import Taken
from connectors.simulators.record import Record
from connectors.simulators.webhook_server import (
    BodyTooLarge,
    Receive,
    Scope,
    Send,
    answer,
    bind_loopback,
    fail,
    read_body,
    serving,
)
from schemas.kinds import Kind

_TAKEN_BEFORE_FAILING: Final = frozenset({Fault.CUT, Fault.DRIP, Fault.GIANT})
_JSON: Final = (("content-type", "application/json"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """What this node does beyond what scripts say."""

    fail_first: int = 0
    """How many letters are answered 200 with FAIL before any is taken."""
    fail_code: str | None = "20"
    slow: float = 0.0
    """Seconds of machine time that every answer takes."""
    malformed_every: int = 0
    """Every so many posts, half an envelope goes out before the whole one."""


@dataclass(frozen=True, slots=True)
class Said:
    """A status about a letter of this agency's."""

    about: str
    code: StatusCode
    text: str
    at: datetime


class EdxmlAgency:
    """Listens on loopback; further keyword arguments are the Desk's."""

    def __init__(
        self,
        code: str,
        base_url: str,
        *,
        seal: Seal,
        gateway_certificate: x509.Certificate | None = None,
        organ_id: str | None = None,
        quirks: Quirks | None = None,
        transport: Any = None,
        **desk: Any,
    ) -> None:
        self.code = code
        self._quirks = quirks or Quirks()
        self._certificate = gateway_certificate
        self._bound: socket.socket | None = bind_loopback(0)
        self._port: int = self._bound.getsockname()[1]
        self.road = EdxmlRoad(
            code,
            base_url,
            seal=seal,
            organ_id=organ_id,
            malformed_every=self._quirks.malformed_every,
            transport=transport,
        )
        self._calls: Counter[str] = Counter()
        self._failed = 0
        self.letters: dict[str, Envelope] = {}
        """DocumentId → the letter as it came last."""
        self.papers: dict[str, bytes] = {}
        """sha-256 → a file that came with a letter."""
        self.statuses: list[Said] = []
        """What was said about letters of its own, in the order it came; said twice it is one."""
        self.rejected: list[str] = []
        """Faults of what was posted and is no envelope of the gateway's."""
        self.desk = Desk(code, self.road, **desk)
        self.started = asyncio.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}/van-ban"

    @property
    def record(self) -> Record:
        return self.desk.record

    @property
    def in_flight(self) -> int:
        return self.desk.bustle.in_flight

    async def run(self) -> None:
        try:
            await run_together(self.desk.outbox.run(), self.desk.office.run(), self._serve())
        finally:
            await self.road.aclose()

    def release(self) -> None:
        """Give back the port of an agency that will not run."""
        if self._bound is not None:
            self._bound.close()
            self._bound = None

    async def _serve(self) -> None:
        bound = self._bound or bind_loopback(self._port)
        self._bound = None
        async with serving(self._handle, bound):
            self.started.set()
            await asyncio.Event().wait()

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.desk.bustle.begin()
        try:
            if self._quirks.slow:
                await asyncio.sleep(self._quirks.slow)
            if scope["method"] == "GET":
                await self._say_what_is_here(scope, send)
            else:
                await self._take(receive, send)
        finally:
            self.desk.bustle.end()

    async def _say_what_is_here(self, scope: Scope, send: Send) -> None:
        asked = parse_qs(scope["query_string"].decode()).get("docId", [""])[0]
        if asked not in self.letters:
            await answer(send, 404)
            return
        await _say(send, "DONE", asked)

    async def _take(self, receive: Receive, send: Send) -> None:
        try:
            letter = self._opened(await read_body(receive, DEFAULT_LIMITS.envelope))
        except BodyTooLarge:
            await answer(send, 413)
            return
        except EnvelopeRefused as refused:
            self.rejected.append(str(refused.fault))
            await _say(send, "FAIL", "", "22")
            return
        if not self.desk.office.is_open:
            await answer(send, 503)
            return
        if self._failed < self._quirks.fail_first:
            self._failed += 1
            await _say(send, "FAIL", "", self._quirks.fail_code)
            return
        if letter.status is not None:
            await self._note(letter.status, send)
            return
        assert letter.message is not None
        delivery, body = _event_in(letter)
        wrong = _what_is_wrong(letter)
        if wrong is not None:
            self.rejected.append(wrong)
            await _say(send, "FAIL", "", "22")
            return
        document_id = letter.message.document_id
        fault = self.desk.office.script_of(orjson.loads(body)).fault
        self._calls[delivery] += 1
        if fault is not None and self._calls[delivery] <= fault.times:
            if fault.fault in _TAKEN_BEFORE_FAILING:
                self._keep(document_id, letter, delivery, body)
            await fail(fault, receive, send)
            return
        taken = self._keep(document_id, letter, delivery, body)
        await _say(send, "FAIL" if taken is Taken.UNREADABLE else "DONE", document_id)

    async def _note(self, status: Status, send: Send) -> None:
        about = status.response_for.document_id
        if about not in self.road.letters:
            self.rejected.append("a status about no letter of ours")
            await _say(send, "FAIL", "", "22")
            return
        said = Said(about, status.code, status.description or "", status.at)
        if said not in self.statuses:
            self.statuses.append(said)
        await _say(send, "DONE", "")

    def _keep(self, document_id: str, letter: Envelope, delivery: str, body: bytes) -> Taken:
        self.letters[document_id] = letter
        self.papers |= _papers_in(letter)
        return self.desk.office.take(delivery, body)

    def _opened(self, body: bytes) -> Envelope:
        now = self.desk.wake.now()
        if self._certificate is not None:
            policy = SignaturePolicy(certificates=(self._certificate,))
        else:
            policy = SignaturePolicy(unsigned=Leave(now.date().replace(year=2199), "mô phỏng"))
        return open_envelope(body, policy, now).envelope


def _event_in(letter: Envelope) -> tuple[str, bytes]:
    """Return the delivery's id and the event that the letter's file holds."""
    (file,) = (one for one in letter.files if one.name == DOSSIER_FILE)
    said = orjson.loads(file.content)
    event = {
        "specversion": "1.0",
        "id": said["delivery"],
        "source": "urn:lienthong:gateway",
        "type": Kind(said["kind"]).type,
        **({"subject": said["dossier"]} if said["dossier"] else {}),
        "datacontenttype": "application/json",
        "data": said["data"],
    }
    return said["delivery"], orjson.dumps(event)


def _papers_in(letter: Envelope) -> dict[str, bytes]:
    files = (one.content for one in letter.files if one.name != DOSSIER_FILE)
    return {sha256(content).hexdigest(): content for content in files}


def _what_is_wrong(letter: Envelope) -> str | None:
    """Hold the files against the message's list of them: all there, the right bytes, no others."""
    (file,) = (one for one in letter.files if one.name == DOSSIER_FILE)
    said = {
        one["content_id"]: one["sha256"]
        for one in orjson.loads(file.content).get("files", ())
        if "content_id" in one
    }
    came = {
        one.content_id: sha256(one.content).hexdigest()
        for one in letter.files
        if one.name != DOSSIER_FILE
    }
    return None if said == came else "the files are not those that the message lists"


async def _say(send: Send, state: str, document_id: str, code: str | None = "0") -> None:
    said = {"status": state, "errorCode": code, "errorDesc": "mô phỏng", "docId": document_id}
    await answer(send, 200, _JSON, orjson.dumps(said))
