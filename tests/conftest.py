"""What every test may ask for: private servers, a fresh database, a fresh virtual host.

Each pytest-xdist worker has servers of its own, started when its first test asks for them.
A worker runs one test at a time, so a test may kill, pause or restart them: the next test
that asks finds them running again.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from _pytest.nodeid import NodeId
from hypothesis import settings

from connectors.http_calls import authorities
from gateway.servers import Instance, Postgres, RabbitMQ
from gateway.store.migrate import upgrade
from tests.broker import Broker
from tests.room import quickest_copy, temporary_servers

settings.register_profile("lienthong", deadline=None, print_blob=True)
settings.load_profile("lienthong")

_TEMPLATE = "migrated"
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "servers" in getattr(item, "fixturenames", ()):
            item.add_marker("servers")


class Groups:
    """Keeps tests of one `xdist_group` with one worker, one after another.

    pytest-xdist (3.8) tells the group in a test's name, but writes it where pytest (9.2) does not
    look any more: without this, marks have no effect and each worker installs the wheel.
    """

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        if not getattr(config.option, "loadgroup", False):
            return
        for item in items:
            group = item.get_closest_marker("xdist_group")
            if group is not None and not item.nodeid.endswith(f"@{group.args[0]}"):
                item._id = NodeId.parse(f"{item.nodeid}@{group.args[0]}")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Groups())


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("LIENTHONG_"):
            monkeypatch.delenv(name)
    monkeypatch.setattr("gateway.cli.asking.whereabouts", dict)  # whatever runs on this machine


@pytest.fixture(scope="session")
def servers() -> Iterator[Instance]:
    """The worker's private PostgreSQL and RabbitMQ."""
    with temporary_servers() as instance:
        yield instance


@pytest.fixture(scope="session")
def _migrated(servers: Instance) -> str:
    """A database with the newest schema, to copy each test's own from."""
    with _administration(servers.postgres) as connection:
        connection.execute(f'CREATE DATABASE "{_TEMPLATE}"')
    upgrade(servers.postgres.url_of(_TEMPLATE))
    return _TEMPLATE


@pytest.fixture
def postgres(servers: Instance) -> Postgres:
    """The worker's PostgreSQL, running whatever the test before did to it."""
    _running(servers.postgres)
    return servers.postgres


@pytest.fixture
def database_url(servers: Instance, postgres: Postgres, _migrated: str) -> Iterator[str]:
    """The URL of a fresh, migrated database of this test's own."""
    name, how = f"test_{next(_numbers)}", quickest_copy(servers)
    with _administration(postgres) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{_migrated}" STRATEGY {how}')
    yield postgres.url_of(name)
    _running(postgres)
    with _administration(postgres) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def broker(servers: Instance) -> Iterator[Broker]:
    """A fresh virtual host of this test's own; users made in the test are removed with it."""
    server = servers.rabbitmq
    _running(server)
    vhost = f"test-{next(_numbers)}"
    with _client_of(server.admin_url) as admin:
        admin.put(f"/api/vhosts/{vhost}").raise_for_status()
        yield Broker(server.url_of(vhost), server.admin_url, vhost, server)
        _running(server)
        admin.delete(f"/api/vhosts/{vhost}").raise_for_status()
        others = [user["name"] for user in admin.get("/api/users").json()]
        others.remove(httpx.URL(server.admin_url).username)
        admin.post("/api/users/bulk-delete", json={"users": others}).raise_for_status()


def _client_of(address: str) -> httpx.Client:
    return httpx.Client(base_url=address, timeout=15, verify=authorities())


def _administration(postgres: Postgres) -> psycopg.Connection:
    return psycopg.connect(postgres.url, autocommit=True)


def _running(server: Postgres | RabbitMQ) -> None:
    server.resume()
    if not server.process.running:
        server.start()
