"""Where the tests' servers keep their files: in memory if it has room, on the disk if not.

Their settings stay as they ship: whatever must be synced is synced, which a file system in memory
answers at once (docs/decisions/0212). What must be seen on a disk asks for servers of its own.
"""

import os
import tempfile
from pathlib import Path
from typing import Final

from gateway.servers import Instance
from gateway.servers.account import servers_account

_MEMORY: Final = Path("/dev/shm")
_ROOM: Final = 4 << 30
"""Bytes that must be free there: a worker's servers take some 0.5 GiB, at the very most 1.5."""


def temporary_servers() -> Instance:
    """Return servers, not started yet, that disappear with this process."""
    if not _has_room():
        return Instance.temporary()
    folder = Path(tempfile.mkdtemp(dir=_MEMORY, prefix="lienthong-"))
    return Instance(folder, servers_account(), remove=True)


def quickest_copy(servers: Instance) -> str:
    """Return how their databases are copied quickest: by file, unless each has to reach a disk."""
    return "FILE_COPY" if _MEMORY in servers.folder.parents else "WAL_LOG"


def _has_room() -> bool:
    if not os.access(_MEMORY, os.W_OK | os.X_OK):
        return False
    there = os.statvfs(_MEMORY)
    return min(there.f_bavail * there.f_frsize, _available_memory()) >= _ROOM


def _available_memory() -> int:
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    kib = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    return kib * 1024
