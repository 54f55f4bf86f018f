"""Named places at which a process can be made to die, to prove that nothing is lost there.

A development setting (`LIENTHONG_CRASH_AT=commit.written`, or `commit.written:3` for the third
time) arms exactly one; production refuses the setting. Dying means SIGKILL: no clean-up, no
flush, as a machine dies.
"""

import os
import signal
from collections.abc import Callable
from enum import StrEnum

Crash = Callable[["CrashPoint"], None]


class CrashPoint(StrEnum):
    """Every place between a message's arrival and its last consequence."""

    INTAKE_TAKEN = "intake.taken"
    """Read and judged, not yet in a transaction."""
    COMMIT_LOADED = "commit.loaded"
    """Keys claimed, rows locked, nothing decided."""
    COMMIT_DECIDED = "commit.decided"
    """Decided in memory, nothing written."""
    COMMIT_WRITTEN = "commit.written"
    """Everything written, not committed."""
    COMMIT_COMMITTED = "commit.committed"
    """Committed; nobody told, nothing sent, nothing acknowledged."""
    INTAKE_ACKNOWLEDGING = "intake.acknowledging"
    """Answers known, the broker not yet told."""
    DISPATCH_LEASED = "dispatch.leased"
    """A delivery is leased, not sent."""
    DISPATCH_SENT = "dispatch.sent"
    """Sent and confirmed; the outcome not committed."""
    TIMERS_CLAIMED = "timers.claimed"
    """Due clocks locked, not decided."""
    TIMERS_WRITTEN = "timers.written"
    """Timers decided and written, not committed."""


def unarmed(point: CrashPoint) -> None:
    """Go on: no place is armed."""


def armed(setting: str | None) -> Crash:
    """Return what dies at the place named by the setting; `unarmed` without one."""
    if setting is None:
        return unarmed
    name, _, times = setting.partition(":")
    target, left = CrashPoint(name), [int(times or 1)]

    def crash(point: CrashPoint) -> None:
        if point is target:
            left[0] -= 1
            if left[0] <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return crash
