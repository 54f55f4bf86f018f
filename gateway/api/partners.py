"""POST /v1/partners/{agency}: a partner posts in its own dialect, and is answered in it.

Which dialect that is, and how the partner proves who it is, its endpoint says; only administrators
set it. From there on a post is what any message of that agency is.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Request, Response

from connectors.protocol import (
    OPERATION,
    Endpoint,
    Heard,
    Judgement,
    Reply,
    Speaker,
    Unheard,
)
from gateway.api.bodies import Oversized, read_body
from gateway.api.callers import caller_of
from gateway.api.documented import PROBLEMS
from gateway.api.intake import Unanswered, judge, refuse_if_stalled
from gateway.api.problems import refuse
from gateway.api.reception import refuse_compressed
from gateway.api.state import ApiState, State
from gateway.commit.items import Answer, Enclosed, Incoming, Judged, Road
from gateway.ids import new_id
from gateway.intake.enclosures import NotKept, keep_enclosures
from gateway.intake.partners import event_id, find_turn, judged_of, unread
from gateway.intake.reading import usable_traceparent
from gateway.intake.remarks import keep_remarks
from schemas.identifiers import AGENCY_PATTERN
from schemas.problems import Problem, ProblemType

router = APIRouter(prefix="/v1", tags=["messages"])

_IN_ITS_DIALECT: dict[str, Any] = {
    "description": "The answer as the partner's dialect words it.",
    "content": {"*/*": {"schema": {}}},
}


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "What the partner's system writes: the dialect is its endpoint's.",
        "content": {"*/*": {"schema": {}}},
    }
}
_ANSWERS = {200: _IN_ITS_DIALECT, **PROBLEMS(400, 401, 403, 404, 413, 415, 422, 429, 503)}

AgencyPath = Annotated[str, Path(pattern=AGENCY_PATTERN, max_length=35, examples=["G13.33"])]
Operation = Annotated[str, Path(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,63}$")]


@router.post(
    "/partners/{agency}/{operation}",
    summary="Post in a partner's own dialect, at an address of its own per operation",
    operation_id="postOperationAsPartner",
    responses=_ANSWERS,
    openapi_extra=_BODY,
)
async def post_operation_as_partner(
    agency: AgencyPath, operation: Operation, request: Request, state: State
) -> Response:
    """As without an operation, for dialects that say in the address what is posted."""
    return await _post(agency, operation, request, state)


@router.post(
    "/partners/{agency}",
    summary="Post in a partner's own dialect",
    operation_id="postAsPartner",
    responses=_ANSWERS,
    openapi_extra=_BODY,
)
async def post_as_partner(agency: AgencyPath, request: Request, state: State) -> Response:
    """Read a post in the dialect of the agency's endpoint, and take in what it amounts to.

    Authenticated as the dialect says: by a secret or a signature in the post, or by a bearer token
    of the agency. The same post again is a duplicate and is answered like the first. What cannot
    be read is kept, refused, and answered as the dialect words a refusal.
    """
    return await _post(agency, None, request, state)


async def _post(agency: str, operation: str | None, request: Request, state: ApiState) -> Response:
    refuse_compressed(request)
    refuse_if_stalled(state.services.committer)
    speaker, endpoint = _partner(agency, state)
    _refuse_if_guessing(request, agency, state)
    if speaker.shows_token(endpoint):
        await _check_token(request, agency, state)
    headers = _headers(request, operation)
    largest = speaker.largest(endpoint)
    async with state.large_bodies.turn(request, agency):
        body = await read_body(request, largest)
        if isinstance(body, Oversized):
            raise refuse(
                ProblemType.TOO_LARGE,
                f"a post of this partner has at most {largest} bytes",
                headers={"Connection": "close"},
            )
        heard = await asyncio.to_thread(speaker.read, headers, body, endpoint)
        kept = body if heard.kept is None else heard.kept
        del body
        enclosed: tuple[Enclosed, ...] | NotKept = ()
        if isinstance(heard, Heard) and heard.enclosures:
            enclosed = await keep_enclosures(state.services.depository, agency, heard.enclosures)
            heard = replace(heard, enclosures=())
    post = _incoming(request, agency, state, kept)
    match heard:
        case Unheard(problem=found, reply=reply):
            is_unauthenticated = found.slug is ProblemType.UNAUTHENTICATED
            if is_unauthenticated or heard.from_nobody:
                _note_guess(request, agency, state)
            if not is_unauthenticated:
                await judge(state.services.committer, [unread(post, found)])
                state.metrics.messages.labels("refused").inc()
            return _response(reply)
        case Heard() if isinstance(enclosed, NotKept):
            told = await _told_not_kept(heard, post, enclosed, state)
            reply = speaker.answer(heard, told, endpoint)
            wait = enclosed.retry_after
            headers = {} if wait is None else {"Retry-After": str(wait)}
            return _response(replace(reply, headers={**reply.headers, **headers}))
        case Heard():
            told = await _told(heard, post, enclosed, speaker.name, state)
            return _response(speaker.answer(heard, told, endpoint))


async def _told(
    heard: Heard, post: Incoming, enclosed: tuple[Enclosed, ...], dialect: str, state: ApiState
) -> list[Judgement]:
    """Take in the messages and keep the remarks of a post; say what became of each, in order."""
    told: list[Judgement] = []
    if heard.messages:
        judged = await _judged(heard, post, enclosed, dialect, state)
        told += _judgements(await judge(state.services.committer, judged), state)
    if heard.remarks:
        told += await keep_remarks(state.services.pool, post, dialect, heard.remarks, enclosed)
    return told


async def _told_not_kept(
    heard: Heard, post: Incoming, fault: NotKept, state: ApiState
) -> list[Judgement]:
    """Judge nothing of a post whose files are not kept: it comes again, or is a stored refusal."""
    amounts_to = len(heard.messages) + len(heard.remarks)
    if fault.retry_after is not None:
        return [Judgement("unanswered", fault.problem)] * amounts_to
    await judge(state.services.committer, [unread(post, fault.problem)])
    state.metrics.messages.labels("refused").inc()
    return [Judgement("refused", fault.problem)] * amounts_to


def _partner(agency: str, state: ApiState) -> tuple[Speaker, Endpoint]:
    """Find the agency's endpoint and who reads its dialect.

    One answer for all who have none, and for who is suspended: nobody has signed in yet.
    """
    reach = state.services.endpoints.reach(agency)
    speaker = state.services.speakers.get(reach.endpoint.connector) if reach else None
    may_speak = state.services.roster.state(agency).may_sign_in
    if reach is None or speaker is None or not may_speak:
        raise refuse(ProblemType.NOT_FOUND, "nobody posts in a dialect of its own here")
    return speaker, reach.endpoint


async def _judged(
    heard: Heard, post: Incoming, enclosed: tuple[Enclosed, ...], dialect: str, state: ApiState
) -> list[Judged]:
    """Find the turn that each message is about, and judge it by itself."""
    resolve = state.services.rulebook.directory.resolve
    judged: list[Judged] = []
    async with state.services.pool.connection() as connection:
        for message in heard.messages:
            id_ = event_id(dialect, message.id)
            named = await find_turn(connection, post.agency, id_, message)
            incoming = replace(post, id=new_id(), message_id=id_)
            judged.append(judged_of(message, named, incoming, resolve, enclosed))
    return judged


def _judgements(answers: Sequence[Answer | Unanswered], state: ApiState) -> list[Judgement]:
    told: list[Judgement] = []
    for answer in answers:
        match answer:
            case Unanswered(found):
                told.append(Judgement("unanswered", found))
            case Answer():
                told.append(_judgement(answer))
        state.metrics.messages.labels(told[-1].verdict).inc()
    return told


def _judgement(answer: Answer) -> Judgement:
    """Say a receipt to a speaker; a refusal stays a refusal however often it is sent."""
    receipt = orjson.loads(answer.receipt)
    if answer.verdict == "refused" or receipt.get("first") == "refused":
        return Judgement("refused", answer.problem or Problem.model_validate(receipt["problem"]))
    return Judgement("duplicate" if answer.verdict == "duplicate" else "accepted")


async def _check_token(request: Request, agency: str, state: ApiState) -> None:
    caller = await caller_of(state, request.headers.get("authorization"))
    if caller.agency != agency:
        raise refuse(ProblemType.FORBIDDEN, "this client does not speak for this agency")


def _refuse_if_guessing(request: Request, agency: str, state: ApiState) -> None:
    wait = state.failed_attempts.wait(_address(request), _door(agency))
    if wait > 0:
        state.metrics.refused_callers.labels("rate-limited").inc()
        raise refuse(
            ProblemType.RATE_LIMITED,
            "too many failed attempts from this address",
            headers={"Retry-After": str(int(wait) + 1)},
        )


def _note_guess(request: Request, agency: str, state: ApiState) -> None:
    state.metrics.refused_callers.labels("bad-credentials").inc()
    state.failed_attempts.note(_address(request), _door(agency))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _door(agency: str) -> str:
    return f"partner {agency}"


def _incoming(request: Request, agency: str, state: ApiState, body: bytes) -> Incoming:
    media = request.headers.get("content-type", "application/octet-stream")
    return Incoming(
        id=new_id(),
        road=Road.HTTP,
        agency=agency,
        media=media.strip()[:255].lower(),
        body=body,
        headers={},
        message_id=None,
        recorded_at=state.services.clock.now(),
        traceparent=usable_traceparent(request.headers.get("traceparent")),
    )


def _headers(request: Request, operation: str | None) -> dict[str, str]:
    """Return the headers by name in lower case; of a repeated one all values, as lists are sent."""
    told = {OPERATION: operation} if operation is not None else {}
    for name, value in request.headers.items():
        told[name] = f"{told[name]}, {value}" if name in told else value
    return told


def _response(reply: Reply) -> Response:
    return Response(reply.body, reply.status, headers=dict(reply.headers), media_type=reply.media)
