"""POST /v1/messages: one CloudEvent (structured or binary), or a batch of them."""

from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from gateway.api.callers import Agency, AnyCaller, still_good
from gateway.api.documented import PROBLEMS
from gateway.api.intake import document_of, judge, refuse_if_stalled, response_of
from gateway.api.message_docs import ANSWERS, EVENT_BODY
from gateway.api.problems import RETRY_SOON, Refusal, overloaded
from gateway.api.reception import read_request, refuse_compressed
from gateway.api.state import ApiState, State
from gateway.commit.items import Answer

router = APIRouter(prefix="/v1", tags=["messages"])


@router.post(
    "/messages",
    summary="Send a message, or a batch",
    operation_id="sendMessages",
    responses={**ANSWERS, **PROBLEMS(400, 401, 403, 409, 413, 415, 422, 503)},
    openapi_extra=EVENT_BODY,
)
async def send_messages(
    request: Request, caller: AnyCaller, agency: Agency, state: State
) -> Response:
    """Store and judge what an agency says.

    202 with the receipt the first time, 200 with the same receipt for a duplicate, a problem
    document for a refusal, which is stored too. A batch is answered with 200 and one receipt or
    problem per item, in order. An answer means that it is stored: resend, with the same id,
    whatever was not answered.
    """
    refuse_compressed(request)
    refuse_if_stalled(state.services.committer)
    said = await read_request(request, agency, state)
    await still_good(caller, state)  # a body may take half a minute to come
    answers = await judge(state.services.committer, said.messages)
    for answer in answers:
        _count(state, answer)
    if not said.is_batch:
        [answer] = answers
        return response_of(answer)
    if answers and not any(isinstance(answer, Answer) for answer in answers):
        raise Refusal(overloaded(), headers=RETRY_SOON)
    body = orjson.dumps([document_of(answer) for answer in answers])
    return Response(body, media_type="application/json")


def _count(state: ApiState, answer: Any) -> None:
    verdict = answer.verdict if isinstance(answer, Answer) else "unanswered"
    state.metrics.messages.labels(verdict).inc()
