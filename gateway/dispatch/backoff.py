"""How long to wait before the next try: exponential, with jitter, never past what is left.

Retries are rows, not sleeping tasks; this only names the instant.
"""

import random
from typing import Final

SHARE: Final = 4
"""A try comes before a quarter of what is left has gone: three quarters stay to act in."""
SOONEST: Final = 1.0
"""Seconds: however near a limit is, nobody is called more often than this."""


def wait_before_retry(
    attempts: int,
    *,
    base: float,
    cap: float,
    asked: float | None = None,
    left: float | None = None,
) -> float:
    """Return seconds until the next try after `attempts` failed ones (1 = the first failed).

    `asked` is what the partner named (Retry-After), a lower bound up to `cap`. `left` is what
    remains until the next limit that the delivery has to meet, in seconds: it binds over all else,
    so that there is still a chance to act; once it is gone, the ordinary backoff goes on.
    """
    exponential = min(cap, base * 2.0 ** min(attempts - 1, 30))
    wait = random.uniform(exponential / 2, exponential)  # noqa: S311  jitter, not a secret
    if asked is not None:
        wait = max(wait, min(asked, cap))
    return wait if left is None else within_share(wait, left, soonest=SOONEST)


def within_share(wait: float, left: float, *, soonest: float) -> float:
    """Return the wait, cut to a share of what is left while anything is; never below `soonest`."""
    return min(wait, max(soonest, left / SHARE)) if left > 0 else wait
