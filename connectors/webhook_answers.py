"""What an HTTP answer to a hand-over means; a pure reading of status and headers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from connectors.protocol import Delivered, Outcome, Refused, Unreachable

LONGEST_RETRY_AFTER: Final = 3600.0
"""Seconds; a partner may ask for a pause, but cannot put its hand-overs off for ever."""

_NOT_YET: Final = frozenset({408, 425, 429})
_NOT_DONE: Final = _NOT_YET | {503}


def judge_answer(status: int, headers: Mapping[str, str], now: datetime) -> Outcome:
    """Return what the answer says; `headers` finds names in lower case."""
    if 200 <= status < 300:
        return Delivered(f"HTTP {status}", at_remote=headers.get("date"))
    if status in _NOT_YET or status >= 500:
        return Unreachable(
            f"http-{status}",
            f"the agency's system answered {status}",
            retry_after=read_retry_after(headers.get("retry-after"), now),
            unknown=status not in _NOT_DONE,
        )
    return Refused(f"http-{status}", f"the agency's system answered {status}")


def read_retry_after(value: str | None, now: datetime) -> float | None:
    """Return seconds from now, for both forms of the header; None if absent or unreadable."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        # Nine digits are decades already; more would only overflow.
        return min(float(value[:9]), LONGEST_RETRY_AFTER)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), LONGEST_RETRY_AFTER)
