"""Traffic of a day by the quarter of an hour: what came in, was handed over, ended."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from gateway.store.pool import Connection
from gateway.store.sql import statement

QUARTER: Final = timedelta(minutes=15)
QUARTERS: Final = 96
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of an hour. Hand-overs: within 10 seconds, within their 10 minutes, later."""

    starts: datetime
    submitted: int = 0
    ended: int = 0
    handed_quickly: int = 0
    handed_in_time: int = 0
    handed_late: int = 0

    @property
    def handed(self) -> int:
        return self.handed_quickly + self.handed_in_time + self.handed_late


async def last_day(connection: Connection, now: datetime) -> list[Quarter]:
    """Return the last 96 quarters, the present one last, empty ones included."""
    last = now - (now - _EPOCH) % QUARTER
    asked = {"since": last - QUARTERS * QUARTER, "now": now}
    found = await connection.execute(statement("list_traffic"), asked, prepare=True)
    kept = {row[0]: Quarter(*row) for row in await found.fetchall()}
    starts = [last - back * QUARTER for back in reversed(range(QUARTERS))]
    return [kept.get(one, Quarter(one)) for one in starts]
