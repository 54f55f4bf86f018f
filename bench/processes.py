"""Processes of a measurement: started, stopped, looked at, and always ended by their id."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import orjson

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_ROOT: Final = Path(__file__).resolve().parents[1]
_DIES_WITH_US: Final = ("setpriv", "--pdeathsig", "KILL")
"""Becomes what it is told to run, which the kernel ends with us, SIGKILL included."""


@contextmanager
def running(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process for as long as the block; end it gently, after 60 s by force.

    It does not outlive this thread, whatever ends it.
    """
    process = subprocess.Popen(
        [*_DIES_WITH_US, *command],
        cwd=_ROOT,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # a terminal's Ctrl-C is for us: we end what we started
    )
    try:
        yield process
    finally:
        _end(process)


def ask(module: str, order: Mapping[str, Any], *, within: float) -> dict[str, Any]:
    """Run a module that reads one JSON line and answers with one; return the answer."""
    with running([sys.executable, "-m", module]) as process:
        out, _ = process.communicate(orjson.dumps(order) + b"\n", timeout=within)
    if process.returncode != 0:
        raise RuntimeError(f"{module} ended with {process.returncode}")
    answer: dict[str, Any] = orjson.loads(out.splitlines()[-1])
    return answer


def last_line(script: str, *, within: float) -> dict[str, Any]:
    """Run another bench script of this folder; return the JSON of its last line."""
    done = subprocess.run(
        [sys.executable, str(_ROOT / "bench" / script)],
        cwd=_ROOT,
        capture_output=True,
        check=True,
        timeout=within,
    )
    line: dict[str, Any] = orjson.loads(done.stdout.splitlines()[-1])
    return line


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process, its living children, and the children it outlived."""
    total = 0.0
    for one in (pid, *descendants(pid)):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(field) for field in fields[11:15]) / _TICKS
    return total


def memory_mb(pid: int) -> dict[str, float]:
    """Return resident memory now and at its peak, in MB (10^6 bytes)."""
    found: dict[str, float] = {}
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name in ("VmRSS", "VmHWM"):
            found["now" if name == "VmRSS" else "peak"] = int(value.split()[0]) * 1024 / 1e6
    return found


def forget_peak(pid: int) -> None:
    """Have the peak of resident memory begin anew at what is resident now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """Hold a process still (SIGSTOP) during the block."""
    os.kill(pid, signal.SIGSTOP)
    try:
        while not _stands_still(pid):
            time.sleep(0.001)
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _stands_still(pid: int) -> bool:
    """Whether every thread has stopped: the signal takes effect one thread after another."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return all(
        (thread / "stat").read_text().rpartition(")")[2].split()[0] == "T" for thread in threads
    )


def descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(int(fields[1]), []).append(int(folder.name))
    found: list[int] = []
    behind = [pid]
    while behind:
        below = children.get(behind.pop(), [])
        found += below
        behind += below
    return found


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None and not stream.closed:
            with suppress(BrokenPipeError):
                stream.close()
