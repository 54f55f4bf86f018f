"""What the codes in a partner's answers come to: the mapping's table over that of HTTP."""

from collections.abc import Mapping
from typing import Final

from connectors.codes import Code, CodeTable, Means
from connectors.dialects.model import Code as MappedCode

_MEANS: Final = {
    "already": Means.ALREADY,
    "there": Means.PERMANENT,
    "permanent": Means.PERMANENT,
    "transient": Means.TRANSIENT,
    "unknown": Means.UNKNOWN,
    "login": Means.TRANSIENT,
    "missing": Means.PERMANENT,
}
"""A login that was asked for twice in one call is tried again later; what is there under our name
and is something else stays there."""

_NOTHING: Final = "nothing was sent"
HTTP_CODES: Final = (
    Code("http-3xx", Means.PERMANENT, "redirects are never followed", "design 10"),
    Code("http-4xx", Means.PERMANENT, "the request itself is wrong there", "RFC 9110 15.5"),
    Code("http-401", Means.TRANSIENT, "it took our credentials twice for none", "RFC 9110 15.5.2"),
    Code("http-408", Means.TRANSIENT, "it did not read the request in time", "RFC 9110 15.5.9"),
    Code("http-425", Means.TRANSIENT, "it does not want it yet", "RFC 8470 5.2"),
    Code("http-429", Means.TRANSIENT, "too many requests; `Retry-After` counts", "RFC 6585 4"),
    Code("http-5xx", Means.UNKNOWN, "it failed, perhaps after the deed", "RFC 9110 15.6"),
    Code("http-503", Means.TRANSIENT, "it does not work at present", "RFC 9110 15.6.4"),
    Code("timeout", Means.UNKNOWN, "no complete answer within the endpoint's time"),
    Code("cut", Means.UNKNOWN, "the connection ended during the exchange"),
    Code("unreadable", Means.UNKNOWN, "the answer is not JSON, or has no code where it should"),
    Code("no-connection", Means.TRANSIENT, f"no connection: {_NOTHING}"),
    Code("connect-timeout", Means.TRANSIENT, f"no connection: {_NOTHING}"),
    Code("tls", Means.TRANSIENT, "its certificate or handshake is not accepted"),
    Code("no-login", Means.TRANSIENT, f"it does not let us in: {_NOTHING}"),
    Code("not-attempted", Means.OURS, "the call ended before its turn"),
    Code("not-configured", Means.PERMANENT, "the endpoint has no address or no such secret"),
    Code("no-mapping", Means.PERMANENT, "the endpoint names no mapping that can be read"),
    Code("unmapped", Means.PERMANENT, "the mapping has no call for this message"),
    Code("unfit", Means.PERMANENT, "a value cannot be said in this dialect; the place is named"),
    Code("bad-address", Means.PERMANENT, "the address is not an HTTP address"),
    Code("payload-purged", Means.PERMANENT, "the stored body is gone"),
)


def codes_of(dialect: str, mapped: Mapping[str, MappedCode]) -> CodeTable:
    """Return the table of one dialect; what it says of a code counts before what HTTP says."""
    own = [
        Code(code, _MEANS[one.means], one.says, one.source)
        for code, one in mapped.items()
        if one.means in _MEANS
    ]
    return CodeTable(dialect, [*HTTP_CODES, *own])
