"""Look whether this machine can run the private servers, and say what to do if not.

Nothing is started or changed: `examine` reads, runs programs only for their version, and
binds a free port for an instant.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway.servers.account import NAME
from gateway.servers.errors import ServerError
from gateway.servers.ports import LOOPBACK, free_ports
from gateway.servers.programs import (
    epmd_program,
    rabbitmq_program,
    state_folder,
    wheel_programs,
)

_GIB = 1 << 30
_DISK = 2 * _GIB  # a demo writes ~0.5 GiB; the broker stops publishers under 256 MB
_MEMORY = 1 * _GIB  # PostgreSQL ~0.3, RabbitMQ ~0.2, gateway ~0.2 GiB
_OLDEST_RABBITMQ = (3, 10)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `remedy` is empty when it is as it should be.

    `warning` is about later: the machine is good, but somebody should act in time.
    """

    name: str
    found: str
    remedy: str = ""
    warning: str = ""

    @property
    def good(self) -> bool:
        return not self.remedy


def examine() -> Iterator[Finding]:
    """Yield what was found, the programs first."""
    for name, look in _LOOKS.items():
        try:
            yield look(name)
        except ServerError as missing:
            yield Finding(name, "missing", str(missing))
        except OSError as error:
            yield Finding(name, f"{error}", "see the message; then run this again")


def _python(name: str) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    old = sys.version_info < (3, 11)
    return Finding(name, version, "install Python 3.11 or newer" if old else "")


def _postgres(name: str) -> Finding:
    program = wheel_programs() / "postgres"
    ran = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    remedy = "" if ran.returncode == 0 else f"{program} does not run: {ran.stderr.strip()}"
    return Finding(name, ran.stdout.strip(), remedy)


def _rabbitmq(name: str) -> Finding:
    program = rabbitmq_program().resolve()
    version = re.search(r"rabbitmq_server-(\d+)\.(\d+)\S*?/", f"{program}/")
    if version is None:
        return Finding(name, str(program))
    old = (int(version[1]), int(version[2])) < _OLDEST_RABBITMQ
    remedy = "install RabbitMQ 3.10 or newer" if old else ""
    return Finding(name, version[0].removeprefix("rabbitmq_server-").rstrip("/"), remedy)


def _erlang(name: str) -> Finding:
    return Finding(name, str(epmd_program()))


def _account(name: str) -> Finding:
    if os.geteuid() != 0:
        return Finding(name, "servers run as you")
    can_create = shutil.which("useradd", path="/usr/sbin:/sbin") is not None
    whom = NAME if can_create else "nobody"
    return Finding(name, f"you are root: servers run as {whom}")


def _loopback(name: str) -> Finding:
    addresses = {info[4][0] for info in socket.getaddrinfo("localhost", None, socket.AF_INET)}
    if addresses != {LOOPBACK}:
        return Finding(
            name, f"localhost is {addresses}", "map localhost to 127.0.0.1 in /etc/hosts"
        )
    return Finding(name, f"ports such as {free_ports(1)[0]} are free")


def _disk(name: str) -> Finding:
    folder = Path(tempfile.gettempdir())
    free = shutil.disk_usage(folder).free
    remedy = "" if free >= _DISK else f"free {_DISK // _GIB} GiB there, or set TMPDIR elsewhere"
    return Finding(name, f"{free / _GIB:.1f} GiB free in {folder}", remedy)


def _memory(name: str) -> Finding:
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    kib = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    remedy = "" if kib * 1024 >= _MEMORY else "the servers and the gateway need 1 GiB together"
    return Finding(name, f"{kib * 1024 / _GIB:.1f} GiB available", remedy)


def _state(name: str) -> Finding:
    folder = state_folder()
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        return Finding(name, f"{nearest} is not writable", f"make {folder} and give it to yourself")
    if nearest == folder and folder.stat().st_mode & 0o022:
        return Finding(name, f"{folder} is writable by others", f"chmod go-w {folder}")
    return Finding(name, str(folder))


_LOOKS: dict[str, Callable[[str], Finding]] = {
    "Python": _python,
    "PostgreSQL": _postgres,
    "RabbitMQ": _rabbitmq,
    "Erlang": _erlang,
    "account": _account,
    "loopback": _loopback,
    "disk": _disk,
    "memory": _memory,
    "state folder": _state,
}
