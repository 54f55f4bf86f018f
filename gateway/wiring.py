"""The one place where everything is wired together: settings in, a running gateway out.

Order of shutdown: stop intake, drain what was taken, flush what is owed, close.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog

from connectors.amqp_publisher import ConfirmedPublisher
from connectors.amqp_queue import AmqpQueue
from connectors.catalogue import open_callers, open_speakers
from connectors.oidc import OidcProvider, open_provider
from connectors.protocol import Caller, Speaker
from gateway.broker.consumer import IntakeConsumer
from gateway.broker.surveyor import Surveyor
from gateway.clock import LegalClock, SystemClock
from gateway.commit.group import GroupCommitter
from gateway.commit.items import Judged, Owed
from gateway.commit.memory import Memory
from gateway.commit.outbox import Roads
from gateway.commit.transaction import Desks
from gateway.crash_points import Crash, armed
from gateway.dispatch.agency_book import DirectoryBook
from gateway.dispatch.breaker import Breakers
from gateway.dispatch.dispatcher import Dispatcher
from gateway.dispatch.endpoints import EndpointBook
from gateway.dispatch.parcels import ParcelMaker
from gateway.dispatch.posts import StoredPosts
from gateway.dispatch.reporting import Pace
from gateway.dispatch.urgency import handover_limits, longest_wait
from gateway.documents.depository import Depository
from gateway.documents.lending import Lending
from gateway.documents.opening import open_depository
from gateway.documents.scanners import scanner_of
from gateway.duties.announcer import Announcer
from gateway.duties.bookkeeper import Bookkeeper
from gateway.duties.credential_watch import CredentialWatch
from gateway.duties.document_pruner import DocumentPruner
from gateway.duties.doorkeeper import Doorkeeper
from gateway.duties.examiner import Examiner
from gateway.duties.incident_watch import IncidentWatch
from gateway.duties.inspector import Inspector
from gateway.duties.librarian import Librarian
from gateway.duties.lifeline import Lifeline
from gateway.duties.lookout import Lookout
from gateway.duties.loop import Loop
from gateway.duties.outage_sweeper import OutageSweeper
from gateway.duties.pruner import Keeping, Pruner
from gateway.duties.reconciler import Reconciler
from gateway.duties.sentry import Sentry
from gateway.duties.watchdog import Watchdog
from gateway.duties.witness import EVERY as WITNESS_EVERY
from gateway.duties.witness import Witness
from gateway.identity.streams import OpenStreams
from gateway.intake.admission import admitted
from gateway.joining.roster import Roster
from gateway.operations.forecaster import Forecaster
from gateway.operations.proofreader import Proofreader
from gateway.operations.runner import ActRunner
from gateway.rulebook import Rulebook, load_rulebook
from gateway.services import Health, Services
from gateway.settings import Settings
from gateway.store.pool import Pool, open_pool

log = structlog.get_logger()

TIMER_BATCH = 500
PROGRESS_WITHIN = 30.0
ENDPOINTS_EVERY = 0.6
"""Seconds: with its jitter and the reading itself, an endpoint that was switched off is left alone
by every process within one second."""
STREAMS_EVERY = 0.5
"""Seconds: a stream outlasts its client's good standing no longer than a token does."""
STOP_WITHIN = 10.0
"""Seconds for all steps of stopping together. Without the database they would never end; what is
cut off was not acknowledged, and comes again."""


@dataclass(slots=True)
class Gateway:
    """A running gateway process. `services` is what entry points get."""

    services: Services
    committer: GroupCommitter
    dispatcher: Dispatcher
    intake: IntakeConsumer | None
    loops: dict[str, Loop]

    def __repr__(self) -> str:
        return f"<Gateway {self.services.settings.gateway_id} pid {os.getpid()}>"

    async def refresh_endpoints(self) -> None:
        """See a change of endpoints or members now instead of within a second."""
        await self.services.endpoints.refresh()
        await self.services.roster.refresh()


