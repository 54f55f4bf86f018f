"""Where gateway processes are born: a process that has imported everything, and forks.

Importing takes most of a gateway's start; tests start dozens. What is forked has no event loop,
no thread and no connection yet, and is a process of its own in every respect. It dies with the
nursery, and the nursery with the test process, whatever happens to that.

Run as a module it reads orders and writes news, one JSON object per line.
"""

import ctypes
import gc
import os
import selectors
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson

_ROOT: Final = Path(__file__).resolve().parents[2]
_PR_SET_PDEATHSIG: Final = 1


class Nursery:
    """The test process's side of it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.stage.nursery"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._changed = threading.Condition()
        self._born: dict[str, int] = {}
        self._ready: dict[int, str] = {}
        self._ended: dict[int, int] = {}
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def bear(self, environment: Mapping[str, str], log: Path) -> int:
        """Start a gateway process and return its id."""
        assert self._process.stdin is not None
        order = orjson.dumps({"environment": environment, "log": str(log)})
        with self._changed:
            self._process.stdin.write(order + b"\n")
            self._process.stdin.flush()
            assert self._changed.wait_for(lambda: str(log) in self._born, timeout=60)
            return self._born.pop(str(log))

    def address_of(self, pid: int) -> str | None:
        """Return where a process listens; None while it is not ready."""
        return self._ready.get(pid)

    def end_of(self, pid: int) -> int | None:
        """Return what a process ended with, minus the signal if one killed it; None if it runs."""
        return self._ended.get(pid)

    def close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            if stream is self._process.stdin:
                stream.close()
                self._process.wait(30)
                self._listener.join(30)
            else:
                stream.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            news = orjson.loads(line)
            with self._changed:
                match news:
                    case {"born": pid, "log": log}:
                        self._born[log] = pid
                    case {"ready": pid, "at": address}:
                        self._ready[pid] = address
                    case {"ended": pid, "with": code}:
                        self._ended[pid] = code
                self._changed.notify_all()


def main() -> None:
    from tests.stage.serve import serve

    _die_with_parent()
    gc.freeze()
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    with selectors.DefaultSelector() as events:
        events.register(sys.stdin.buffer, selectors.EVENT_READ)
        events.register(read, selectors.EVENT_READ)
        while True:
            for key, _ in events.select():
                if key.fd == read:
                    os.read(read, 1024)
                    _tell_of_the_dead()
                    continue
                line = sys.stdin.buffer.readline()
                if not line:
                    return
                order = orjson.loads(line)
                pid = os.fork()
                if pid == 0:
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    _be_a_gateway(order, serve)
                _tell({"born": pid, "log": order["log"]})


def _be_a_gateway(order: Mapping[str, Any], serve: Any) -> None:
    code = 1
    try:
        _die_with_parent()
        os.environ.update(order["environment"])
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(log, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        pid = os.getpid()
        serve(lambda address: _tell({"ready": pid, "at": address}))
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(code)


def _tell_of_the_dead() -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _tell({"ended": pid, "with": os.waitstatus_to_exitcode(status)})


def _tell(news: Mapping[str, Any]) -> None:
    os.write(1, orjson.dumps(news) + b"\n")  # one write: lines of several processes never mix


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
