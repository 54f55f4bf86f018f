"""/v1/operations/agencies: agencies join, are tested, go live, are suspended and leave.

Secrets are in the answer that makes them and in no other; such answers are not to be cached. What
an act changes holds in this process when it is answered, and in the others within a second.
"""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from gateway.api.answers import as_json
from gateway.api.callers import Operator
from gateway.api.documented import PROBLEMS
from gateway.api.member_shapes import (
    Because,
    CapabilitiesOrder,
    CredentialList,
    CredentialOrder,
    EndpointOrder,
    GoLiveOrder,
    MemberPage,
    MemberShape,
    MemberWithSecret,
    NewCredentials,
    Registration,
    Revocation,
    Rotation,
    TestShape,
)
from gateway.api.state import ApiState, State
from gateway.identity.endpoints import NewEndpoint
from gateway.identity.tokens import Caller
from gateway.joining import credentials, members, trying, ways
from gateway.joining.capabilities import read_capabilities
from gateway.joining.credentials import NewCredential, Road
from gateway.joining.going_live import go_live
from gateway.joining.showing import show
from gateway.joining.states import MemberState
from gateway.operations.audit import By
from schemas.identifiers import AGENCY_PATTERN

router = APIRouter(prefix="/v1/operations/agencies", tags=["operations"])

TEST_SECONDS = 10.0
_NO_STORE = {"Cache-Control": "no-store"}
_COMMON = PROBLEMS(400, 401, 403, 404, 409, 422, 503)
_SHOWN: dict[int | str, dict[str, Any]] = {200: {"model": MemberShape}, **_COMMON}
Code = Annotated[str, Path(max_length=35, pattern=AGENCY_PATTERN, examples=["H31.101"])]


