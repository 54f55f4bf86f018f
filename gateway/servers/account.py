"""Which operating-system account the private servers run as.

PostgreSQL refuses to run as root, and neither server needs to: as root they get an
account of their own; anybody else runs them as themselves.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "lienthong"


@dataclass(frozen=True, slots=True)
class Account:
    """Whom the servers run as; `switch` is set when that is not the caller."""

    name: str
    uid: int
    gid: int
    switch: bool

    @property
    def popen_options(self) -> dict[str, Any]:
        if not self.switch:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> Path:
        """Give `path` itself (not what is below it) to the account."""
        if self.switch:
            os.chown(path, self.uid, self.gid)
        return path

    def reaches(self, folder: Path) -> bool:
        """Say whether the account may pass through every folder above `folder`."""
        if not self.switch:
            return True
        return all(self._passes(parent.stat()) for parent in folder.resolve().parents)

    def _passes(self, folder: os.stat_result) -> bool:
        if folder.st_uid == self.uid:
            return bool(folder.st_mode & stat.S_IXUSR)
        if folder.st_gid == self.gid:
            return bool(folder.st_mode & stat.S_IXGRP)
        return bool(folder.st_mode & stat.S_IXOTH)


def servers_account() -> Account:
    """Return the account for the servers, creating the system user if we are root."""
    if os.geteuid() != 0:
        return Account("self", os.geteuid(), os.getegid(), switch=False)
    entry = _lookup(NAME) or _create(NAME) or pwd.getpwnam("nobody")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)


def _lookup(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create(name: str) -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    # Two instances may get here at once: the loser's useradd fails, and finds the winner's user.
    options = "--system --user-group --no-create-home --home-dir /nonexistent"
    subprocess.run(
        [useradd, *options.split(), "--shell", "/usr/sbin/nologin", name],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    return _lookup(name)
