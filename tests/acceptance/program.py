"""The installed program as its users run it: a process of its own, in a folder of its own."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pytest

LIENTHONG: Final = Path(sys.executable).with_name("lienthong")


class Program:
    """One run of `lienthong`; whatever it starts works in `folder`."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        environment = {k: v for k, v in os.environ.items() if not k.startswith("LIENTHONG_")}
        self.process = subprocess.Popen(
            [LIENTHONG, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**environment, "TMPDIR": str(folder)},
            cwd=folder,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()  # its reaper ends what it started
        self.process.communicate()

    def first_line(self) -> bytes:
        """Wait for the first line on stdout."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def ended(self, *, within: float) -> tuple[int, str, str]:
        """Wait for its end; return the exit code and what it printed on stdout and stderr."""
        out, err = self.process.communicate(timeout=within)
        return self.process.returncode, out.decode(), err.decode()

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def left_behind(self, *, within: float = 30) -> list[str]:
        """Name what is still there of it; wait a little for what is on its way out."""
        until = time.monotonic() + within
        while (left := self._left()) and time.monotonic() < until:
            time.sleep(0.1)
        return left

    def _left(self) -> list[str]:
        return [*(str(one) for one in self.folder.iterdir()), *_processes_in(self.folder)]


def _processes_in(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
                where = (entry / "environ").read_bytes().decode(errors="replace")
                place = str((entry / "cwd").readlink())
                if str(folder) in f"{place}\n{command}\n{where}":
                    found.append(f"{entry.name} {command}")
    return found


@pytest.fixture
def own_folder() -> Iterator[Path]:
    """A temporary folder that the servers' own user can reach too."""
    folder = Path(tempfile.mkdtemp(prefix="acceptance-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
