"""/v1/operations: groups of what is stuck, views of one's own, and notes, which are free text."""

from uuid import UUID

from fastapi import APIRouter, Response

from gateway.api.answers import as_json
from gateway.api.callers import ConfinedOperator
from gateway.api.documented import PROBLEMS
from gateway.api.operation_shapes import KeptView, NoteList, StuckGroupPage, ViewList, ViewOrder
from gateway.api.problems import Refusal, refuse
from gateway.api.state import State
from gateway.api.stuck_filters import Causes, Wanted
from gateway.operations import stuck
from gateway.operations.notes import is_within, list_notes
from gateway.operations.stuck import Asking
from gateway.operations.stuck_filter import BadFilter
from gateway.operations.stuck_views import MOST_VIEWS, drop_view, keep_view, list_views
from schemas.problems import ProblemType, problem

router = APIRouter(prefix="/v1/operations", tags=["operations"])

_COMMON = PROBLEMS(400, 401, 403, 503)


@router.get(
    "/stuck-groups",
    summary="Group what is stuck by what failed, and where",
    operation_id="groupStuck",
    responses={200: {"model": StuckGroupPage}, **_COMMON},
)
async def group_stuck(
    operator: ConfinedOperator, state: State, wanted: Wanted, causes: Causes = None
) -> Response:
    """Return the largest groups by cause, agency and failure; each with the filter that is it."""
    services = state.services
    asking = Asking.of(
        services.rulebook, services.clock.now(), wanted.of(*causes or ()), operator.reach
    )
    try:
        found = await stuck.group_stuck(services.pool, asking)
    except BadFilter as error:
        raise refuse(ProblemType.BAD_QUERY, f"query: {error}") from error
    return as_json({"groups": [one.view() for one in found.groups], "capped": found.capped})


@router.get(
    "/stuck-views",
    summary="List your views",
    operation_id="listStuckViews",
    responses={200: {"model": ViewList}, **_COMMON},
)
async def list_stuck_views(operator: ConfinedOperator, state: State) -> Response:
    """Return the questions that you kept, by name."""
    return as_json({"views": await list_views(state.services.pool, operator.client_id)})


@router.post(
    "/stuck-views",
    summary="Keep a question as a view of yours",
    operation_id="keepStuckView",
    responses={200: {"model": KeptView}, **_COMMON, **PROBLEMS(422)},
)
async def keep_stuck_view(order: ViewOrder, operator: ConfinedOperator, state: State) -> Response:
    """Keep it, in place of the one that had the name."""
    kept = await keep_view(
        state.services.pool, operator.client_id, order.name, order.filter.filter()
    )
    if kept is None:
        raise Refusal(problem(ProblemType.INVALID_VALUE, f"{MOST_VIEWS} views at most"))
    return as_json({"id": kept})


@router.delete(
    "/stuck-views/{view}",
    summary="Forget a view of yours",
    operation_id="dropStuckView",
    status_code=204,
    responses={**_COMMON, **PROBLEMS(404)},
)
async def drop_stuck_view(view: UUID, operator: ConfinedOperator, state: State) -> Response:
    """Forget it."""
    if not await drop_view(state.services.pool, operator.client_id, view):
        raise refuse(ProblemType.NOT_FOUND, "no view of yours has this id")
    return Response(status_code=204)


@router.get(
    "/notes/{subject}",
    summary="Read what was noted",
    operation_id="listNotes",
    responses={200: {"model": NoteList}, **_COMMON},
)
async def read_notes(subject: UUID, operator: ConfinedOperator, state: State) -> Response:
    """Return the notes of a transfer, delivery or message, oldest first."""
    if not await is_within(state.services.pool, subject, operator.reach):
        return as_json({"notes": []})
    return as_json({"notes": await list_notes(state.services.pool, subject)})