@router.get(
    "",
    summary="List who takes part",
    operation_id="listMembers",
    responses={200: {"model": MemberPage}, **PROBLEMS(400, 401, 403, 503)},
)
async def list_members(
    _operator: Operator,
    state: State,
    standing: Annotated[MemberState | None, Query(alias="state")] = None,
    after: Annotated[str, Query(pattern=r"^[A-Z0-9.]{0,35}$")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """Return members in code order, those that were set up directly among them."""
    pool = state.services.pool
    found = await members.list_members(pool, state=standing, after=after, limit=limit)
    following = found[-1]["agency"] if len(found) == limit else None
    return as_json({"agencies": found, "next": following})


@router.post(
    "",
    summary="Register an agency",
    operation_id="registerMember",
    status_code=201,
    responses={201: {"model": MemberShape}, **_COMMON},
)
async def register(said: Registration, operator: Operator, state: State) -> Response:
    """Let an agency of the directory take part; next come its credentials and its endpoint."""
    services = state.services
    view = await members.register(
        services.pool,
        said.agency,
        _by(operator, said.reason),
        contact=said.contact,
        directory=services.rulebook.directory,
        now=services.clock.now(),
    )
    return await _shown(state, view["agency"], status=201)


@router.get("/{code}", summary="Show a member", operation_id="showMember", responses=_SHOWN)
async def show_member(code: Code, _operator: Operator, state: State) -> Response:
    """Return its state, way, credentials, last test, and what it needs to go live."""
    return await _shown(state, code)


@router.put(
    "/{code}/endpoint",
    summary="Say how an agency is reached",
    operation_id="setEndpoint",
    responses={200: {"model": MemberWithSecret}, **_COMMON},
)
async def set_endpoint(
    code: Code, said: EndpointOrder, operator: Operator, state: State
) -> Response:
    """Set or replace the endpoint; the answer has the signing secret if one was made."""
    endpoint = NewEndpoint(
        code,
        said.connector,
        said.address,
        said.secret,
        said.concurrency,
        said.timeout_ms,
        said.options,
        said.calls_per_minute,
        said.burst,
        said.events,
    )
    _, made = await ways.set_endpoint(state.services.pool, endpoint, _by(operator, said.reason))
    return await _shown(state, code, made=made, has_secret=True)


@router.post(
    "/{code}/endpoint/{how}",
    summary="Switch an endpoint on or off",
    operation_id="switchEndpoint",
    responses=_SHOWN,
)
async def switch_endpoint(
    code: Code,
    how: Annotated[str, Path(pattern="^(on|off)$")],
    said: Because,
    operator: Operator,
    state: State,
) -> Response:
    """Stop or resume sending; what is owed waits meanwhile."""
    by = _by(operator, said.reason)
    await ways.switch_endpoint(state.services.pool, code, by, enabled=how == "on")
    return await _shown(state, code)


@router.put(
    "/{code}/capabilities",
    summary="Say what an agency's software takes",
    operation_id="setCapabilities",
    responses=_SHOWN,
)
async def set_capabilities(
    code: Code, said: CapabilitiesOrder, operator: Operator, state: State
) -> Response:
    """Kinds, the largest message, documents; what cannot be taken is held instead of sent."""
    takes = read_capabilities(said.kinds, said.largest, said.documents)
    await members.describe(state.services.pool, code, _by(operator, said.reason), takes)
    return await _shown(state, code)


@router.get(
    "/{code}/credentials",
    summary="List an agency's credentials",
    operation_id="listCredentials",
    responses={200: {"model": CredentialList}, **_COMMON},
)
async def list_credentials(code: Code, _operator: Operator, state: State) -> Response:
    """Return names and ends, never a secret."""
    found = await credentials.list_credentials(state.services.pool, code)
    return as_json({"credentials": found})


@router.post(
    "/{code}/credentials",
    summary="Issue credentials",
    operation_id="issueCredentials",
    status_code=201,
    responses={201: {"model": NewCredentials}, **_COMMON},
)
async def issue_credentials(
    code: Code, said: CredentialOrder, operator: Operator, state: State
) -> Response:
    """Make them; the secrets are in this answer and nowhere else."""
    made = await credentials.issue(
        state.services.pool,
        code,
        _by(operator, said.reason),
        roads=[Road(one) for one in said.roads],
        good_for=timedelta(days=said.days),
    )
    return await _made(state, made)


@router.post(
    "/{code}/credentials/rotate",
    summary="Rotate a credential",
    operation_id="rotateCredential",
    status_code=201,
    responses={201: {"model": NewCredentials}, **_COMMON},
)
async def rotate_credential(
    code: Code, said: Rotation, operator: Operator, state: State
) -> Response:
    """Make the next secret. Over AMQP it is another user of the same agency."""
    made = await credentials.rotate(
        state.services.pool,
        code,
        _by(operator, said.reason),
        road=said.road,
        name=said.name,
        overlap=timedelta(hours=said.overlap_hours),
        good_for=timedelta(days=said.days),
    )
    return await _made(state, [made])


@router.post(
    "/{code}/credentials/revoke",
    summary="Revoke a credential",
    operation_id="revokeCredential",
    responses=_SHOWN,
)
async def revoke_credential(
    code: Code, said: Revocation, operator: Operator, state: State
) -> Response:
    """Make it good for nothing: over HTTP within two seconds, at the broker within a few."""
    by, road = _by(operator, said.reason), Road(said.road)
    await credentials.revoke(state.services.pool, code, by, road=road, name=said.name)
    return await _shown(state, code)


@router.post(
    "/{code}/test",
    summary="Send a test message",
    operation_id="testMember",
    responses={200: {"model": TestShape}, **_COMMON},
)
async def test_member(code: Code, said: Because, operator: Operator, state: State) -> Response:
    """Send one by the agency's own connector and wait some seconds for what becomes of it."""
    services = state.services
    by = _by(operator, said.reason)
    test_id = await trying.send_test(services.pool, code, by, now=services.clock.now())
    await state.services.endpoints.refresh()
    services.wake_dispatch()
    state.bell.ring()
    return as_json(await trying.await_test(services.pool, test_id, patience=TEST_SECONDS))


@router.post(
    "/{code}/go-live", summary="Switch an agency live", operation_id="goLive", responses=_SHOWN
)
async def switch_live(code: Code, said: GoLiveOrder, operator: Operator, state: State) -> Response:
    """Let real work through. 409 says in `missing` what has to be done first."""
    services = state.services
    await go_live(
        services.pool,
        code,
        _by(operator, said.reason),
        directory=services.rulebook.directory,
        now=services.clock.now(),
        force=said.force,
    )
    return await _shown(state, code)


@router.post(
    "/{code}/suspend", summary="Suspend an agency", operation_id="suspendMember", responses=_SHOWN
)
async def suspend(code: Code, said: Because, operator: Operator, state: State) -> Response:
    """Take nothing of it and send it nothing; its hops are stuck as `suspended`."""
    await members.suspend(state.services.pool, code, _by(operator, said.reason))
    return await _shown(state, code)


@router.post(
    "/{code}/resume", summary="Resume an agency", operation_id="resumeMember", responses=_SHOWN
)
async def resume(code: Code, said: Because, operator: Operator, state: State) -> Response:
    """Put a suspended agency back to where it stood."""
    await members.resume(state.services.pool, code, _by(operator, said.reason))
    return await _shown(state, code)


@router.post(
    "/{code}/remove", summary="Remove an agency", operation_id="removeMember", responses=_SHOWN
)
async def remove(code: Code, said: Because, operator: Operator, state: State) -> Response:
    """End its part: credentials revoked, endpoint gone, history kept."""
    await members.remove(state.services.pool, code, _by(operator, said.reason))
    return await _shown(state, code)


def _by(operator: Caller, reason: str | None) -> By:
    return By(f"operator:{operator.client_id}", reason)


async def _shown(
    state: ApiState,
    code: str,
    *,
    status: int = 200,
    made: NewCredential | None = None,
    has_secret: bool = False,
) -> Response:
    """Show the member as it stands now."""
    services = state.services
    await _see(state)
    now, directory = services.clock.now(), services.rulebook.directory
    view = await show(services.pool, code, directory=directory, now=now)
    if has_secret:
        view["secret"] = None if made is None else made.view()
    return _uncached(view, status)


async def _made(state: ApiState, made: list[NewCredential]) -> Response:
    await _see(state)
    return _uncached({"credentials": [one.view() for one in made]}, 201)


async def _see(state: ApiState) -> None:
    """Let what was changed hold in this process before it is answered."""
    await state.services.endpoints.refresh()
    await state.services.roster.refresh()
    state.clients.forget()


def _uncached(document: Any, status: int) -> Response:
    answer = as_json(document, status=status)
    answer.headers.update(_NO_STORE)
    return answer
