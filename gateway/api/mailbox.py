"""The mailbox: an agency without a server of its own fetches what is owed to it, and says so.

Fetching leases each delivery for a while; an ack makes it delivered, a nack gives it back, and a
lease that runs out puts it back by itself. Act on a hand-over only after its ack was answered
with 200: until then it can be taken back.
"""

import time
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from connectors.protocol import Refused
from gateway.api import leases
from gateway.api.answers import as_json
from gateway.api.callers import Agency, AnyCaller, no_longer_good
from gateway.api.documented import PROBLEMS
from gateway.api.intake import commit
from gateway.api.leases import Leased, Standing
from gateway.api.problems import Refusal, refuse
from gateway.api.state import ApiState, State
from gateway.commit.items import Outcome, Settlement
from gateway.dispatch.backoff import wait_before_retry
from gateway.dispatch.urgency import handover_limits, is_overtaken, longest_wait, seconds_left
from gateway.intake.admission import not_live
from gateway.joining.states import MemberState
from schemas.problems import ProblemType

router = APIRouter(prefix="/v1/mailbox", tags=["mailbox"])

MOST = 100
LONGEST_WAIT = 20.0


class MailboxItem(BaseModel):
    """One delivery under lease."""

    delivery: UUID
    lease: int
    lease_until: datetime
    event: dict[str, Any] = Field(description="A CloudEvent in structured mode.")


class Mailbox(BaseModel):
    """What was fetched, oldest first."""

    items: list[MailboxItem]


class Lease(BaseModel):
    """Which lease is answered; without it, the present one."""

    model_config = ConfigDict(extra="forbid")

    lease: int | None = Field(None, ge=1, le=2**31 - 1)


class Nack(Lease):
    """Why a delivery is given back. `detail` is read by nobody here and not kept."""

    reason: str = Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$", examples=["form-not-readable"])
    detail: str | None = Field(None, max_length=2000)
    permanent: bool = False


class Settled(BaseModel):
    """Where the delivery stands now."""

    delivery: UUID
    state: Literal["pending", "delivered", "failed"]
    next_attempt_at: datetime | None = Field(None, description="When it can be fetched again.")


@router.get(
    "",
    summary="Fetch what is owed to you",
    operation_id="fetchMailbox",
    responses={200: {"model": Mailbox}, **PROBLEMS(400, 401, 403, 503)},
)
async def fetch(
    request: Request,
    caller: AnyCaller,
    agency: Agency,
    state: State,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 10,
    wait: Annotated[
        int, Query(ge=0, le=int(LONGEST_WAIT), description="Seconds to wait for something.")
    ] = 0,
) -> Response:
    """Lease up to `limit` deliveries; with `wait`, hold the request until there is one."""
    until = time.monotonic() + wait
    with state.services.streams.of(caller, partial(state.bell.wake, agency)) as waiting:
        while True:
            standing = state.services.roster.state(agency)
            if not standing.may_sign_in:
                raise Refusal(not_live(standing))  # suspended while it waited here
            if waiting.is_over:
                raise no_longer_good(state)
            found = await _lease(state, agency, limit, live=standing is MemberState.LIVE)
            left = until - time.monotonic()
            if found or left <= 0:
                break
            await state.bell.wait(agency, left)
            if await request.is_disconnected():
                break  # a lease nobody reads would only delay the next fetch
            if state.bell.is_closed:
                until = 0.0
    state.metrics.fetched.labels("fetched").inc(len(found))
    return as_json({"items": found})


@router.post(
    "/{delivery}/ack",
    summary="Say that you have it",
    operation_id="ackDelivery",
    responses={200: {"model": Settled}, **PROBLEMS(400, 401, 403, 404, 409, 422, 503)},
)
async def ack(delivery: UUID, agency: Agency, state: State, said: Lease | None = None) -> Response:
    """Settle a delivery as delivered. Repeating it changes nothing."""
    standing = await _standing(state, agency, delivery, said)
    if standing.state == "pending":
        await commit(
            state.services.committer,
            Outcome(
                standing.owed,
                Settlement.DELIVERED,
                "mailbox-ack",
                None,
                standing.held_ms,
                state.services.clock.now(),
            ),
        )
        state.services.witness.took(agency, standing.held_ms)
        standing = await _standing(state, agency, delivery, None)
    if standing.state != "delivered":
        raise _not_yours_any_more(standing)
    state.metrics.fetched.labels("acked").inc()
    return _settled(standing)


