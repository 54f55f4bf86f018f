"""/v1/operations/alarms: what the gateway itself noticed, and who took note of it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from gateway.api.answers import as_json
from gateway.api.callers import Operator
from gateway.api.documented import PROBLEMS
from gateway.api.problems import refuse
from gateway.api.shapes import Title
from gateway.api.state import State
from gateway.operations.alarm_kinds import AlarmKind
from gateway.operations.alarms import acknowledge_alarm, list_alarms
from schemas.problems import ProblemType

router = APIRouter(prefix="/v1/operations/alarms", tags=["operations"])

_COMMON = PROBLEMS(400, 401, 403, 503)


class AlarmShape(BaseModel):
    """One alarm. Open until `cleared_at`; instants are machine time."""

    alarm: UUID
    kind: str
    title: Title | None
    todo: Title | None
    subject: str
    detail: dict[str, Any] = Field(description="Codes, instants and numbers.")
    first_raised_at: datetime
    last_seen_at: datetime
    count: int
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    cleared_at: datetime | None


class AlarmPage(BaseModel):
    """Alarms, newest first; `next` is null on the last page."""

    alarms: list[AlarmShape]
    next: UUID | None


@router.get(
    "",
    summary="List alarms",
    operation_id="listAlarms",
    responses={200: {"model": AlarmPage}, **_COMMON},
)
async def get_alarms(
    _operator: Operator,
    state: State,
    kind: AlarmKind | None = None,
    cleared: bool = False,
    before: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """Return open alarms; with `cleared=true` also those that are over."""
    found = await list_alarms(
        state.services.pool, kind=kind, cleared=cleared, before=before, limit=limit
    )
    following = found[-1]["alarm"] if len(found) == limit else None
    return as_json({"alarms": found, "next": following})


@router.post(
    "/{alarm}/acknowledge",
    summary="Take note of an alarm",
    operation_id="acknowledgeAlarm",
    responses={200: {"model": AlarmShape}, **_COMMON, **PROBLEMS(404)},
)
async def acknowledge(alarm: UUID, operator: Operator, state: State) -> Response:
    """Keep who took note first; the alarm stays open until what raised it is over."""
    by = f"operator:{operator.client_id}"
    noted = await acknowledge_alarm(state.services.pool, alarm, by=by)
    if noted is None:
        raise refuse(ProblemType.NOT_FOUND, "no open alarm has this id")
    return as_json(noted)