@asynccontextmanager
async def run_gateway(
    settings: Settings,
    *,
    clock: LegalClock | None = None,
    rulebook: Rulebook | None = None,
    callers: Mapping[str, Caller] | None = None,
    speakers: Mapping[str, Speaker] | None = None,
) -> AsyncIterator[Gateway]:
    """Run every part of a gateway but its HTTP server, until the block ends; then drain.

    `callers` are the connectors that call agencies, by name, and `speakers` what reads the posts of
    partners: those of the catalogue, unless given. The callers are closed with the gateway.
    """
    if settings.database_url is None:
        raise ValueError("LIENTHONG_DATABASE_URL is missing")
    clock = clock or SystemClock()
    rulebook = rulebook or load_rulebook(settings.directory, settings.calendar)
    crash = armed(settings.crash_at)
    async with AsyncExitStack() as stack:
        pool = open_pool(settings.database_url, size=settings.database_pool)
        await stack.enter_async_context(pool)
        librarian = Librarian(rulebook, pool, clock=clock, on_loaded=_tell_loaded)
        await librarian.refresh()
        depository = open_depository(settings, pool, clock)
        if depository is not None:
            stack.callback(depository.disk.shutdown, wait=False)
        endpoints = EndpointBook(pool, send_timeout=settings.send_timeout)
        await endpoints.refresh()
        roster = Roster(pool)
        await roster.refresh()
        streams = OpenStreams(pool)
        witness = Witness(pool)
        book = DirectoryBook(librarian, clock)
        if callers is None:
            lending = Lending(depository) if depository is not None else None
            callers = open_callers(book, lending, StoredPosts(pool))
        for caller in callers.values():
            stack.push_async_callback(caller.aclose)
        queue = AmqpQueue(settings.amqp_url) if settings.amqp_url else None
        if queue is not None:
            stack.push_async_callback(queue.aclose)

        longest = longest_wait(rulebook.policies)
        dispatcher: Dispatcher | None = None
        rescuer: Loop | None = None

        def may_take(agency: str) -> bool:
            return dispatcher is not None and dispatcher.may_take(agency)

        def admit(said: Judged) -> Judged:
            witness.heard(said.incoming.agency)
            return admitted(said, roster.state(said.incoming.agency))

        listeners: list[Callable[[], None]] = []

        def on_committed(taken: Sequence[Owed], waiting: bool) -> None:
            assert dispatcher is not None
            assert rescuer is not None
            dispatcher.take(taken)
            if waiting:
                rescuer.wake()
            for listener in listeners:
                listener()

        desks = Desks(
            librarian=librarian,
            clock=clock,
            roads=Roads(
                endpoints.is_mailbox,
                may_take,
                settings.lease_seconds,
                endpoints.is_connected,
                endpoints.hears,
                endpoints.follows_own,
            ),
            memory=Memory(settings.remembered_transfers),
            crash=crash,
            documents=depository.rules if depository else None,
        )
        committer = GroupCommitter(
            pool,
            desks,
            size=settings.batch_size,
            wait=settings.batch_wait_ms / 1000,
            waiting=settings.intake_waiting,
            abreast=settings.batches_abreast,
            on_committed=on_committed,
            admit=admit,
        )
        dispatcher = Dispatcher(
            pool,
            committer,
            endpoints,
            Breakers(
                pool,
                failures=settings.breaker_failures,
                seconds=settings.breaker_seconds,
                lease_seconds=settings.lease_seconds,
                longest=longest,
            ),
            ParcelMaker(pool, gateway_id=settings.gateway_id),
            clock,
            Pace(
                lease_seconds=settings.lease_seconds,
                send_timeout=settings.send_timeout,
                backoff_base=settings.backoff_base,
                backoff_cap=min(settings.backoff_cap, longest),
                handover_limit=handover_limits(rulebook.policies),
            ),
            queue=queue,
            callers=callers,
            witness=witness,
            crash=crash,
        )
        await dispatcher.prepare()

        intakes = _consumers(settings, committer, clock, librarian, crash)
        intake = intakes[0] if intakes else None
        selftest_every = timedelta(minutes=settings.selftest_minutes)
        examiner = Examiner(
            pool, committer, clock, grace=rulebook.policies.grace, every=selftest_every
        )
        sentry = Sentry(pool, clock, selftest_every=selftest_every)
        lookout = Lookout(pool, librarian, clock)
        proofreader = Proofreader()
        stack.push_async_callback(proofreader.close)
        forecaster = Forecaster(pool)
        stack.push_async_callback(forecaster.close)
        rescuer = Loop("rescuer", dispatcher.claim, interval=0.25)
        dispatcher.wakes(rescuer.wake)
        loops = {
            "timekeeper": Loop(
                "timekeeper", lambda: committer.handle_due(TIMER_BATCH), interval=0.1
            ),
            "rescuer": rescuer,
            "endpoints": Loop("endpoints", endpoints.refresh, interval=ENDPOINTS_EVERY),
            "roster": Loop("roster", roster.refresh, interval=ENDPOINTS_EVERY),
            "streams": Loop("streams", streams.look, interval=STREAMS_EVERY),
            "librarian": Loop("librarian", librarian.refresh, interval=2.0),
            "acts": Loop("acts", ActRunner(pool, committer, settings.amqp_url).round, interval=2.0),
            "outages": Loop("outages", OutageSweeper(pool, clock).sweep, interval=1.0),
            "incidents": Loop(
                "incidents", IncidentWatch(pool, clock, librarian).look, interval=60.0
            ),
            "lifeline": Loop("lifeline", Lifeline(pool).look, interval=5.0),
            "examiner": Loop("examiner", examiner.look, interval=2.0),
            "sentry": Loop("sentry", sentry.look, interval=5.0),
            "lookout": Loop("lookout", lookout.look, interval=10.0),
            "credentials": Loop("credentials", CredentialWatch(pool).look, interval=60.0),
            "bookkeeper": Loop("bookkeeper", Bookkeeper(pool).book, interval=2.0),
            "witness": Loop("witness", witness.write, interval=WITNESS_EVERY),
        }
        doorkeeper = _doorkeeper(settings, pool, librarian, clock)
        if intake is not None and doorkeeper is not None:
            loops |= _broker_duties(stack, settings, pool, endpoints, intake, doorkeeper)

        vital = dict(loops)
        reconciler = Reconciler(
            pool,
            librarian,
            clock,
            endpoints,
            callers,
            every=timedelta(hours=settings.reconcile_hours),
            back=timedelta(days=settings.reconcile_days),
        )
        keeping = Keeping(
            timedelta(days=settings.ended_session_days), timedelta(days=settings.upload_row_days)
        )
        # What lies a little longer makes nobody unready.
        loops["pruner"] = Loop("pruner", Pruner(pool, clock, keeping).prune, interval=60.0)
        # Slow partners make nobody unready.
        loops["reconciler"] = Loop("reconciler", reconciler.look, interval=60.0)
        if depository is not None:
            # A large file in front of a slow scanner makes nobody unready for messages.
            loops |= _document_duties(settings, depository)

        services = Services(
            settings=settings,
            librarian=librarian,
            clock=clock,
            pool=pool,
            committer=committer,
            endpoints=endpoints,
            roster=roster,
            streams=streams,
            witness=witness,
            doorkeeper=doorkeeper,
            sentry=sentry,
            lookout=lookout,
            reconciler=reconciler,
            health=lambda: _health(vital, committer, intake),
            wake_dispatch=rescuer.wake,
            on_commit=listeners.append,
            speakers=open_speakers(book) if speakers is None else speakers,
            depository=depository,
            provider=_provider(settings, stack),
            proofreader=proofreader,
            forecaster=forecaster,
        )
        gateway = Gateway(services, committer, dispatcher, intake, loops)
        async with asyncio.TaskGroup() as tasks:
            consuming = [tasks.create_task(one.run()) for one in intakes]
            duties = [tasks.create_task(loop.run()) for loop in loops.values()]
            committing = tasks.create_task(committer.run())
            sending = tasks.create_task(dispatcher.run())
            try:
                yield gateway
            finally:
                stop_by = asyncio.get_running_loop().time() + STOP_WITHIN
                for one in intakes:
                    one.close()
                await _until(stop_by, consuming)
                for loop in loops.values():
                    loop.stop()
                await _until(stop_by, duties)
                dispatcher.close()
                await _until(stop_by, [sending])
                committer.close()
                await _until(stop_by, [committing])
                log.info("gateway.stopped")


