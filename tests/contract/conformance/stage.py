"""An agency's software of ours under the kit, over either road; broken where a test wants it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from connectors.simulators import MailboxAgency, WebhookAgency, running
from connectors.simulators.instructions import Instructed
from connectors.simulators.webhook_server import bind_loopback
from gateway.conformance.agency_cases import AGENCY_CASES
from gateway.conformance.exchange import Exchange
from gateway.conformance.playing_gateway import Terms, played_gateway
from gateway.conformance.running import run_cases
from gateway.conformance.verdicts import Result, Verdict
from gateway.identity.endpoints import new_webhook_secret
from gateway.rulebook import load_rulebook
from schemas.kinds import Kind

AGENCY = "H31.144"
RULEBOOK = load_rulebook("thai-binh-hung-yen", "vn")
MONDAY = datetime(2026, 3, 2, 8, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")).astimezone(UTC)

Agency = WebhookAgency | MailboxAgency


class RunningClock:
    """Legal time that passes as it does, from a Monday morning on; agencies wait by it."""

    def __init__(self) -> None:
        self._began = monotonic()

    def now(self) -> datetime:
        return MONDAY + timedelta(seconds=monotonic() - self._began)

    def mark(self, instant: datetime) -> datetime:
        return instant

    async def until(self, instant: datetime) -> None:
        await asyncio.sleep(max(0.0, (instant - self.now()).total_seconds()))


BEHAVIOUR = Instructed(
    acknowledge_after=timedelta(seconds=0.05), supplement_after=timedelta(seconds=0.05)
)


@asynccontextmanager
async def under_test(
    road: str,
    *,
    make: Callable[..., Agency] | None = None,
    patience: float = 6.0,
    **desk: Any,
) -> AsyncIterator[Exchange]:
    """Play the gateway for an agency of ours; `make` builds it (broken, perhaps)."""
    clock, secret = RunningClock(), new_webhook_secret()
    made: list[Agency] = []

    def prompt(_text: str) -> None:
        now = clock.now()
        made[0].desk.say(
            Kind.TRANSFER_SUBMITTED,
            f"{AGENCY}-{now:%y%m%d}-{uuid4().int % 10**6:06}",
            {
                "procedure": "9.000010",
                "received_at": now.isoformat(),
                "channel": "online",
                "applicant": {"kind": "citizen", "name": "Nguyễn Thị Giả Định"},
                "places": {"applicant": "12472"},
            },
        )

    desk = {"behaviour": BEHAVIOUR, "wake": clock, "resend_after": 0.3} | desk
    port = free_port() if road == "webhook" else 0
    address = f"http://127.0.0.1:{port}/lien-thong" if port else None
    terms = Terms(AGENCY, address, secret, patience, calm=0.3, originates=True)
    async with played_gateway(RULEBOOK, terms, clock=clock, prompt=prompt) as (exchange, url):
        surface = exchange.surface
        how: dict[str, Any] = {
            "client_id": surface.client_id,
            "client_secret": surface.client_secret,
            **desk,
        }
        if road == "webhook":
            agency = (make or WebhookAgency)(AGENCY, url, secret=secret, port=port, **how)
        else:
            agency = MailboxAgency(AGENCY, url, pause=0.02, long_poll=0, **how)
        made.append(agency)
        async with running(agency):
            yield exchange


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with bind_loopback() as held:
        return int(held.getsockname()[1])


async def run_all(exchange: Exchange) -> Sequence[Result]:
    return await run_cases(AGENCY_CASES, exchange)


def failed(results: Sequence[Result]) -> dict[str, str | None]:
    return {one.case: one.seen for one in results if one.verdict is Verdict.FAILED}
