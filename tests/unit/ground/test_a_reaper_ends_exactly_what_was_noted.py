"""The reaper finds the processes that were noted, and no other (gateway/servers/reaper.py)."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.servers.reaper import Ending, note, reap, started_at, tree

_ENDING = Ending(gently=signal.SIGTERM, at_once=signal.SIGKILL)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process
        process.kill()


@pytest.fixture
def noted(tmp_path: Path) -> Path:
    (tmp_path / "server").mkdir()
    return tmp_path / "server" / "server.pid"


@pytest.mark.parametrize(("gently", "ended_by"), [(True, signal.SIGTERM), (False, signal.SIGKILL)])
def test_a_noted_process_is_ended_in_its_own_way(
    noted: Path, sleeper: subprocess.Popen[bytes], gently: bool, ended_by: signal.Signals
) -> None:
    note(noted, sleeper.pid, _ENDING)

    reap(noted.parents[1], gently=gently)

    assert sleeper.wait(timeout=5) == -ended_by
    assert not noted.exists()


def test_a_paused_process_is_woken_to_end(noted: Path, sleeper: subprocess.Popen[bytes]) -> None:
    note(noted, sleeper.pid, _ENDING)
    sleeper.send_signal(signal.SIGSTOP)

    reap(noted.parents[1], gently=True)

    assert sleeper.wait(timeout=5) == -signal.SIGTERM


def test_another_process_that_got_the_same_pid_is_left_alone(
    noted: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    noted.write_text(f"{sleeper.pid} 1 15 9\n", encoding="ascii")

    reap(noted.parents[1], gently=True)

    assert sleeper.poll() is None
    assert not noted.exists()


def test_a_file_that_is_not_a_note_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "half.pid").write_text("12", encoding="ascii")

    reap(tmp_path, gently=True)


def test_a_tree_names_the_parent_first() -> None:
    script = "sleep 600 & echo started; wait"
    with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE) as shell:
        assert shell.stdout is not None
        shell.stdout.readline()

        found = tree(shell.pid)

        assert found[0] == shell.pid
        assert len(found) == 2
        for pid in reversed(found):
            subprocess.run(["kill", "-9", str(pid)], check=True)


def test_a_process_that_has_ended_has_no_start(sleeper: subprocess.Popen[bytes]) -> None:
    assert started_at(sleeper.pid) is not None

    sleeper.kill()
    sleeper.wait()

    assert started_at(sleeper.pid) is None