def _consumers(
    settings: Settings,
    committer: GroupCommitter,
    clock: LegalClock,
    librarian: Librarian,
    crash: Crash,
) -> list[IntakeConsumer]:
    """Make the intake's consumer and the dead-letter queue's; none without a broker."""
    if settings.amqp_url is None:
        return []
    declaring = asyncio.Lock()
    return [
        IntakeConsumer(
            settings.amqp_url,
            committer,
            clock,
            lambda code: librarian.rulebook.directory.resolve(code, None),
            catalogue=librarian.rulebook.catalogue,
            prefetch=settings.prefetch,
            alone=alone,
            declaring=declaring,
            crash=crash,
        )
        for alone in (False, True)
    ]


def _broker_duties(
    stack: AsyncExitStack,
    settings: Settings,
    pool: Pool,
    endpoints: EndpointBook,
    intake: IntakeConsumer,
    doorkeeper: Doorkeeper,
) -> dict[str, Loop]:
    """Make the duties that need the broker; they let go of it when the stack unwinds."""
    assert settings.amqp_url is not None
    watchdog = Watchdog(settings.amqp_url, intake)
    surveyor = Surveyor(settings.amqp_url, endpoints)
    publisher = ConfirmedPublisher(settings.amqp_url, name="lienthong events")
    announcer = Announcer(pool, publisher, gateway_id=settings.gateway_id)
    for one in (watchdog, surveyor, publisher, doorkeeper):
        stack.push_async_callback(one.aclose)
    return {
        "surveyor": Loop("surveyor", surveyor.survey, interval=1.0),
        "watchdog": Loop("watchdog", watchdog.look, interval=5.0),
        "doorkeeper": Loop("doorkeeper", doorkeeper.look, interval=0.5),
        "announcer": Loop("announcer", announcer.announce, interval=1.0),
    }


