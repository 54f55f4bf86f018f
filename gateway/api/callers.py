"""Who calls: a request's bearer token, checked, and the client behind it as it stands now."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

from fastapi import Depends
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import OAuth2

from gateway.api.problems import Refusal, refuse
from gateway.api.state import State
from gateway.identity.clients import OPERATOR
from gateway.identity.tokens import Caller, NotAToken
from gateway.intake.admission import not_live
from gateway.joining.states import MemberState
from schemas.problems import ProblemType


@dataclass(frozen=True, slots=True)
class OperatorWithin:
    """An operator, and the agencies that its client reaches; None is all of them."""

    caller: Caller
    reach: frozenset[str] | None

    @property
    def client_id(self) -> str:
        return self.caller.client_id

    @property
    def actor(self) -> str:
        """How audits and ledgers name it."""
        return f"operator:{self.client_id}"


_scheme = OAuth2(
    flows=OAuthFlows(
        clientCredentials=OAuthFlowClientCredentials(tokenUrl="/oauth/token", scopes={})
    ),
    scheme_name="clientCredentials",
    description="OAuth 2 client credentials; the token is sent as a bearer token.",
    auto_error=False,
)
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="lienthong"'}
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_EXPIRED = {"WWW-Authenticate": 'Bearer realm="lienthong", error="invalid_token"'}


async def caller_of(
    state: State, authorization: Annotated[str | None, Depends(_scheme)] = None
) -> Caller:
    """Return the caller; refuse who presents no good token, or a client that is switched off."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise _unauthenticated(state, "missing", "a bearer token is needed", _CHALLENGE)
    try:
        claimed = state.tokens.read(token.strip())
    except NotAToken as error:
        raise _unauthenticated(state, "bad-token", str(error), _EXPIRED) from error
    caller = await state.clients.present(claimed)
    if caller is None:
        raise no_longer_good(state)
    if caller.agency is not None:
        state.services.witness.heard(caller.agency)
    return caller


def no_longer_good(state: State, headers: Mapping[str, str] = _NO_HEADERS) -> Refusal:
    """Refuse who was good once, at its next request or in the middle of a stream."""
    told = "the client is switched off, its secret has ended, or its agency is suspended"
    return _unauthenticated(state, "disabled", told, {**_EXPIRED, **headers})


def _unauthenticated(state: State, why: str, detail: str, headers: dict[str, str]) -> Refusal:
    state.metrics.refused_callers.labels(why).inc()
    return refuse(ProblemType.UNAUTHENTICATED, detail, headers=headers)


async def still_good(caller: Caller, state: State) -> None:
    """Refuse a caller whose credentials have ended since its request was let in."""
    if await state.clients.present(caller) is None:
        raise no_longer_good(state)


async def agency_of(caller: Annotated[Caller, Depends(caller_of)]) -> str:
    """Return the agency that the caller speaks for; refuse clients without one."""
    if caller.agency is None:
        raise refuse(ProblemType.FORBIDDEN, "only an agency's own client may do this")
    return caller.agency


async def operator_of(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    """Return the caller if it has the operator role, and no scope: what is not narrowed is shut."""
    if OPERATOR not in caller.roles:
        raise refuse(ProblemType.FORBIDDEN, "this needs the operator role")
    if caller.scope is not None:
        raise refuse(ProblemType.FORBIDDEN, f"this operator is confined to {caller.scope}")
    return caller


async def confined_operator_of(
    caller: Annotated[Caller, Depends(caller_of)], state: State
) -> OperatorWithin:
    """Return the caller if it has the operator role, and how far it reaches."""
    if OPERATOR not in caller.roles:
        raise refuse(ProblemType.FORBIDDEN, "this needs the operator role")
    return OperatorWithin(caller, state.scopes.reach_of(caller.scope))


async def live_caller(caller: Annotated[Caller, Depends(caller_of)], state: State) -> None:
    """Refuse a client whose agency is not live yet: nothing real concerns it."""
    standing = MemberState.LIVE
    if caller.agency is not None and OPERATOR not in caller.roles:
        standing = state.services.roster.state(caller.agency)
    if standing is not MemberState.LIVE:
        raise Refusal(not_live(standing))


AnyCaller = Annotated[Caller, Depends(caller_of)]
Agency = Annotated[str, Depends(agency_of)]
Operator = Annotated[Caller, Depends(operator_of)]
ConfinedOperator = Annotated[OperatorWithin, Depends(confined_operator_of)]
"""For routes that narrow what they read and do to the caller's reach."""
