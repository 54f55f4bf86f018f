"""A private PostgreSQL 18: real, durable, reachable on one loopback port with a password."""

from __future__ import annotations

import json
import re
import secrets
import signal
import subprocess
import time
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psycopg

from gateway.servers.account import Account, servers_account
from gateway.servers.errors import ServerFailed
from gateway.servers.files import made, private, remembered
from gateway.servers.ports import LOOPBACK, free_ports
from gateway.servers.process import ServerProcess
from gateway.servers.programs import configuration, postgres_programs
from gateway.servers.reaper import Ending

DATABASE = "lienthong"
_USER = "lienthong"
_TRIES = 5
_ENVIRONMENT = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": "/usr/bin:/bin"}


class Postgres:
    """Own one PostgreSQL server in `folder`; the same port and password across restarts.

    Fast shutdown is gentle, immediate shutdown at once: both free its shared memory.
    """

    def __init__(self, folder: Path, account: Account | None = None) -> None:
        self.folder = folder
        self._account = account or servers_account()
        self._programs = postgres_programs(self._account)
        self._data = folder / "data"
        self._facts = folder / "postgres.json"
        ending = Ending(gently=signal.SIGINT, at_once=signal.SIGQUIT)
        self._account.own(made(folder))
        self.process = ServerProcess("postgres", folder, self._account, ending)
        self._port = 0
        self._password = ""
        if known := remembered(self._facts):
            self._port, self._password = known["port"], known["password"]

    def __repr__(self) -> str:
        return f"<Postgres on port {self._port}: {self.process!r}>"

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """Return the URL of one database of this server."""
        return f"postgresql://{_USER}:{quote(self._password)}@{LOOPBACK}:{self._port}/{database}"

    def start(self) -> Self:
        """Start it, creating its data folder and database the first time; return when ready."""
        first_time = not self._facts.exists()
        if first_time:
            self._initialise()
        for attempt in range(_TRIES):
            try:
                self._spawn()
                break
            except ServerFailed as failure:
                taken = "could not bind" in failure.log_tail
                if not taken or attempt == _TRIES - 1:
                    raise
            if first_time:
                self._port = free_ports(1)[0]
            else:
                time.sleep(0.5)  # the port is part of the URL that others hold: wait for it
        if first_time:
            self._create_database()
            self._remember()
        return self

    def stop(self) -> None:
        self.process.stop()

    def discard(self) -> None:
        self.process.discard()

    def kill(self) -> None:
        self.process.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        self.process.pause()

    def resume(self) -> None:
        self.process.resume()

    def _initialise(self) -> None:
        self._password = secrets.token_urlsafe(24)
        self._port = free_ports(1)[0]
        password_file = self._account.own(private(self.folder / "password", self._password))
        options = (
            "--auth scram-sha-256 --encoding UTF8 --locale C.UTF-8 --data-checksums"
            " --no-instructions"
        )
        command: list[str | Path] = [self._programs / "initdb", *options.split()]
        done = subprocess.run(
            [*command, "--pgdata", self._data, "--username", _USER, "--pwfile", password_file],
            check=False,
            cwd=self.folder,
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            **self._account.popen_options,
        )
        password_file.unlink()
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip()
            raise ServerFailed("postgres", f"could not initialise {self._data}: {said}")

    def _spawn(self) -> None:
        settings = {
            "config_file": self._account.own(self._configured()),
            "port": self._port,
            "listen_addresses": LOOPBACK,
            "unix_socket_directories": "",
            "dynamic_shared_memory_type": self._shared_memory(),
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.process.spawn([self._programs / "postgres", "-D", self._data, *options], _ENVIRONMENT)
        self.process.wait_until(self._ready, seconds=60)

    def _configured(self) -> Path:
        """Copy the shipped settings to where the server's account can read them."""
        shipped = configuration("postgres") / "postgresql.conf"
        return private(self.folder / "postgresql.conf", shipped.read_text(encoding="utf-8"))

    def _shared_memory(self) -> str:
        """Return what initdb found to work here: /dev/shm is closed or missing on some machines."""
        probed = (self._data / "postgresql.conf").read_text(encoding="utf-8")
        found = re.search(r"^dynamic_shared_memory_type = (\w+)", probed, re.MULTILINE)
        return found[1] if found else "posix"

    def _ready(self) -> bool:
        """Read what the server says of itself, as its own pg_ctl does."""
        try:
            lines = (self._data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready"

    def _create_database(self) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{DATABASE}"')

    def _remember(self) -> None:
        private(self._facts, json.dumps({"port": self._port, "password": self._password}))
