"""Servers belong to one process: they end with it, and leave nothing behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from gateway.servers import Instance, InstanceInUse, Postgres, ServerFailed

_STANDARD_PORTS = (4369, 5432, 5672, 15672, 25672)
_ROOT = Path(__file__).parents[3]
_OWNER = """
import json, os, signal, sys, time
from pathlib import Path
from gateway.servers import Instance

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored under a shell's "&"

where = sys.argv[1]
servers = Instance.temporary() if where == "temporary" else Instance.persistent(Path(where))
servers.start()
print(json.dumps({
    "folder": str(servers.folder),
    "database": servers.postgres.url,
    "admin": servers.rabbitmq.admin_url,
    "user": os.geteuid(),
}), flush=True)
time.sleep(600)
"""

pytestmark = pytest.mark.servers


def test_nothing_is_left_of_a_temporary_instance_whose_owner_was_killed() -> None:
    with _owner("temporary") as (process, servers):
        folder = Path(servers["folder"])
        assert _processes_in(folder)

        process.kill()

        _wait_until(lambda: not folder.exists() and not _processes_in(folder))


def test_two_instances_run_side_by_side_beside_servers_on_the_standard_ports() -> None:
    with (
        _standard_ports_taken(),
        _owner("temporary") as (one_owner, one),
        _owner("temporary") as (other_owner, other),
    ):
        assert one["folder"] != other["folder"]
        for servers in (one, other):
            psycopg.connect(servers["database"]).close()
            nodes = httpx.get(f"{servers['admin']}/api/nodes").json()
            assert len(nodes) == 1  # the two brokers did not find each other

        one_owner.send_signal(signal.SIGTERM)
        other_owner.send_signal(signal.SIGINT)

        for servers in (one, other):
            folder = Path(servers["folder"])
            _wait_until(lambda: not folder.exists() and not _processes_in(folder))  # noqa: B023


def test_a_persistent_instance_keeps_its_data_and_address_after_its_owner_was_killed(
    open_folder: Path,
) -> None:
    folder = open_folder / "kept"
    with _owner(str(folder)) as (process, servers):
        with psycopg.connect(servers["database"]) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        with pytest.raises(InstanceInUse, match="in use by another process"):
            Instance.persistent(folder)

        process.kill()
        process.wait()
        _wait_until(lambda: not _processes_in(folder))

    with Instance.persistent(folder) as again:
        assert again.postgres.url == servers["database"]
        with psycopg.connect(again.postgres.url) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    assert not _processes_in(folder)


def test_somebody_who_is_not_root_runs_them_too() -> None:
    if os.geteuid() != 0:
        pytest.skip("every other test shows it already")
    with _owner("temporary", somebody_else=True) as (process, servers):
        assert servers["user"] != 0
        psycopg.connect(servers["database"]).close()
        folder = Path(servers["folder"])
        owners = {owner for _, owner in _processes_in(folder)}
        assert owners == {servers["user"]}

        process.kill()

        _wait_until(lambda: not folder.exists())


def test_a_folder_that_the_servers_account_cannot_reach_is_refused(open_folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root runs them as somebody else")
    open_folder.chmod(0o700)

    with pytest.raises(ServerFailed, match="cannot reach"):
        Instance.persistent(open_folder / "closed")


def test_as_root_no_server_runs_as_root_nor_uses_a_folder_closed_to_others() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root runs them as somebody else")
    with (
        tempfile.TemporaryDirectory() as closed,
        _owner("temporary", TMPDIR=closed) as (
            _,
            servers,
        ),
    ):
        psycopg.connect(servers["database"]).close()
        ran_by = dict(_processes_in(Path(servers["folder"])))

        assert {"postgres", "beam.smp", "epmd"} <= ran_by.keys()
        assert 0 not in {ran_by["postgres"], ran_by["beam.smp"], ran_by["epmd"]}


def test_a_server_that_cannot_start_says_why(open_folder: Path) -> None:
    data = open_folder / "broken" / "data"
    data.mkdir(parents=True)
    (data / "somebody-elses-file").touch()

    with pytest.raises(ServerFailed, match="could not initialise"):
        Postgres(open_folder / "broken").start()

    assert not _processes_in(open_folder)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other accounts may pass through, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="open-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextlib.contextmanager
def _owner(
    where: str, *, somebody_else: bool = False, **environment: str
) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Run a process that owns an instance, if need be as an account without privileges."""
    python = "/usr/bin/python3.11" if somebody_else else sys.executable
    if not Path(python).exists():
        pytest.skip(f"{python} is not there for another account to run")
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    account: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []}
    process = subprocess.Popen(
        [python, "-c", _OWNER, where],
        stdout=subprocess.PIPE,
        text=True,
        env={
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent" if somebody_else else str(Path.home()),
            "PYTHONPATH": f"{_ROOT}:{packages}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": "/tmp",
        }
        | environment,
        cwd="/",
        **(account if somebody_else else {}),
    )
    assert process.stdout is not None
    with process, process.stdout:
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


@contextlib.contextmanager
def _standard_ports_taken() -> Iterator[None]:
    """Listen on the ports of the machine's own servers, unless those do already."""
    with contextlib.ExitStack() as stack:
        for port in _STANDARD_PORTS:
            listener = stack.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                listener.bind(("127.0.0.1", port))
                listener.listen()
        yield


def _processes_in(folder: Path) -> list[tuple[str, int]]:
    """Return program and owner of the living processes that work in `folder` or were told of it.

    One look at each: a server's helpers come and go, and may be gone at a second.
    """
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
                place = str((entry / "cwd").readlink())
                if place.startswith(str(folder)) or str(folder) in command:
                    program = (entry / "comm").read_text(encoding="utf-8").strip()
                    found.append((program, entry.stat().st_uid))
    return found


def _wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)
