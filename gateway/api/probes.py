"""What machines around the gateway ask: alive, ready, measured."""

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from gateway.api.answers import as_json
from gateway.api.documented import PROBLEMS
from gateway.api.problems import RETRY_LATER, Refusal
from gateway.api.state import State
from gateway.observability.metrics import METRICS_MEDIA_TYPE
from gateway.services import Health
from gateway.store.sql import statement
from schemas.problems import ProblemType, problem

router = APIRouter(tags=["probes"])


class Part(BaseModel):
    """One part of the gateway."""

    part: str
    well: bool
    detail: str


class Readiness(BaseModel):
    """Every part, all well. Alarms call a person; they do not take the gateway off the road."""

    ready: Literal[True]
    parts: list[Part]
    alarms: dict[str, int]
    selftest_passed_at: datetime | None


@router.get("/healthz", summary="Is the process alive?", operation_id="getHealth")
async def get_health() -> dict[Literal["alive"], Literal[True]]:
    """Answer as long as the process can: it does not look at anything else."""
    return {"alive": True}


@router.get(
    "/readyz",
    summary="Can it take messages?",
    operation_id="getReadiness",
    responses={200: {"model": Readiness}, **PROBLEMS(503)},
)
async def get_readiness(state: State) -> Response:
    """Answer 200 when the store, the consumers and every duty are well; else 503 and why."""
    parts = [await _database(state), *state.services.health()]
    told: list[dict[str, Any]] = [
        {"part": one.part, "well": one.well, "detail": one.detail} for one in parts
    ]
    sentry = state.services.sentry
    seen: dict[str, Any] = {
        "alarms": {kind: count for kind, count in sentry.alarms.items() if count},
        "selftest_passed_at": sentry.selftest_passed_at,
    }
    if all(one.well for one in parts):
        return as_json({"ready": True, "parts": told, **seen})
    unwell = ", ".join(one.part for one in parts if not one.well)
    raise Refusal(
        problem(ProblemType.UNAVAILABLE, f"not well: {unwell}"),
        headers=RETRY_LATER,
        members={"ready": False, "parts": told, **seen},
    )


@router.get(
    "/metrics",
    summary="Metrics for Prometheus",
    operation_id="getMetrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def get_metrics(state: State) -> Response:
    """Return counters and gauges; none names a person or a case."""
    return Response(state.metrics.render(), headers={"Content-Type": METRICS_MEDIA_TYPE})


async def _database(state: State) -> Health:
    try:
        async with state.services.pool.connection(timeout=2) as connection:
            await connection.execute(statement("ask_database"))
    except Exception as error:
        return Health("database", well=False, detail=type(error).__name__)
    return Health("database", well=True, detail="answers")
