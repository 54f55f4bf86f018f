"""POST /v1/messages: one CloudEvent (structured or binary), or a batch of them."""

import asyncio
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from gateway.api import batches
from gateway.api.batches import NotABatch, TooMany, cut_batch
from gateway.api.bodies import Oversized, read_body
from gateway.api.callers import Agency
from gateway.api.documented import PROBLEMS
from gateway.api.intake import document_of, judge, refuse_if_stalled, response_of
from gateway.api.message_docs import ANSWERS, EVENT_BODY
from gateway.api.problems import RETRY_SOON, Refusal, overloaded, refuse
from gateway.api.state import ApiState, State
from gateway.commit.items import Answer, Incoming, Judged, Road
from gateway.ids import new_id
from gateway.intake.reading import MAX_BYTES, read_message
from schemas.envelope import BATCH_MEDIA_TYPE, STRUCTURED_MEDIA_TYPE
from schemas.problems import Problem, ProblemType, problem

router = APIRouter(prefix="/v1", tags=["messages"])

_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)
_JSON = re.compile(r"application/(?:[a-z0-9.-]+\+)?json")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,40}/[a-z0-9][a-z0-9.+-]{0,60}")
_READ_AT_ONCE = 50
"""Items judged before others get a turn: about 5 ms."""


@router.post(
    "/messages",
    summary="Send a message, or a batch",
    operation_id="sendMessages",
    responses={**ANSWERS, **PROBLEMS(400, 401, 403, 409, 413, 415, 422, 503)},
    openapi_extra=EVENT_BODY,
)
async def send_messages(request: Request, agency: Agency, state: State) -> Response:
    """Store and judge what an agency says.

    202 with the receipt the first time, 200 with the same receipt for a duplicate, a problem
    document for a refusal, which is stored too. A batch is answered with 200 and one receipt or
    problem per item, in order. An answer means that it is stored: resend, with the same id,
    whatever was not answered.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise refuse(ProblemType.UNSUPPORTED_MEDIA_TYPE, "compressed bodies are not read")
    refuse_if_stalled(state.services.committer)
    media = _media(request)
    if media.partition(";")[0].strip().lower() == BATCH_MEDIA_TYPE:
        return await _batch(request, agency, state, media)
    body = await read_body(request, MAX_BYTES)
    [answer] = await judge(state.services.committer, [_judged(request, agency, state, body, media)])
    _count(state, answer)
    return response_of(answer)


def _judged(
    request: Request, agency: str, state: ApiState, body: bytes | Oversized, media: str
) -> Judged:
    if isinstance(body, Oversized):
        return _oversized(_incoming(request, agency, state, b"", media), body)
    incoming = _incoming(request, agency, state, body, media)
    name = media.partition(";")[0].strip().lower()
    if name != STRUCTURED_MEDIA_TYPE and _JSON.fullmatch(name) is None:
        found = problem(ProblemType.UNSUPPORTED_MEDIA_TYPE, _told_of(media))
        return _unread(incoming, found)
    return read_message(incoming, state.services.rulebook.directory.resolve)


async def _batch(request: Request, agency: str, state: ApiState, media: str) -> Response:
    body = await read_body(request, batches.MOST_BYTES)
    if isinstance(body, Oversized):
        raise refuse(
            ProblemType.TOO_LARGE,
            f"a batch has at most {batches.MOST_BYTES} bytes",
            headers={"Connection": "close"},
        )
    try:
        items = await asyncio.to_thread(cut_batch, body)
    except TooMany:
        raise refuse(
            ProblemType.TOO_LARGE, f"a batch has at most {batches.MOST_ITEMS} events"
        ) from None
    except NotABatch as error:
        incoming = _incoming(request, agency, state, body, media)
        unread = _unread(incoming, problem(ProblemType.NOT_JSON, str(error)))
        [answer] = await judge(state.services.committer, [unread])
        _count(state, answer)
        return response_of(answer)
    return await _judge_items(request, agency, state, items)


async def _judge_items(
    request: Request, agency: str, state: ApiState, items: list[bytes]
) -> Response:
    resolve = state.services.rulebook.directory.resolve
    judged: list[Judged] = []
    for no, item in enumerate(items):
        if no % _READ_AT_ONCE == _READ_AT_ONCE - 1:
            await asyncio.sleep(0)
        incoming = _incoming(request, agency, state, item, STRUCTURED_MEDIA_TYPE)
        judged.append(read_message(incoming, resolve))
    answers = await judge(state.services.committer, judged)
    for answer in answers:
        _count(state, answer)
    if answers and not any(isinstance(answer, Answer) for answer in answers):
        raise Refusal(overloaded(), headers=RETRY_SOON)
    body = orjson.dumps([document_of(answer) for answer in answers])
    return Response(body, media_type="application/json")


def _incoming(request: Request, agency: str, state: ApiState, body: bytes, media: str) -> Incoming:
    headers = _event_headers(request)
    trace = headers.get("ce-traceparent") or request.headers.get("traceparent", "")
    return Incoming(
        id=new_id(),
        road=Road.HTTP,
        agency=agency,
        media=media,
        body=body,
        headers=headers,
        message_id=headers.get("ce-id"),
        recorded_at=state.services.clock.now(),
        traceparent=trace if _TRACEPARENT.fullmatch(trace) else None,
    )


def _unread(incoming: Incoming, found: Problem) -> Judged:
    """A body that is not even read: stored as a refusal, and kept if it is small enough."""
    kept = len(incoming.body) <= MAX_BYTES
    return Judged(incoming, sha256(incoming.body).digest(), problem=found, keep_body=kept)


def _oversized(incoming: Incoming, body: Oversized) -> Judged:
    size = f"has {body.size} bytes" if body.is_whole else "goes on and on"
    found = problem(ProblemType.TOO_LARGE, f"the message {size}; at most {MAX_BYTES} are taken")
    return Judged(incoming, body.digest, problem=found, keep_body=False, size=body.size)


def _media(request: Request) -> str:
    return request.headers.get("content-type", "application/octet-stream").strip()[:255].lower()


def _told_of(media: str) -> str:
    """Say what was declared, if it is a media type: a client's default often surprises."""
    name = media.partition(";")[0].strip()
    declared = f"as {name}" if _MEDIA_TYPE.fullmatch(name) else "as nothing that is a media type"
    return f"the body is declared {declared}; a whole event is {STRUCTURED_MEDIA_TYPE}"


def _event_headers(request: Request) -> Mapping[str, str]:
    """Return the event's own headers; the caller's credentials are none of them."""
    kept: dict[str, str] = {}
    for name, value in request.headers.items():
        if name.startswith("ce-") or name == "content-type":
            kept[name] = f"{kept[name]}, {value}" if name in kept else value
    return kept


def _count(state: ApiState, answer: Any) -> None:
    verdict = answer.verdict if isinstance(answer, Answer) else "unanswered"
    state.metrics.messages.labels(verdict).inc()
