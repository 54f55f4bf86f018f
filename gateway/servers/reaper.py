"""End the servers of an instance when their owner is gone, however it went.

Run as a script beside every instance (standard library only, so that it starts in
milliseconds). It reads its standard input, which the owner holds open: end of file means
that the owner has closed the instance or has died, SIGKILL included. Whatever server is
then still running is ended, and the folder of a temporary instance is removed.

    python -I -S reaper.py FOLDER remove|keep
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PATIENCE = 20.0  # seconds for a server to write its data out


@dataclass(frozen=True, slots=True)
class Ending:
    """How a server wants to be told to end: with its data written out, or at once."""

    gently: signal.Signals
    at_once: signal.Signals


def note(pid_file: Path, pid: int, ending: Ending) -> None:
    """Note a server's process so that a reaper finds exactly that one again."""
    line = f"{pid} {started_at(pid)} {int(ending.gently)} {int(ending.at_once)}\n"
    pid_file.write_text(line, encoding="ascii")


def started_at(pid: int) -> str | None:
    """Return the kernel's start tick of a living process; a reused pid has another."""
    fields = _stat(pid)
    return None if fields is None or fields[0] == "Z" else fields[19]


def tree(pid: int) -> list[int]:
    """Return `pid` and every process below it, parents first."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdecimal() and (fields := _stat(int(entry))) is not None:
            children.setdefault(int(fields[1]), []).append(int(entry))
    found = [pid]
    for parent in found:
        found.extend(children.get(parent, []))
    return found


def signal_all(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def reap(folder: Path, *, gently: bool) -> None:
    """End every server noted one level below `folder`, and forget it."""
    noted = list(_noted(folder))
    for pid, _, ending in noted:
        signal_all(tree(pid), signal.SIGCONT)
        signal_all([pid], ending.gently if gently else ending.at_once)
    until = time.monotonic() + _PATIENCE
    for pid, start, _ in noted:
        while started_at(pid) == start and time.monotonic() < until:
            time.sleep(0.02)
        if started_at(pid) == start:
            signal_all(tree(pid), signal.SIGKILL)
    for pid_file in folder.glob("*/*.pid"):
        pid_file.unlink(missing_ok=True)


def _noted(folder: Path) -> Iterator[tuple[int, str, Ending]]:
    for pid_file in sorted(folder.glob("*/*.pid")):
        match pid_file.read_text(encoding="ascii").split():
            case [pid, start, gently, at_once] if started_at(int(pid)) == start:
                ending = Ending(signal.Signals(int(gently)), signal.Signals(int(at_once)))
                yield int(pid), start, ending


def _stat(pid: int) -> list[str] | None:
    """Return the fields of /proc/PID/stat from the state on; None if there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()


def main() -> None:
    folder, what = Path(sys.argv[1]), sys.argv[2]
    # A terminal's Ctrl-C and a supervisor's SIGTERM are for the owner; its end is our sign.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while os.read(0, 512):
        pass
    reap(folder, gently=what == "keep")
    if what == "remove":
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
