"""Free loopback ports for servers that cannot be told to choose one themselves.

A port found free may be taken before the server binds it; whoever starts a server asks
again and retries. Ports come from below the kernel's range for outgoing connections
(32768 and up on Linux), so that no client socket grabs one in between.
"""

from __future__ import annotations

import random
import socket

LOOPBACK = "127.0.0.1"
_RANGE = range(20_000, 32_000)


def free_ports(count: int) -> list[int]:
    """Return `count` distinct ports that nobody listens on at this moment."""
    found: list[int] = []
    for port in random.SystemRandom().sample(_RANGE, k=len(_RANGE)):
        if is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    raise OSError(f"no {count} free ports between {_RANGE.start} and {_RANGE.stop}")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a connection of a dead server in TIME_WAIT does not occupy its port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def accepts(port: int) -> bool:
    """Say whether something answers on `port`."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False
