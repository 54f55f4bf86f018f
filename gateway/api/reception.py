"""Read what a request says, one event or a batch, as messages that are judged by themselves.

Intake and the dry run read with the same eyes: what one takes, the other takes.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from fastapi import Request

from gateway.api import batches
from gateway.api.batches import NotABatch, TooMany, cut_batch
from gateway.api.bodies import Oversized, read_body
from gateway.api.problems import refuse
from gateway.api.state import ApiState
from gateway.commit.items import Incoming, Judged, Road
from gateway.ids import new_id
from gateway.intake.reading import MAX_BYTES, read_message, usable_traceparent
from schemas.envelope import BATCH_MEDIA_TYPE, STRUCTURED_MEDIA_TYPE
from schemas.problems import Problem, ProblemType, problem

_JSON = re.compile(r"application/(?:[a-z0-9.-]+\+)?json")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,40}/[a-z0-9][a-z0-9.+-]{0,60}")
_READ_AT_ONCE = 50
"""Items judged before others get a turn: about 5 ms."""


@dataclass(frozen=True, slots=True)
class Said:
    """The messages of one request; a batch is answered as one, even if it is of one message."""

    messages: Sequence[Judged]
    is_batch: bool


def refuse_compressed(request: Request) -> None:
    """Refuse a body that would first have to be unpacked."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise refuse(ProblemType.UNSUPPORTED_MEDIA_TYPE, "compressed bodies are not read")


async def read_request(request: Request, agency: str, state: ApiState) -> Said:
    """Read the body; what cannot be read is a message with its problem.

    Raises Refusal for a batch that is too large to be judged at all.
    """
    media = _media(request)
    if media.partition(";")[0].strip().lower() == BATCH_MEDIA_TYPE:
        return await _batch(request, agency, state, media)
    body = await read_body(request, MAX_BYTES)
    return Said([_judged(request, agency, state, body, media)], is_batch=False)


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
    rulebook = state.services.rulebook
    return read_message(incoming, rulebook.directory.resolve, rulebook.catalogue)


async def _batch(request: Request, agency: str, state: ApiState, media: str) -> Said:
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
        return Said([unread], is_batch=False)
    return Said(await _judged_items(request, agency, state, items), is_batch=True)


async def _judged_items(
    request: Request, agency: str, state: ApiState, items: list[bytes]
) -> list[Judged]:
    rulebook = state.services.rulebook
    judged: list[Judged] = []
    for no, item in enumerate(items):
        if no % _READ_AT_ONCE == _READ_AT_ONCE - 1:
            await asyncio.sleep(0)
        incoming = _incoming(request, agency, state, item, STRUCTURED_MEDIA_TYPE)
        judged.append(read_message(incoming, rulebook.directory.resolve, rulebook.catalogue))
    return judged


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
        traceparent=usable_traceparent(trace),
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