@router.post(
    "/{delivery}/nack",
    summary="Give it back",
    operation_id="nackDelivery",
    responses={200: {"model": Settled}, **PROBLEMS(400, 401, 403, 404, 409, 422, 503)},
)
async def nack(delivery: UUID, agency: Agency, state: State, said: Nack) -> Response:
    """Give a delivery back: for good (`permanent`), or to be fetched again later."""
    standing = await _standing(state, agency, delivery, said)
    if standing.state == "pending" and not standing.answered:
        await commit(state.services.committer, _given_back(state, standing, said))
        standing = await _standing(state, agency, delivery, None)
    if standing.state not in ("pending", "failed"):
        raise _not_yours_any_more(standing)
    state.metrics.fetched.labels("nacked").inc()
    return _settled(standing)


async def _lease(state: ApiState, agency: str, limit: int, *, live: bool) -> list[dict[str, Any]]:
    seconds = state.services.settings.lease_seconds
    pool = state.services.pool
    leased = await leases.lease_ready(pool, agency, limit=limit, seconds=seconds, live=live)
    if not leased:
        return []
    parcels = await state.parcels.make([one.owed for one in leased])
    items: list[dict[str, Any]] = []
    for one in leased:
        parcel = parcels.get(one.owed.id)
        if parcel is None:
            await commit(state.services.committer, _purged(one, state.services.clock.now()))
            continue
        reach = state.services.endpoints.reach(agency)
        if reach is not None and (refused := reach.refusal(parcel)) is not None:
            await commit(state.services.committer, _refused(one, refused, state))
            continue
        items.append(
            {
                "delivery": one.owed.id,
                "lease": one.owed.lease_no,
                "lease_until": one.until,
                "event": orjson.Fragment(parcel.body),
            }
        )
    return items


async def _standing(state: ApiState, agency: str, delivery: UUID, said: Lease | None) -> Standing:
    seconds = state.services.settings.lease_seconds
    standing = await leases.find(state.services.pool, agency, delivery, seconds=seconds)
    if standing is None or standing.owed.lease_no == 0:
        raise refuse(ProblemType.NOT_FOUND, "no delivery that you have fetched has this id")
    if said is not None and said.lease not in (None, standing.owed.lease_no):
        raise refuse(ProblemType.LEASE_LOST, "it was fetched again since, under another lease")
    return standing


def _given_back(state: ApiState, standing: Standing, said: Nack) -> Outcome:
    now = state.services.clock.now()
    if said.permanent:
        return Outcome(standing.owed, Settlement.REFUSED, said.reason, None, standing.held_ms, now)
    settings, policies = state.services.settings, state.services.rulebook.policies
    wait = wait_before_retry(
        standing.owed.attempts + 1,
        base=settings.backoff_base,
        cap=min(settings.backoff_cap, longest_wait(policies)),
        left=seconds_left(standing.owed, now, handover_limits(policies)),
    )
    return Outcome(
        standing.owed,
        Settlement.UNREACHABLE,
        said.reason,
        None,
        standing.held_ms,
        now,
        wait=wait,
        overtaken=is_overtaken(standing.owed, now),
    )


def _purged(one: Leased, now: datetime) -> Outcome:
    detail = "the stored body is gone"
    return Outcome(one.owed, Settlement.REFUSED, "payload-purged", detail, 0, now)


def _refused(one: Leased, refused: Refused, state: ApiState) -> Outcome:
    now = state.services.clock.now()
    return Outcome(one.owed, Settlement.REFUSED, refused.code, refused.detail, 0, now)


def _settled(standing: Standing) -> Response:
    again = standing.next_attempt_at if standing.state == "pending" else None
    return as_json(
        {"delivery": standing.owed.id, "state": standing.state, "next_attempt_at": again}
    )


def _not_yours_any_more(standing: Standing) -> Exception:
    match standing.state:
        case "withdrawn":
            told = "it was taken back in the meantime: do not act on it"
        case "delivered":
            told = "it was acknowledged before"
        case "failed":
            told = "it was refused before"
        case _:
            told = "it could not be settled: fetch it again"
    return refuse(ProblemType.LEASE_LOST, told)
