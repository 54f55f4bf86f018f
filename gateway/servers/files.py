"""Folders and files that only their owner may read."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any


def made(folder: Path, mode: int = 0o700) -> Path:
    """Create `folder` if need be, by default closed to everybody else."""
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    return folder


def private(path: Path, text: str) -> Path:
    """Write `text` to a new file that nobody else could open at any moment."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return path


def remembered(path: Path) -> dict[str, Any] | None:
    """Return the facts that an earlier start left in `path`, if there was one."""
    if not path.exists():
        return None
    facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return facts


def locked(path: Path) -> int | None:
    """Return a descriptor that holds the lock in `path`, or None if somebody else holds it.

    A child that inherits the descriptor shares the lock: it is free when the last one ends.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
