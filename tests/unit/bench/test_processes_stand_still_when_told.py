"""A process held still does nothing; its processor time can be read."""

import os
import subprocess
import sys
from pathlib import Path

from bench.processes import cpu_seconds, memory_mb, running, stopped


def test_every_thread_is_stopped_inside_the_block_and_goes_on_after() -> None:
    command = [sys.executable, "-c", "print(1, flush=True); import sys; sys.stdin.read()"]

    with running(command) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with stopped(process.pid):
            inside = _state(process)

        assert inside == "T"
        assert process.poll() is None

    assert process.poll() is not None


def test_time_and_memory_of_a_process_are_read() -> None:
    assert cpu_seconds(os.getpid()) > 0
    assert set(memory_mb(os.getpid())) == {"now", "peak"}


def _state(process: "subprocess.Popen[bytes]") -> str:
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]
