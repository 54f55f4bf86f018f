"""What an HTTP answer to a hand-over means; a pure reading of status, headers and a table."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from connectors.codes import Code, CodeTable, Means
from connectors.protocol import Delivered, Outcome

LONGEST_RETRY_AFTER: Final = 3600.0
"""Seconds; a partner may ask for a pause, but cannot put its hand-overs off for ever."""

_NOTHING_SENT: Final = "no connection: nothing was sent"

_FIELD: Final = "Standard Webhooks; decision 0199"

WEBHOOK_CODES: Final = CodeTable(
    "webhook",
    [
        Code("http-3xx", Means.PERMANENT, "redirects are never followed", "design 10"),
        Code("http-4xx", Means.PERMANENT, "the request itself is wrong there", "RFC 9110 15.5"),
        Code("http-401", Means.TRANSIENT, "it does not know us at present", _FIELD),
        Code("http-403", Means.TRANSIENT, "it does not let us in at present", _FIELD),
        Code("http-404", Means.TRANSIENT, "there is nothing at the address at present", _FIELD),
        Code("http-408", Means.TRANSIENT, "it did not read the request in time", "RFC 9110 15.5.9"),
        Code("http-425", Means.TRANSIENT, "it does not want it yet", "RFC 8470 5.2"),
        Code("http-429", Means.TRANSIENT, "too many requests; `Retry-After` counts", "RFC 6585 4"),
        Code("http-5xx", Means.UNKNOWN, "it failed, perhaps after the deed", "RFC 9110 15.6"),
        Code("http-503", Means.TRANSIENT, "it does not work at present", "RFC 9110 15.6.4"),
        Code("timeout", Means.UNKNOWN, "no complete answer within the endpoint's time"),
        Code("cut", Means.UNKNOWN, "the connection ended during the exchange"),
        Code("no-connection", Means.TRANSIENT, _NOTHING_SENT),
        Code("connect-timeout", Means.TRANSIENT, _NOTHING_SENT),
        Code("tls", Means.TRANSIENT, "its certificate or handshake is not accepted"),
        Code("not-attempted", Means.OURS, "the call ended before its turn"),
        Code("not-configured", Means.PERMANENT, "the endpoint has no address or no secret"),
        Code("bad-secret", Means.PERMANENT, "the signing secret is not a `whsec_` key"),
        Code("bad-address", Means.PERMANENT, "the address is not an HTTP address"),
        Code("payload-purged", Means.PERMANENT, "the stored body is gone"),
    ],
)


def judge_answer(status: int, headers: Mapping[str, str], now: datetime) -> Outcome:
    """Return what the answer says; `headers` finds names in lower case."""
    if 200 <= status < 300:
        return Delivered(f"HTTP {status}", at_remote=headers.get("date"))
    return WEBHOOK_CODES.outcome(
        f"http-{status}",
        f"the agency's system answered {status}",
        retry_after=read_retry_after(headers.get("retry-after"), now),
    )


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
    except (ValueError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), LONGEST_RETRY_AFTER)
