"""Both private servers in one folder that one process owns.

A temporary instance (demo, test, bench, sandbox) disappears with its owner: on leaving
the `with` block, and by its reaper if the owner dies, SIGKILL included. A persistent one
(`serve`) stays on disk and is locked against a second owner.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from gateway.servers import reaper
from gateway.servers.account import Account, servers_account
from gateway.servers.errors import InstanceInUse, ServerFailed
from gateway.servers.files import locked, made
from gateway.servers.postgres import Postgres
from gateway.servers.programs import state_folder
from gateway.servers.rabbitmq import RabbitMQ


class Instance:
    """Own a PostgreSQL and a RabbitMQ; `with` or `async with` starts and ends both.

    >>> with Instance.temporary() as servers:
    ...     servers.postgres.url, servers.rabbitmq.url, servers.rabbitmq.admin_url
    """

    def __init__(self, folder: Path, account: Account, *, remove: bool) -> None:
        if not account.reaches(folder):
            raise ServerFailed("servers", f"run as {account.name}, who cannot reach {folder}")
        self.folder = made(folder)
        lock = locked(folder / "lock")
        if lock is None:
            raise InstanceInUse(folder)
        self._remove = remove
        self._lock = lock
        self._reaper = _reaper_of(folder, lock, remove=remove)
        try:
            account.own(folder)
            reaper.reap(folder, gently=True)  # what a killed reaper may have left here
            self.postgres = Postgres(folder / "postgres", account)
            self.rabbitmq = RabbitMQ(folder / "rabbitmq", account)
        except BaseException:
            self._release()
            raise

    @classmethod
    def temporary(cls) -> Self:
        """Return an instance in a new folder that is removed with it."""
        account = servers_account()
        base = Path(tempfile.gettempdir())
        if not account.reaches(base / "folder"):  # root's own TMPDIR, say
            base = made(state_folder() / "temporary", mode=0o711)
        return cls(Path(tempfile.mkdtemp(dir=base, prefix="lienthong-")), account, remove=True)

    @classmethod
    def persistent(cls, folder: Path | None = None) -> Self:
        """Return the instance that `serve` keeps; raise InstanceInUse if it runs already."""
        return cls(folder or state_folder() / "servers", servers_account(), remove=False)

    def __repr__(self) -> str:
        return f"<Instance in {self.folder}: {self.postgres!r}, {self.rabbitmq!r}>"

    def start(self) -> Self:
        """Start both at the same time; if either fails, end both and raise its error."""
        try:
            _together(self.postgres.start, self.rabbitmq.start)
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """End both servers, with their data written out unless it is to be removed."""
        try:
            if self._remove:
                _together(self.postgres.discard, self.rabbitmq.discard)
            else:
                _together(self.postgres.stop, self.rabbitmq.stop)
        finally:
            self._release()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Shielded: a cancelled owner still leaves nothing running.
        await asyncio.shield(asyncio.to_thread(self.close))

    def _release(self) -> None:
        """Let the reaper remove what is to be removed, and wait for it: it shares our lock."""
        if self._lock < 0:
            return
        self._reaper.communicate()
        os.close(self._lock)
        self._lock = -1


def _together(*acts: Callable[[], object]) -> None:
    """Run all acts at once, wait for all, and raise the first error."""
    with ThreadPoolExecutor(len(acts)) as pool:
        futures = [pool.submit(act) for act in acts]
    for future in futures:
        future.result()


def _reaper_of(folder: Path, lock: int, *, remove: bool) -> subprocess.Popen[bytes]:
    script = Path(reaper.__file__)
    return subprocess.Popen(
        [sys.executable, "-I", "-S", script, folder, "remove" if remove else "keep"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(lock,),
        start_new_session=True,
        cwd="/",
    )
