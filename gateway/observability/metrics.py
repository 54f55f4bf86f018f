"""Metrics for Prometheus: `lienthong_<noun>_<unit>`, few labels, none of a person or a case.

One registry per application, so that two gateways in one process (tests) do not add up.
"""

from collections.abc import Callable
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from gateway.documents.depository import Depository
from gateway.duties.sentry import Sentry
from gateway.operations.alarm_kinds import AlarmKind
from gateway.services import Services

METRICS_MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0)


class HttpMetrics:
    """What the HTTP surface counts, and what it can see of the gateway behind it."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Histogram(
            "lienthong_request_seconds",
            "How long requests take, by route (its pattern), method and class of status.",
            ("route", "method", "status"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.messages = Counter(
            "lienthong_http_messages",
            "Messages that came over HTTP, by the verdict of their answer.",
            ("verdict",),
            registry=self._registry,
        )
        self.refused_callers = Counter(
            "lienthong_refused_callers",
            "Requests without good credentials, by reason.",
            ("reason",),
            registry=self._registry,
        )
        self.fetched = Counter(
            "lienthong_mailbox_deliveries",
            "Deliveries in mailboxes: fetched, acked, nacked.",
            ("outcome",),
            registry=self._registry,
        )

    def __repr__(self) -> str:
        return "<HttpMetrics>"

    def watch(self, services: Services) -> None:
        """Show what the committer and the duties are doing, read when the metrics are read."""
        committer = services.committer
        self._gauge(
            "lienthong_commit_waiting_items",
            "Items that wait to be committed.",
            lambda: committer.waiting,
        )
        self._gauge(
            "lienthong_commit_stalled_seconds",
            "For how long the batch under way has not got through.",
            committer.stalled_for,
        )
        self._gauge(
            "lienthong_committed_items", "Items committed since start.", lambda: committer.items
        )
        self._gauge(
            "lienthong_committed_batches",
            "Batches committed since start.",
            lambda: committer.batches,
        )
        self._gauge("lienthong_committed_rows", "Rows written since start.", lambda: committer.rows)
        self._gauge(
            "lienthong_unwell_parts",
            "Parts of this process that are not well.",
            lambda: sum(1 for part in services.health() if not part.well),
        )
        self._gauge(
            "lienthong_endpoint_readings",
            "How often this process has read how agencies are reached, since start.",
            lambda: services.endpoints.turn,
        )

        if (doorkeeper := services.doorkeeper) is not None:
            self._gauge(
                "lienthong_broker_repairs",
                "What this process set right at the broker since start: users, rights, queues.",
                lambda: doorkeeper.repairs,
            )
            self._gauge(
                "lienthong_broker_strangers",
                "Users of our virtual host that no member explains, at the last look.",
                lambda: doorkeeper.strangers,
            )

        if (depository := services.depository) is not None:
            self._watch_documents(depository)
        sentry = services.sentry
        self._gauge(
            "lienthong_timer_lag_seconds",
            "For how long the oldest due timer has waited, at the last look (legal time).",
            lambda: sentry.lag.total_seconds(),
        )
        self._gauge(
            "lienthong_selftest_age_seconds",
            "For how long no self-test of legal time has passed.",
            lambda: sentry.selftest_age.total_seconds(),
        )
        reconciler = services.reconciler
        self._gauge(
            "lienthong_follower_differences",
            "Dossiers that followers showed otherwise, by the comparisons this process ended last.",
            lambda: sum(reconciler.differing.values()),
        )
        lookout = services.lookout
        self._gauge(
            "lienthong_calendar_known_days",
            "Days until the last one that the base calendar knows.",
            lambda: lookout.reach.days_left,
        )
        self._gauge(
            "lienthong_calendar_needed_days",
            "Days for which the base calendar should be known.",
            lambda: (
                lookout.reach.days_left
                + (lookout.reach.needed_until - lookout.reach.known_until).days
            ),
        )
        alarms = Gauge(
            "lienthong_alarms",
            "Open alarms, by kind, at the last look.",
            ("kind",),
            registry=self._registry,
        )
        for kind in AlarmKind:
            alarms.labels(kind.value).set_function(partial(self._alarms, sentry, kind.value))

    def _watch_documents(self, depository: Depository) -> None:
        figures = depository.figures
        self._gauge(
            "lienthong_documents_received_bytes",
            "Bytes of documents that this process has taken in since start.",
            lambda: figures.received,
        )
        self._gauge(
            "lienthong_documents_served_bytes",
            "Bytes of documents that this process has handed out since start.",
            lambda: figures.served,
        )
        self._gauge(
            "lienthong_document_uploads",
            "Uploads that this process is receiving now.",
            lambda: len(depository.writers),
        )
        self._gauge(
            "lienthong_documents_free_bytes",
            "What the file system of the documents has left beyond its reserve, at the last look.",
            lambda: figures.free - depository.rules.reserve,
        )
        self._gauge(
            "lienthong_documents_quarantined",
            "Documents that wait for the malware scanner, at the last look.",
            lambda: figures.quarantined,
        )

    def render(self) -> bytes:
        """Return the text that Prometheus reads."""
        return generate_latest(self._registry)

    @staticmethod
    def _alarms(sentry: Sentry, kind: str) -> float:
        return sentry.alarms[kind]

    def _gauge(self, name: str, told: str, read: Callable[[], float]) -> None:
        Gauge(name, told, registry=self._registry).set_function(read)