def _doorkeeper(
    settings: Settings, pool: Pool, librarian: Librarian, clock: LegalClock
) -> Doorkeeper | None:
    """Make the doorkeeper; none without a broker."""
    if settings.amqp_url is None:
        return None
    return Doorkeeper(
        pool, librarian, clock, amqp_url=settings.amqp_url, admin_url=settings.amqp_admin_url
    )


def _provider(settings: Settings, stack: AsyncExitStack) -> OidcProvider | None:
    """Make what speaks to the province's identity provider; None without one."""
    registration = settings.registration
    if registration is None:
        return None
    provider = open_provider(registration, settings.oidc_ca_file)
    stack.push_async_callback(provider.aclose)
    return provider


def _tell_loaded(rulebook: Rulebook) -> None:
    log.info("rulebook.loaded", **rulebook.versions())


def _document_duties(settings: Settings, depository: Depository) -> dict[str, Loop]:
    """Make the duties of a gateway that keeps documents."""
    pruner = DocumentPruner(depository)
    duties = {"document-pruner": Loop("document-pruner", pruner.prune, interval=10.0)}
    if settings.document_scanner is not None:
        inspector = Inspector(depository, scanner_of(settings.document_scanner))
        duties["inspector"] = Loop("inspector", inspector.inspect, interval=1.0)
    return duties


async def _until(stop_by: float, tasks: list[asyncio.Task[None]]) -> None:
    """Wait for tasks to end by themselves; cancel those that do not.

    Each step has a moment even when those before it used up the time: most then end at once.
    """
    if not tasks:
        return
    left = max(0.5, stop_by - asyncio.get_running_loop().time())
    _, late = await asyncio.wait(tasks, timeout=left)
    for task in late:
        log.warning("shutdown.cancels", task=task.get_name())
        task.cancel()


def _health(
    loops: dict[str, Loop], committer: GroupCommitter, intake: IntakeConsumer | None
) -> list[Health]:
    stalled = committer.stalled_for()
    parts = [
        Health(
            "commit",
            stalled < 5.0,
            "commits" if stalled < 5.0 else f"the batch under way has waited {stalled:.0f} s",
        )
    ]
    if intake is not None:
        parts.append(
            Health(
                "intake",
                intake.is_consuming,
                "consumes" if intake.is_consuming else "no consumer on lienthong.intake",
            )
        )
    for name, loop in loops.items():
        well = loop.is_well(within=PROGRESS_WITHIN)
        parts.append(Health(name, well, "runs" if well else f"{loop.failures} rounds failed"))
    return parts
