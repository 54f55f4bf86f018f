"""Agencies' software that breaks one rule each, and the cases that this rule is asked by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import httpx
import orjson
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from connectors.simulators import WebhookAgency
from connectors.simulators.behaviour import Script
from connectors.simulators.http_road import CONTENT_TYPE
from connectors.simulators.instructions import Instructed
from connectors.simulators.messages import Message
from connectors.simulators.office import Taken
from connectors.simulators.outbox import Carried, Receipted
from connectors.simulators.webhook_server import Receive, Scope, Send, answer, read_body
from schemas.kinds import HandoverOffered, Kind
from tests.contract.conformance.stage import BEHAVIOUR

ONCE = Script(received_after=timedelta(), decided_after=timedelta(seconds=0.05))


class Anyone:
    """Takes every signature."""

    def verify(self, *_args: Any, **_named: Any) -> None:
        return None


class Timeless(Webhook):
    """Checks who signed, and never when."""

    def verify(self, data: bytes | str, headers: Mapping[str, str], **_named: Any) -> None:
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        text = data.decode() if isinstance(data, bytes) else data
        if self.sign(headers["webhook-id"], at, text) != headers["webhook-signature"]:
            raise WebhookVerificationError("another key")


class Picky(WebhookAgency):
    """Answers some calls by itself; `answers` says which, by the event."""

    answers: Callable[[Any, bytes], int | None] = staticmethod(lambda _event, _body: None)

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await read_body(receive)
        try:
            event = orjson.loads(body)
        except orjson.JSONDecodeError:
            event = None
        status = type(self).answers(event, body)
        if status is not None:
            await answer(send, status)
            return

        async def again() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        await super()._take(scope, again, send)


def picky(answers: Callable[[Any, bytes], int | None]) -> type[Picky]:
    return type("PickyAgency", (Picky,), {"answers": staticmethod(answers)})


def _is(event: Any, kind: str) -> bool:
    return isinstance(event, dict) and event.get("type") == f"vn.lienthong.{kind}.v1"


class Forgetful(WebhookAgency):
    """Does not know what it has dealt with, and makes up a new id each time."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        office = self.desk.office
        take, post = office.take, self.desk.outbox.post

        def take_anew(delivery: str, body: bytes) -> Taken:
            self.record.acted.pop(delivery, None)
            self.record.bodies.pop(delivery, None)
            return take(delivery, body)

        def post_anew(message: Message, *, copies: int = 1) -> None:
            event = orjson.loads(message.body) | {"id": str(uuid4())}
            post(replace(message, id=event["id"], body=orjson.dumps(event)), copies=copies)

        office.take = take_anew  # type: ignore[method-assign]
        self.desk.outbox.post = post_anew  # type: ignore[method-assign]


class Rewriting(WebhookAgency):
    """Sends what had no answer again as a new message."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        carry, tried = self._road.carry, set[str]()

        async def carry_anew(message: Message) -> Carried:
            event = orjson.loads(message.body)
            if message.id in tried:
                event["id"] = str(uuid4())
            tried.add(message.id)
            return await carry(replace(message, body=orjson.dumps(event)))

        self._road.carry = carry_anew  # type: ignore[method-assign]


class GivingUp(WebhookAgency):
    """Takes 503 for an answer."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        road = self._road

        async def carry_once(message: Message) -> Carried:
            headers = {"content-type": CONTENT_TYPE}
            while True:
                try:
                    came = await road.call(
                        "POST", "/v1/messages", content=message.body, headers=headers
                    )
                except httpx.HTTPError:
                    continue
                return Receipted({"verdict": f"http-{came.status_code}"})

        road.carry = carry_once  # type: ignore[method-assign]


class Locked(WebhookAgency):
    """Drops a message whose token has run out."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        road = self._road
        carry = road.carry

        async def carry_with_what_it_has(message: Message) -> Carried:
            token = await road._bearer(renew=False)
            probe = await road._client.get(
                "/v1/mailbox", headers={"authorization": f"Bearer {token}"}
            )
            if probe.status_code == httpx.codes.UNAUTHORIZED:
                await road._bearer(renew=True)
                return Receipted({"verdict": "http-401"})
            return await carry(message)

        road.carry = carry_with_what_it_has  # type: ignore[method-assign]


class Headstrong(WebhookAgency):
    """Finishes what was cancelled."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)

        def finish(cancelled: Any) -> None:
            data = {
                "transfer": str(cancelled.transfer),
                "step": cancelled.step,
                "round": cancelled.round,
                "outcome": "approved",
            }
            [subject] = [
                one.subject
                for one in self.record.sent.values()
                if one.transfer == str(cancelled.transfer)
            ][:1]
            self.desk.say(Kind.HOP_COMPLETED, subject, data)

        self.desk.office._drop = finish  # type: ignore[method-assign]


