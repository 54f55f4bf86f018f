"""One server program as a child process, with the verbs that tests and operators need."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from gateway.servers.account import Account
from gateway.servers.errors import ServerFailed
from gateway.servers.reaper import Ending, note, signal_all, tree

_POLL = 0.02


class ServerProcess:
    """Start, watch, signal and end one program; its output goes to `folder`/NAME.log."""

    def __init__(self, name: str, folder: Path, account: Account, ending: Ending) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._pid_file = folder / f"{name}.pid"
        self._folder = folder
        self._account = account
        self._ending = ending
        self._child: subprocess.Popen[bytes] | None = None
        self._paused: list[int] = []

    def __repr__(self) -> str:
        state = "not running" if not self.running else "paused" if self._paused else "running"
        return f"<{self.name} {state} in {self._folder}>"

    @property
    def pid(self) -> int:
        if self._child is None:
            raise ServerFailed(self.name, "was not started")
        return self._child.pid

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def spawn(self, command: Sequence[str | Path], environment: Mapping[str, str]) -> None:
        """Start `command` with only `environment`: nothing of ours leaks into the server's."""
        with self.log.open("ab") as output:
            self._child = subprocess.Popen(
                command,
                cwd=self._folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a terminal's Ctrl-C is for us, not for the server
                **self._account.popen_options,
            )
        note(self._pid_file, self._child.pid, self._ending)

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Return once `ready`; fail at once if the process ends, and after `seconds`."""
        until = time.monotonic() + seconds
        while not ready():
            if not self.running:
                raise ServerFailed(self.name, "ended while starting", self.log)
            if time.monotonic() > until:
                self.kill()
                raise ServerFailed(self.name, f"was not ready after {seconds:.0f} s", self.log)
            time.sleep(_POLL)

    def stop(self, seconds: float = 30.0) -> None:
        """End it gently, with its data written out; by force after `seconds`."""
        self.resume()
        self._end(self._ending.gently, seconds)

    def discard(self, seconds: float = 10.0) -> None:
        """End it at once, leaving nothing behind in the system; its data is not wanted."""
        self.resume()
        self._end(self._ending.at_once, seconds)

    def kill(self) -> None:
        """End it as a power failure would: SIGKILL to the process and all below it."""
        if self._child is not None and self._child.poll() is None:
            signal_all(tree(self._child.pid), signal.SIGKILL)
            self._child.wait()
        self._forget()

    def pause(self) -> None:
        """Freeze it and all below it (SIGSTOP): connections stay open, nothing answers."""
        self._paused = tree(self.pid)
        signal_all(self._paused, signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen server go on (SIGCONT)."""
        signal_all(self._paused, signal.SIGCONT)
        self._paused = []

    def _end(self, number: signal.Signals, seconds: float) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(number)
            try:
                self._child.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        self._forget()

    def _forget(self) -> None:
        self._paused = []
        self._pid_file.unlink(missing_ok=True)
