"""GET /v1/operations/audit: who decided what, when, why, and what stood before and after."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from gateway.api.answers import as_json
from gateway.api.callers import Operator
from gateway.api.documented import PROBLEMS
from gateway.api.instants import QueryInstant
from gateway.api.state import State
from gateway.operations.trail import TrailQuestion, read_trail

router = APIRouter(prefix="/v1/operations/audit", tags=["operations"])


class EntryShape(BaseModel):
    """One decision. `subject` is whom it is about: an agency's code, mostly."""

    id: UUID
    at: datetime
    actor: str
    act: str
    subject: str
    reason: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class TrailPage(BaseModel):
    """The trail, newest first; `next` is null on the last page."""

    entries: list[EntryShape]
    next: UUID | None


@router.get(
    "",
    summary="Read the audit trail",
    operation_id="listAudit",
    responses={200: {"model": TrailPage}, **PROBLEMS(400, 401, 403, 503)},
)
async def list_trail(
    _operator: Operator,
    state: State,
    subject: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9@.-]{1,80}$")] = None,
    actor: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9:@._-]{1,120}$")] = None,
    act: Annotated[str | None, Query(pattern=r"^[a-z_.]{1,60}$")] = None,
    since: QueryInstant | None = None,
    until: QueryInstant | None = None,
    before: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """Return decisions, acts on dossiers and documents that operators were shown, as one trail."""
    question = TrailQuestion(actor, None if act is None else (act,), subject, since, until)
    found = await read_trail(state.services.pool, question, before=before, limit=limit)
    following = found[-1]["id"] if len(found) == limit else None
    return as_json({"entries": found, "next": following})