class Edited(WebhookAgency):
    """Changes each event before it is sent, by `edit`."""

    edit: Callable[[dict[str, Any]], None] = staticmethod(lambda _event: None)

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        post = self.desk.outbox.post

        def post_edited(message: Message, *, copies: int = 1) -> None:
            event = orjson.loads(message.body)
            type(self).edit(event)
            post(replace(message, body=orjson.dumps(event)), copies=copies)

        self.desk.outbox.post = post_edited  # type: ignore[method-assign]


def edited(edit: Callable[[dict[str, Any]], None]) -> type[Edited]:
    return type("EditedAgency", (Edited,), {"edit": staticmethod(edit)})


def _with_verifier(verifier: Callable[[str], Any]) -> Callable[..., WebhookAgency]:
    def build(*args: Any, secret: str, **named: Any) -> WebhookAgency:
        agency = WebhookAgency(*args, secret=secret, **named)
        agency._webhook = verifier(secret)
        return agency

    return build


def _first_round(event: dict[str, Any]) -> None:
    if "round" in event["data"]:
        event["data"]["round"] = 1


def _without(name: str) -> Callable[[dict[str, Any]], None]:
    def drop(event: dict[str, Any]) -> None:
        if event["type"] != Kind.TRANSFER_SUBMITTED.type:
            event.pop(name, None)

    return drop


class Blunt(Instructed):
    """Refuses for one reason only."""

    def script_for(self, handover: HandoverOffered) -> Script:
        return replace(Instructed.script_for(self, handover), refusal="rejected")


class Dozing(Instructed):
    """Pauses, and does not come back."""

    def script_for(self, handover: HandoverOffered) -> Script:
        return replace(Instructed.script_for(self, handover), pause_lasts=timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Breach:
    """What is broken, and which cases ask for it."""

    breaks: str
    fails: frozenset[str]
    make: Callable[..., WebhookAgency] = WebhookAgency
    behaviour: Any = BEHAVIOUR


def _breach(breaks: str, *fails: str, **how: Any) -> Breach:
    return Breach(breaks, frozenset(fails), **how)


_SAME: Final[dict[str, Any]] = {
    "acknowledge_after": timedelta(seconds=0.05),
    "supplement_after": timedelta(seconds=0.05),
}

BREACHES: Final = (
    _breach(
        "takes every signature",
        "bad-signature",
        "tampered",
        "stale-signature",
        make=_with_verifier(lambda _secret: Anyone()),
    ),
    _breach("never looks when it was signed", "stale-signature", make=_with_verifier(Timeless)),
    _breach(
        "acts on each arrival",
        "hand-over-again",
        "again-after-the-end",
        "other-bytes",
        make=Forgetful,
    ),
    _breach("sends again under a new id", "answer-lost", make=Rewriting),
    _breach("gives up at 503", "gateway-unavailable", make=GivingUp),
    _breach("drops what a stale token carried", "token-expired", make=Locked),
    _breach("finishes what was cancelled", "cancelled", make=Headstrong),
    _breach(
        "fails at kinds it does not know",
        "unknown-kind",
        make=picky(lambda event, _: 500 if _is(event, "unheard.of") or _v9(event) else None),
    ),
    _breach(
        "falls over what is no message",
        "not-a-message",
        make=picky(lambda event, _: 500 if event is None else None),
    ),
    _breach(
        "takes only attributes it knows",
        "extension-attributes",
        make=picky(lambda event, _: 400 if event and "conformancehint" in event else None),
    ),
    _breach(
        "takes 64 KiB",
        "large",
        make=picky(lambda _, body: 413 if len(body) > 64 * 1024 else None),
    ),
    _breach(
        "knows no news before the dossier",
        "news-of-a-stranger",
        make=picky(lambda event, _: 404 if _is(event, "transfer.changed") else None),
    ),
    _breach(
        "refuses warnings",
        "clock-warned",
        make=picky(lambda event, _: 422 if _is(event, "clock.warned") else None),
    ),
    _breach(
        "refuses notices of breaches",
        "clock-breached",
        make=picky(lambda event, _: 422 if _is(event, "clock.breached") else None),
    ),
    _breach("names the first round only", "second-round", make=edited(_first_round)),
    _breach("leaves out the subject", "own-words", make=edited(_without("subject"))),
    _breach("leaves out the time", "own-words", make=edited(_without("time"))),
    _breach(
        "refuses for one reason only",
        "refused-not-competent",
        "refused-incomplete",
        behaviour=Blunt(**_SAME),
    ),
    _breach("never resumes", "paused-and-resumed", behaviour=Dozing(**_SAME)),
    _breach(
        "never acknowledges a refusal",
        "acknowledges-refusal",
        behaviour=Instructed(**_SAME | {"acknowledge_after": None}),
    ),
    _breach(
        "never provides a supplement",
        "provides-supplement",
        behaviour=Instructed(**_SAME | {"supplement_after": None}),
    ),
)


def _v9(event: Any) -> bool:
    return isinstance(event, dict) and str(event.get("type", "")).endswith(".v9")
