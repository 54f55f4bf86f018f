"""What every handler may use: one typed value on the application, made by `create_app`."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from gateway.api.bell import MailboxBell
from gateway.api.large_bodies import LargeBodies
from gateway.commit.rehearsal import Rehearsal
from gateway.dispatch.parcels import ParcelMaker
from gateway.identity.attempts import FailedAttempts
from gateway.identity.clients import Clients
from gateway.identity.secrets import SecretKeeper
from gateway.identity.tokens import TokenIssuer
from gateway.observability.metrics import HttpMetrics
from gateway.operations.runner import ActRunner
from gateway.people.by_provider import ProviderDoors
from gateway.people.scopes import Scopes
from gateway.people.second_factor import SecondFactors
from gateway.people.sessions import Sessions
from gateway.people.signing_in import Doors
from gateway.services import Services


@dataclass(frozen=True, slots=True)
class ApiState:
    """The gateway's services, and what the HTTP surface keeps beside them."""

    services: Services
    clients: Clients
    tokens: TokenIssuer
    failed_attempts: FailedAttempts
    large_bodies: LargeBodies
    rehearsal: Rehearsal
    parcels: ParcelMaker
    bell: MailboxBell
    runner: ActRunner
    metrics: HttpMetrics
    sessions: Sessions
    doors: Doors
    second_factors: SecondFactors
    secrets: SecretKeeper
    scopes: Scopes
    provider_doors: ProviderDoors | None = None
    """Where people sign in by a province's identity provider, if there is one."""


def state_of(request: Request) -> ApiState:
    """Return the application's state."""
    return cast(ApiState, request.app.state.lienthong)


State = Annotated[ApiState, Depends(state_of)]
