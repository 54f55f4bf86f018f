"""How an agency stands: whether it takes part, how its connection is, what waits for it.

Pure. What a connection's condition is called follows from signs of life, its breaker and what
waits; the limits are ours, no rule of law.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gateway.joining.showing import WARNED_DAYS
from gateway.joining.states import MemberState

SILENT_AFTER: Final = timedelta(hours=24)
"""What waits for an agency that shows no sign of life for so long waits in vain (ours)."""
SLOW_FROM_MS: Final = 3_000
"""From so many milliseconds a hand-over is called slow; a good one takes fractions (ours)."""
ENDING_WITHIN: Final = timedelta(days=WARNED_DAYS)


class Condition(StrEnum):
    """How a connection is, the worst first."""

    BREAKER_OPEN = "breaker-open"
    """It failed again and again, and is left alone but for one probe at a time."""
    FAILING = "failing"
    """The last thing sent to it did not arrive."""
    SILENT = "silent"
    """Something waits for it, and it has shown no sign of life for a day."""
    SLOW = "slow"
    SHUT = "shut"
    """Suspended, or its endpoint is switched off: nothing is sent."""
    WELL = "well"
    UNHEARD = "unheard"
    """Connected, and no sign of life yet; nothing waits for it."""
    UNREACHED = "unreached"
    """No endpoint says how to reach it."""


WORST_FIRST: Final = tuple(Condition)
TROUBLE: Final = frozenset(WORST_FIRST[:4])


@dataclass(frozen=True, slots=True)
class Standing:
    """One agency as the last look found it; instants but `oldest_at` are machine time."""

    agency: str
    state: MemberState | None
    """None: it takes no part, and something is owed to it all the same."""
    since: datetime | None = None
    connector: str | None = None
    enabled: bool = False
    breaker: str = "closed"
    breaker_since: datetime | None = None
    breaker_until: datetime | None = None
    heard_at: datetime | None = None
    taken_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str | None = None
    latency_ms: float | None = None
    ends_at: datetime | None = None
    """When the first of its credentials ends that nothing follows."""
    waiting: int = 0
    """Deliveries that wait for it, counted up to a limit."""
    oldest_at: datetime | None = None
    concurrency: int | None = None
    calls_per_minute: float | None = None
    burst: int | None = None

    @property
    def takes_part(self) -> bool:
        return self.state not in (None, MemberState.REMOVED)

    def condition(self, now: datetime) -> Condition:
        """Say how the connection is; `now` is machine time."""
        if self.connector is None:
            return Condition.UNREACHED
        if not self.enabled or self.state is MemberState.SUSPENDED:
            return Condition.SHUT
        if self.breaker != "closed":
            return Condition.BREAKER_OPEN
        if self.failed_at is not None and (self.taken_at is None or self.failed_at > self.taken_at):
            return Condition.FAILING
        alive_at = max((at for at in (self.heard_at, self.taken_at) if at), default=None)
        if self.waiting and (alive_at is None or now - alive_at > SILENT_AFTER):
            return Condition.SILENT if self._has_waited(now) else Condition.WELL
        if alive_at is None:
            return Condition.UNHEARD
        is_slow = self.latency_ms is not None and self.latency_ms >= SLOW_FROM_MS
        return Condition.SLOW if is_slow and self.connector != "mailbox" else Condition.WELL

    def _has_waited(self, now: datetime) -> bool:
        return self.oldest_at is not None and now - self.oldest_at > SILENT_AFTER

    def credentials_end(self, now: datetime) -> bool:
        """Whether a credential ends within 30 days, or has ended, and nothing follows it."""
        return self.takes_part and self.ends_at is not None and self.ends_at < now + ENDING_WITHIN
