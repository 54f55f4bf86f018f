"""How often strangers may ask: per address, and per code that they name, whoever has it.

Kept in this process, by fixed windows, and bounded: a code is counted in one of so many boxes, an
IPv6 address by its network. Codes that nobody has are counted like all others, so having to wait
says nothing.
"""

import ipaddress
from collections.abc import Sequence
from hashlib import blake2b
from secrets import token_bytes
from typing import Final

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

PER_ADDRESS: Final[tuple[RateLimitItem, ...]] = (
    RateLimitItemPerMinute(20),
    RateLimitItemPerHour(200),
)
"""A kiosk in a busy hall serves somebody every few seconds; a guesser would need thousands."""
PER_CODE: Final = RateLimitItemPerHour(5)
"""Wrong ones: four digits are guessed in a month at the earliest, an hour of tries at a time."""
RETURNS: Final[tuple[RateLimitItem, ...]] = (RateLimitItemPerMinute(60), RateLimitItemPerHour(1000))
"""Returns from an identity provider: a whole office signs in at half past seven."""
_BOXES: Final = 65_536


class Guesses:
    """Counts who asks, and what was asked for in vain."""

    def __init__(self, *, per_address: Sequence[RateLimitItem] = PER_ADDRESS) -> None:
        self._per_address = per_address
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._key = token_bytes(16)

    def __repr__(self) -> str:
        return "<Guesses>"

    def may_ask(self, address: str) -> bool:
        """Count one question of an address; False if it has to wait."""
        network = _network(address)
        return all(self._limiter.hit(one, "address", network) for one in self._per_address)

    def may_try(self, code: str) -> bool:
        """Whether a code has not been asked for in vain too often."""
        return self._limiter.test(PER_CODE, "code", self._box(code))

    def note(self, code: str) -> None:
        """Count one question in vain."""
        self._limiter.hit(PER_CODE, "code", self._box(code))

    def _box(self, code: str) -> str:
        digest = blake2b(code.encode(), key=self._key, digest_size=8).digest()
        return str(int.from_bytes(digest) % _BOXES)


def _network(address: str) -> str:
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if read.version == 4:
        return str(read)
    return str(ipaddress.ip_network((read, 64), strict=False))
