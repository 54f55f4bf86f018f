"""What can go wrong with the private servers, each with what to do about it.

ServerError
├── ServerMissing   a program is not installed
├── ServerFailed    a server did not start, or did not become ready in time
└── InstanceInUse   another process holds this instance folder
"""

from __future__ import annotations

from pathlib import Path


class ServerError(Exception):
    """Anything that keeps a private server from running."""


class ServerMissing(ServerError):
    """Say which program is not there and how to get it."""

    def __init__(self, program: str, remedy: str) -> None:
        self.program = program
        self.remedy = remedy
        super().__init__(f"{program} is not installed: {remedy}")


class ServerFailed(ServerError):
    """Carry the end of the server's own log, where the cause usually stands."""

    def __init__(self, server: str, reason: str, log: Path | None = None) -> None:
        self.server = server
        self.reason = reason
        self.log_tail = _tail(log) if log else ""
        super().__init__(f"{server} {reason}" + (f"\n{self.log_tail}" if self.log_tail else ""))


class InstanceInUse(ServerError):
    """Name the folder that somebody else holds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"the servers in {folder} are in use by another process")


def _tail(log: Path, lines: int = 15) -> str:
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
