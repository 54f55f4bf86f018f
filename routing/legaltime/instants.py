"""Instants as whole microseconds since the Unix epoch, so that legal arithmetic is exact.

Microseconds are the finest step a ``datetime`` has; integers of them never round.
"""

from datetime import UTC, datetime, timedelta

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros_of(instant: datetime) -> int:
    """Return the instant as microseconds since the epoch; refuse one without an offset."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no UTC offset")
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def instant_of(micros: int) -> datetime:
    """Return the aware UTC instant; ``OverflowError`` beyond the years 1 to 9999."""
    return _EPOCH + micros * MICROSECOND
