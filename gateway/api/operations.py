"""/v1/operations: what operators see and do. No personal data; every act is audited."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from gateway.api.answers import as_json
from gateway.api.callers import ConfinedOperator, Operator, OperatorWithin
from gateway.api.documented import PROBLEMS
from gateway.api.operation_shapes import (
    ActItemPage,
    ActOrder,
    ActPage,
    ActShape,
    EndpointPage,
    StuckCounts,
    StuckPage,
    TransferForOperators,
)
from gateway.api.problems import Refusal, refuse
from gateway.api.state import ApiState, State
from gateway.api.stuck_filters import Causes, Wanted
from gateway.api.stuck_places import read_place, write_place
from gateway.intake.remarks import list_remarks
from gateway.operations import acts, deliveries, stuck
from gateway.operations.acts import ActRefused
from gateway.operations.causes import Cause
from gateway.operations.notes import is_within
from gateway.operations.stuck import Asking
from gateway.operations.stuck_filter import EVERYTHING, BadFilter, StuckFilter
from gateway.operations.time_view import time_view
from gateway.operations.transfer_view import find_transfer, read_ledger, transfer_view
from gateway.operations.verdict_view import verdict_view
from schemas.problems import ProblemType, problem

router = APIRouter(prefix="/v1/operations", tags=["operations"])

RUN_SECONDS = 5.0
_COMMON = PROBLEMS(400, 401, 403, 503)
_Limit = Annotated[int, Query(ge=1, le=500)]


@router.get(
    "/stuck",
    summary="Count what is stuck",
    operation_id="countStuck",
    responses={200: {"model": StuckCounts}, **_COMMON},
)
async def count_stuck(
    operator: ConfinedOperator, state: State, wanted: Wanted, causes: Causes = None
) -> Response:
    """Count every cause that is asked for; counts stop at 10,000."""
    asking = _asking(state, operator, wanted.of(*causes or ()))
    now = asking.now
    with _bad_filters():
        counts = await stuck.count_stuck(state.services.pool, asking)
    return as_json({"now": now, "causes": [one.view() for one in counts]})


@router.get(
    "/stuck/{cause}",
    summary="List what is stuck for a cause",
    operation_id="listStuck",
    responses={200: {"model": StuckPage}, **_COMMON},
)
async def list_stuck(
    cause: Cause,
    operator: ConfinedOperator,
    state: State,
    wanted: Wanted,
    after: Annotated[str | None, Query(max_length=300)] = None,
    limit: _Limit = 100,
) -> Response:
    """Return a page, longest stuck first where that is known."""
    asking = _asking(state, operator, wanted.of(cause))
    place = read_place(cause, after)
    with _bad_filters():
        items = await stuck.page_of_stuck(
            state.services.pool, cause, asking, after=place, limit=limit
        )
    following = write_place(cause, items[-1].place) if len(items) == limit else None
    return as_json({"items": [one.view() for one in items], "next": following})


@router.get(
    "/transfers/{transfer}",
    summary="Show a transfer with everything that was sent for it",
    operation_id="showTransfer",
    responses={200: {"model": TransferForOperators}, **_COMMON, **PROBLEMS(404)},
)
async def show_transfer(transfer: UUID, operator: ConfinedOperator, state: State) -> Response:
    """Return states, hops, clocks, ledger, deliveries with their attempts, and why it is stuck."""
    services = state.services
    found = await find_transfer(services.pool, transfer)
    if found is None or not await is_within(services.pool, transfer, operator.reach):
        raise refuse(ProblemType.NOT_FOUND, "no transfer has this id")
    why = await stuck.list_stuck(
        services.pool, _asking(state, operator, EVERYTHING), transfer=transfer
    )
    return as_json(
        {
            **transfer_view(found),
            "time": time_view(
                found.transfer, services.clock.now(), services.rulebook.calendars, found.ours
            ),
            "verdict": verdict_view(
                found.transfer, services.rulebook.calendars, services.clock.now()
            ),
            "ledger": await read_ledger(services.pool, transfer, names_people=True),
            "deliveries": await deliveries.list_deliveries(services.pool, transfer),
            "stuck": [one.view() for one in why],
            "remarks": await list_remarks(services.pool, transfer),
        }
    )


@router.get(
    "/endpoints",
    summary="List how agencies are reached",
    operation_id="listEndpoints",
    responses={200: {"model": EndpointPage}, **_COMMON},
)
async def list_endpoints(
    _operator: Operator,
    state: State,
    after: Annotated[str, Query(pattern=r"^[A-Z0-9.]{0,35}$")] = "",
    limit: _Limit = 100,
) -> Response:
    """Return connectors, breakers and paces; never addresses or secrets."""
    found = await deliveries.list_endpoints(state.services.pool, after=after, limit=limit)
    following = found[-1]["agency"] if len(found) == limit else None
    return as_json({"endpoints": found, "next": following})


@router.post(
    "/acts",
    summary="Act on one item or many",
    operation_id="startAct",
    status_code=202,
    responses={202: {"model": ActShape}, **_COMMON, **PROBLEMS(422)},
)
async def start_act(ordered: ActOrder, operator: ConfinedOperator, state: State) -> Response:
    """Freeze the list, then work through it; what takes longer goes on by itself.

    With `dry_run` the list is frozen and shown, and nothing is done before `resume`.
    """
    services = state.services
    order = ordered.order(operator.actor)
    wanted = ordered.wanted()
    try:
        if wanted is not None:
            frozen = await acts.freeze_asked(
                services.pool, order, _asking(state, operator, wanted), dry_run=ordered.dry_run
            )
        else:
            targets = [one.target() for one in ordered.targets or ()]
            frozen = await acts.freeze(
                services.pool,
                order,
                targets,
                question={},
                dry_run=ordered.dry_run,
                reach=operator.reach,
            )
    except (ActRefused, BadFilter) as error:
        raise Refusal(problem(ProblemType.INVALID_VALUE, str(error))) from error
    if not ordered.dry_run:
        await _run(state, frozen.id)
    view = await acts.find_act(services.pool, frozen.id)
    sample = [acts.target_view(target) for target in frozen.sample]
    return as_json({**(view or {}), "sample": sample, "capped": frozen.capped}, status=202)


@router.get(
    "/acts",
    summary="Read what operators did",
    operation_id="listActs",
    responses={200: {"model": ActPage}, **_COMMON},
)
async def list_acts(
    _operator: Operator, state: State, before: UUID | None = None, limit: _Limit = 50
) -> Response:
    """Return the audit trail, newest first."""
    found = await acts.list_acts(state.services.pool, before=before, limit=limit)
    following = found[-1]["id"] if len(found) == limit else None
    return as_json({"acts": found, "next": following})


@router.get(
    "/acts/{act}",
    summary="Follow an act",
    operation_id="getAct",
    responses={200: {"model": ActShape}, **_COMMON, **PROBLEMS(404)},
)
async def get_act(act: UUID, operator: ConfinedOperator, state: State) -> Response:
    """Return an act and how many items came to which outcome."""
    return as_json(await _found(state, operator, act))


@router.get(
    "/acts/{act}/items",
    summary="Read an act's list",
    operation_id="listActItems",
    responses={200: {"model": ActItemPage}, **_COMMON, **PROBLEMS(404)},
)
async def list_act_items(
    act: UUID,
    operator: ConfinedOperator,
    state: State,
    after: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: _Limit = 100,
) -> Response:
    """Return the frozen list with the outcome of each item so far."""
    await _found(state, operator, act)
    items = await acts.list_items(state.services.pool, act, after=after, limit=limit)
    following = items[-1]["no"] if len(items) == limit else None
    return as_json({"items": items, "next": following})


@router.post(
    "/acts/{act}/{how}",
    summary="Pause, resume or cancel an act",
    operation_id="controlAct",
    responses={200: {"model": ActShape}, **_COMMON, **PROBLEMS(404, 409)},
)
async def control_act(
    act: UUID,
    how: Annotated[Literal["pause", "resume", "cancel"], Path()],
    operator: ConfinedOperator,
    state: State,
) -> Response:
    """Change an act between two items; what is done stays done."""
    view = await _found(state, operator, act)
    if not await acts.control(state.services.pool, act, how):
        raise refuse(ProblemType.ILLEGAL_TRANSITION, f"the act is {view['state']}")
    if how == "resume":
        await _run(state, act)
    return as_json(await _found(state, operator, act))


def _asking(state: ApiState, operator: OperatorWithin, wanted: StuckFilter) -> Asking:
    services = state.services
    return Asking.of(services.rulebook, services.clock.now(), wanted, operator.reach)


@contextmanager
def _bad_filters() -> Iterator[None]:
    try:
        yield
    except BadFilter as error:
        raise refuse(ProblemType.BAD_QUERY, f"query: {error}") from error


async def _run(state: ApiState, act: UUID) -> None:
    await state.runner.run(act, seconds=RUN_SECONDS)
    state.services.wake_dispatch()


async def _found(state: ApiState, operator: OperatorWithin, act: UUID) -> dict[str, object]:
    """Return an act: any, or for who is confined their own, while they reach what it touches."""
    view = await acts.find_act(state.services.pool, act)
    if view is None or not (
        operator.reach is None or acts.is_followed_by(view, operator.actor, operator.reach)
    ):
        raise refuse(ProblemType.NOT_FOUND, "no act has this id")
    return view
