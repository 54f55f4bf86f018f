"""How long to wait before the next try: exponential, with jitter, never past what is left.

Retries are rows, not sleeping tasks; this only names the instant.
"""

import random
from datetime import datetime


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
    remains of the hop's budget in seconds: a retry comes well before it is used up, so that
    there is still a chance to act; once it is gone, the ordinary backoff goes on.
    """
    exponential = min(cap, base * 2.0 ** min(attempts - 1, 30))
    wait = random.uniform(exponential / 2, exponential)  # noqa: S311  jitter, not a secret
    if asked is not None:
        wait = max(wait, min(asked, cap))
    if left is not None and left > 0:
        wait = min(wait, max(base, left / 4))
    return wait


def seconds_left(complete_by: str | None, now: datetime) -> float | None:
    """Return what remains until an ISO instant, in seconds; None if there is none."""
    if complete_by is None:
        return None
    return (datetime.fromisoformat(complete_by) - now).total_seconds()
