"""A private RabbitMQ: own node, cookie, ports and port mapper, so that any number may run.

The broker that a Debian machine may run already, and its port mapper on 4369, are neither
used nor disturbed: `epmd` runs in the foreground as our child, on a port of its own.
"""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from gateway.servers.account import Account, servers_account
from gateway.servers.errors import ServerFailed
from gateway.servers.files import made, private, remembered
from gateway.servers.ports import LOOPBACK, accepts, free_ports, is_free
from gateway.servers.process import ServerProcess
from gateway.servers.programs import configuration, epmd_program, rabbitmq_program
from gateway.servers.reaper import Ending

_USER = "lienthong"
_TRIES = 4
_TAKEN = ("eaddrinuse", "already in use", "no_reg_reply_from_epmd")


@dataclass(frozen=True, slots=True)
class _Facts:
    """What stays the same across restarts of one broker."""

    node: str
    cookie: str
    password: str
    amqp: int
    management: int
    distribution: int
    epmd: int

    @classmethod
    def invented(cls) -> _Facts:
        node = f"lienthong-{secrets.token_hex(4)}@localhost"
        return cls(node, secrets.token_hex(20), secrets.token_urlsafe(24), *free_ports(4))


class RabbitMQ:
    """Own one broker in `folder`, with the management plugin and one administrator."""

    def __init__(self, folder: Path, account: Account | None = None) -> None:
        self.folder = folder
        self._account = account or servers_account()
        self._server, self._epmd_program = rabbitmq_program(), epmd_program()
        self._account.own(made(folder))
        self._facts_file = folder / "rabbitmq.json"
        known = remembered(self._facts_file)
        self._facts = _Facts(**known) if known else None
        ending = Ending(gently=signal.SIGTERM, at_once=signal.SIGKILL)
        self.process = ServerProcess("rabbitmq", folder, self._account, ending)
        self._epmd = ServerProcess("epmd", folder, self._account, ending)

    def __repr__(self) -> str:
        return f"<RabbitMQ on port {self._known.amqp}: {self.process!r}>"

    @property
    def url(self) -> str:
        return self.url_of("/")

    @property
    def admin_url(self) -> str:
        """Return the management API's URL, with the administrator's name and password."""
        return f"http://{_USER}:{self._known.password}@{LOOPBACK}:{self._known.management}"

    def url_of(self, vhost: str) -> str:
        """Return the AMQP URL of one virtual host ("/" is the default one)."""
        path = "%2F" if vhost == "/" else vhost
        return f"amqp://{_USER}:{self._known.password}@{LOOPBACK}:{self._known.amqp}/{path}"

    def start(self) -> Self:
        """Start it; return when it takes messages and answers its management API."""
        for attempt in range(_TRIES):
            fresh = not self._facts_file.exists()
            if fresh:
                self._facts = _Facts.invented()
            try:
                self._spawn()
                break
            except ServerFailed as failure:
                self._epmd.kill()
                taken = any(word in str(failure).lower() for word in _TAKEN)
                if not taken or attempt == _TRIES - 1:
                    raise
            if not fresh:
                time.sleep(0.5)  # the ports are part of URLs that others hold: wait for them
        private(self._facts_file, json.dumps(asdict(self._known)))
        return self

    def stop(self) -> None:
        self.process.stop()
        self._epmd.discard()

    def discard(self) -> None:
        self.process.discard()
        self._epmd.discard()

    def kill(self) -> None:
        self.process.kill()
        self._epmd.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        self.process.pause()

    def resume(self) -> None:
        self.process.resume()

    @property
    def _known(self) -> _Facts:
        if self._facts is None:
            raise ServerFailed("rabbitmq", "was not started")
        return self._facts

    def _spawn(self) -> None:
        facts = self._known
        environment = self._environment(facts)
        if not is_free(facts.epmd):  # somebody else would answer there, epmd or not
            raise ServerFailed("epmd", f"port {facts.epmd} is already in use")
        self._epmd.spawn(
            [self._epmd_program, "-address", LOOPBACK, "-port", str(facts.epmd)], environment
        )
        self._epmd.wait_until(lambda: accepts(facts.epmd), seconds=10)
        self.process.spawn([self._server, "-noinput"], environment)
        self.process.wait_until(self._ready, seconds=90)

    def _environment(self, facts: _Facts) -> dict[str, str]:
        """Name every folder and port, so that nothing under /etc or /var/lib is read or written."""
        folder = self.folder
        home = self._account.own(made(folder / "home"))
        cookie = self._account.own(private(home / ".erlang.cookie", facts.cookie))
        cookie.chmod(0o400)
        for name in ("rabbitmq.conf", "enabled_plugins"):
            shipped = configuration("rabbitmq") / name
            self._account.own(private(folder / name, shipped.read_text(encoding="utf-8")))
        made(folder / "conf.d")
        self._account.own(folder / "conf.d")
        self._account.own(private(folder / "conf.d" / "private.conf", _private_settings(facts)))
        return {
            "HOME": str(home),
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "ERL_EPMD_PORT": str(facts.epmd),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "RABBITMQ_NODENAME": facts.node,
            "RABBITMQ_DIST_PORT": str(facts.distribution),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONFIG_FILES": str(folder / "conf.d"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
            # The script replaces itself with the Erlang machine: our child is the broker.
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": _erlang_arguments(facts),
        }

    def _ready(self) -> bool:
        """Ask the management API for the AMQP listener, which the broker opens last."""
        facts = self._known
        if not accepts(facts.management):
            return False
        login = base64.b64encode(f"{_USER}:{facts.password}".encode()).decode()
        connection = http.client.HTTPConnection(LOOPBACK, facts.management, timeout=5)
        try:
            connection.request(
                "GET",
                f"/api/health/checks/port-listener/{facts.amqp}",
                headers={"Authorization": f"Basic {login}"},
            )
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _private_settings(facts: _Facts) -> str:
    """Return what differs from production: loopback listeners and the first user."""
    return (
        f"listeners.tcp.1 = {LOOPBACK}:{facts.amqp}\n"
        f"management.tcp.ip = {LOOPBACK}\n"
        f"management.tcp.port = {facts.management}\n"
        f"default_user = {_USER}\n"
        f"default_pass = {facts.password}\n"
    )


def _erlang_arguments(facts: _Facts) -> str:
    """Name the node on the command line: a broker already distributed skips starting epmd."""
    port = facts.distribution
    return (
        f"-sname {facts.node} -start_epmd false "
        f"-kernel inet_dist_use_interface {{127,0,0,1}} "
        f"inet_dist_listen_min {port} inet_dist_listen_max {port}"
    )
