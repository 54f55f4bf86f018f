"""A process held still does nothing, one whose owner was killed ends; its time can be read."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from bench.processes import cpu_seconds, memory_mb, running, stopped
from gateway.servers.reaper import started_at
from tests.stage.facts import eventually

_OWNER = """
import sys
from bench.processes import running

with running([sys.executable, "-c", "print(1, flush=True); import time; time.sleep(600)"]) as one:
    one.stdout.readline()
    print(one.pid, flush=True)
    sys.stdin.read()
"""


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


def test_it_ends_with_an_owner_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert started_at(pid) is not None

        owner.kill()

    asyncio.run(eventually(lambda: started_at(pid) is None, within=30))


def test_time_and_memory_of_a_process_are_read() -> None:
    assert cpu_seconds(os.getpid()) > 0
    assert set(memory_mb(os.getpid())) == {"now", "peak"}


def _state(process: "subprocess.Popen[bytes]") -> str:
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]
