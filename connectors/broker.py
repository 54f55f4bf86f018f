"""How every part of the gateway, and every simulated agency, connects to the broker.

One place decides heartbeat, names and timeouts, so that a stopped process is noticed within
seconds (the library's own defaults free its messages only after minutes). Publishers and
consumers each open their own connection: a publisher that the broker blocks must not keep a
consumer's acknowledgements from getting through.
"""

from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import aio_pika
from aio_pika.abc import AbstractRobustConnection

HEARTBEAT: Final = 10
"""Seconds; the broker drops a silent client after two of them."""

CONNECT_TIMEOUT: Final = 10.0
RECONNECT_INTERVAL: Final = 1.0


def broker_url(url: str, name: str) -> str:
    """Return `url` with our heartbeat, and the name that the broker's own screens show.

    What the operator wrote into the URL (`cafile`, `certfile`, `keyfile`, another heartbeat)
    stays as it is.
    """
    parts = urlsplit(url)
    query = {"heartbeat": str(HEARTBEAT), "name": name, **dict(parse_qsl(parts.query))}
    return urlunsplit(parts._replace(query=urlencode(query)))


async def open_connection(
    url: str, name: str, *, within: float = CONNECT_TIMEOUT
) -> AbstractRobustConnection:
    """Connect for consuming; the connection restores itself and its consumers afterwards.

    Keep references to the channels and queues taken from it: only those that are still
    referenced are restored. Raise the library's error if the *first* attempt fails.
    """
    return await aio_pika.connect_robust(
        broker_url(url, name),
        timeout=within,
        reconnect_interval=RECONNECT_INTERVAL,
    )
