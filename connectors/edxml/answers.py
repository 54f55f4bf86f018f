"""What a node of the axis answers to a letter: a state and an error code, in JSON; pure.

    {"status": "DONE", "errorCode": "0", "errorDesc": "…", "docId": "…"}

The field names are those of a provincial client in public source (2019). `errorDesc` decides
nothing. An error code means what the endpoint's `error_codes` say; any other is unlisted.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from connectors.codes import Code, CodeTable, Means
from connectors.edxml.partner import Partner
from connectors.edxml.tables import delivery_states
from connectors.http_calls import Answered
from connectors.protocol import Delivered, Missing, Outcome, Refused, Unreachable
from connectors.webhook_answers import WEBHOOK_CODES, read_retry_after

_OF_THE_ROAD: Final = [
    one for one in WEBHOOK_CODES if one.code not in ("bad-secret", "not-configured")
]
EDXML_CODES: Final = CodeTable(
    "edxml",
    [
        *_OF_THE_ROAD,
        Code("not-configured", Means.PERMANENT, "the endpoint has no address"),
        Code("bad-options", Means.PERMANENT, "the endpoint's options or secret cannot be read"),
        Code("no-older-code", Means.PERMANENT, "the directory has no QCVN 102 code of an agency"),
        Code("unwritable", Means.PERMANENT, "the parcel cannot be written as an envelope"),
        Code("document-unreadable", Means.OURS, "a document that goes along cannot be read"),
        Code("fail", Means.PERMANENT, "the node answered FAIL and no error code"),
        Code(
            "unreadable-answer", Means.UNKNOWN, "it answered 2xx with something else than a state"
        ),
    ],
)

_come = EDXML_CODES.outcome


@dataclass(frozen=True, slots=True)
class NodeAnswer:
    """What a node said."""

    state: str
    error_code: str | None


def judge_letter(answer: Answered, partner: Partner, now: datetime) -> Outcome:
    """Return what an answer to a letter comes to."""
    return _judge(answer, partner, now)


def judge_question(
    answer: Answered, partner: Partner, now: datetime
) -> Delivered | Refused | Missing | Unreachable:
    """Return what an answer to "what became of it?" comes to; 404 is: it does not have it."""
    if answer.status == 404:
        return Missing("http-404")
    return _judge(answer, partner, now)


def _judge(answer: Answered, partner: Partner, now: datetime) -> Delivered | Refused | Unreachable:
    if not 200 <= answer.status < 300:
        return _come(
            f"http-{answer.status}",
            f"the node answered {answer.status}",
            retry_after=read_retry_after(answer.headers.get("retry-after"), now),
        )
    said = _read(answer.body)
    if said is None:
        return _come("unreadable-answer", "the answer is not the JSON of a state")
    match delivery_states().get(said.state):
        case "delivered":
            return Delivered(said.state, at_remote=answer.headers.get("date"))
        case "failed":
            return _failed(said.error_code, partner)
        case _:
            return _come(f"state-{said.state}", "the node answered with a state that is not known")


def _failed(error_code: str | None, partner: Partner) -> Delivered | Refused | Unreachable:
    detail = "the node answered FAIL"
    if error_code is None:
        return _come("fail", detail)
    code = f"fail-{error_code}"
    means = partner.error_codes.get(error_code)
    if means is None:
        return _come(code, detail)
    return CodeTable("edxml", [Code(code, means, "as the endpoint says")]).outcome(code, detail)


def _read(body: bytes) -> NodeAnswer | None:
    try:
        said: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(said, dict) or not isinstance(said.get("status"), str):
        return None
    error = said.get("errorCode")
    code = str(error).strip() if isinstance(error, str | int) else ""
    return NodeAnswer(said["status"], code if code not in ("", "0") else None)
