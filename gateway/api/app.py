"""Make the HTTP application of a gateway: routes, problem documents, a typed state, the console."""

from datetime import timedelta
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi

from gateway.api import (
    agencies,
    alarms,
    calendars,
    desk,
    directories,
    document_operations,
    documents,
    dossiers,
    events,
    letters,
    mailbox,
    members,
    messages,
    operations,
    outages,
    partners,
    probes,
    procedures,
    published,
    reports,
    routes,
    tokens,
    trail,
    units,
    uploads,
    validations,
)
from gateway.api.bell import MailboxBell
from gateway.api.callers import live_caller
from gateway.api.large_bodies import LargeBodies
from gateway.api.openapi import complete
from gateway.api.parameters import refuse_unknown_parameters
from gateway.api.problems import answer_with_problems
from gateway.api.state import ApiState
from gateway.api.watch import Watch
from gateway.commit.rehearsal import Rehearsal
from gateway.console.app import create_console
from gateway.console.door import Door
from gateway.dispatch.parcels import ParcelMaker
from gateway.identity.attempts import FailedAttempts
from gateway.identity.clients import Clients
from gateway.identity.secrets import SecretKeeper
from gateway.identity.tokens import TokenIssuer
from gateway.observability.metrics import HttpMetrics
from gateway.operations.runner import ActRunner
from gateway.people.by_provider import RETURN, ProviderDoors
from gateway.people.factor_keys import FactorKey
from gateway.people.rights import FACTOR_FOR
from gateway.people.rounds import RoundKey
from gateway.people.scopes import Scopes
from gateway.people.second_factor import SecondFactors
from gateway.people.sessions import SessionRules, Sessions
from gateway.people.signing_in import Doors
from gateway.services import Services

API_VERSION = "1.0.0"

_ROUTERS = (
    tokens.router,
    messages.router,
    validations.router,
    partners.router,
    dossiers.router,
    mailbox.router,
    events.router,
    agencies.router,
    routes.router,
    procedures.router,
    units.router,
    operations.router,
    desk.router,
    members.router,
    trail.router,
    alarms.router,
    reports.router,
    calendars.router,
    directories.router,
    outages.router,
    letters.router,
    uploads.router,
    documents.router,
    document_operations.router,
    published.router,
    probes.router,
)

_OF_REAL_WORK = (
    dossiers.router,
    events.router,
    uploads.router,
    documents.router,
    document_operations.router,
)
"""What an agency has no part in before it is live."""


def create_app(services: Services) -> FastAPI:
    """Return the application for a running gateway; it starts and stops nothing by itself."""
    metrics = HttpMetrics()
    metrics.watch(services)
    bell = MailboxBell(services.pool)
    services.on_commit(bell.ring)
    secrets = SecretKeeper()
    scopes = Scopes(lambda: services.rulebook.directory, services.clock)
    sessions = _sessions(services, scopes)
    app = _routed()
    app.state.lienthong = ApiState(
        services=services,
        clients=Clients(services.pool, secrets),
        tokens=TokenIssuer(
            services.settings.token_secret.get_secret_value(),
            issuer=services.settings.gateway_id,
            seconds=services.settings.token_seconds,
        ),
        failed_attempts=FailedAttempts(),
        large_bodies=LargeBodies(),
        rehearsal=Rehearsal(
            services.pool,
            services.librarian,
            services.clock,
            services.endpoints,
            gives_way=lambda: services.committer.waiting >= services.settings.batch_size,
            documents=services.depository.rules if services.depository else None,
        ),
        parcels=ParcelMaker(services.pool, gateway_id=services.settings.gateway_id),
        bell=bell,
        runner=ActRunner(services.pool, services.committer, services.settings.amqp_url),
        metrics=metrics,
        sessions=sessions,
        doors=Doors(services.pool, sessions, secrets, only=services.settings.break_glass),
        second_factors=SecondFactors(
            services.pool,
            sessions,
            FactorKey(services.settings.token_secret.get_secret_value()),
        ),
        secrets=secrets,
        provider_doors=_provider_doors(services, sessions),
        scopes=scopes,
    )
    console = app.state.console = create_console(app.state.lienthong)
    app.add_middleware(Door, console=console, over_tls=services.settings.tls_terminated)
    app.add_middleware(Watch, metrics=metrics)
    return app


def _sessions(services: Services, scopes: Scopes) -> Sessions:
    settings = services.settings
    rules = SessionRules(
        idle=timedelta(minutes=settings.session_idle_minutes),
        longest=timedelta(hours=settings.session_hours),
        most=settings.sessions_per_person,
        factor_for=FACTOR_FOR[settings.second_factor_for],
    )
    return Sessions(services.pool, scopes, rules)


def _provider_doors(services: Services, sessions: Sessions) -> ProviderDoors | None:
    if services.provider is None:
        return None
    settings = services.settings
    return ProviderDoors(
        services.pool,
        sessions,
        services.provider,
        settings.provider_rules,
        RoundKey(settings.token_secret.get_secret_value()),
        back=f"{settings.public_url}{RETURN}",
    )


def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI document; it depends on nothing but the code."""
    return _routed().openapi()


def _routed() -> FastAPI:
    app = FastAPI(
        title="Liên Thông",
        version=API_VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"metrics": False, "logs": False, "operation_spans": False},
    )
    for router in _ROUTERS:
        checks = [Depends(refuse_unknown_parameters)]
        if router in _OF_REAL_WORK:
            checks.append(Depends(live_caller))
        app.include_router(router, dependencies=checks)
    answer_with_problems(app)

    def documented() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = complete(
                get_openapi(title=app.title, version=app.version, routes=app.routes)
            )
        return app.openapi_schema

    app.openapi = documented  # type: ignore[method-assign]
    return app
