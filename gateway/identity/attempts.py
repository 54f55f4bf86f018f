"""Bad credentials are slowed down: after so many failures in a minute, an address waits.

Counted per (address, client id), so that nobody can lock another's client out, and more
generously per address, so that guessing many clients does not help. Kept in this process; bounded.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

WINDOW_SECONDS = 60.0
PER_CLIENT = 10
PER_ADDRESS = 100
_MOST_KEPT = 10_000


class FailedAttempts:
    """Counts failures in fixed windows of a minute."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._counts: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()

    def __repr__(self) -> str:
        return f"<FailedAttempts {len(self._counts)} watched>"

    def wait(self, address: str, client_id: str) -> float:
        """Return the seconds to wait before another try; 0 if one may be made now."""
        return max(
            self._left((address, client_id), PER_CLIENT), self._left((address, ""), PER_ADDRESS)
        )

    def note(self, address: str, client_id: str) -> None:
        """Count one failure."""
        for key in ((address, client_id), (address, "")):
            began, count = self._counts.get(key, (self._now(), 0))
            if self._now() - began >= WINDOW_SECONDS:
                began, count = self._now(), 0
            self._counts[key] = (began, count + 1)
            self._counts.move_to_end(key)
        while len(self._counts) > _MOST_KEPT:
            self._counts.popitem(last=False)

    def _left(self, key: tuple[str, str], most: int) -> float:
        began, count = self._counts.get(key, (0.0, 0))
        if count < most:
            return 0.0
        return max(0.0, began + WINDOW_SECONDS - self._now())
