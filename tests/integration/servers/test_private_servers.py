"""The servers that run when none are configured (gateway/servers)."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from gateway.servers import Instance, Postgres
from gateway.servers.reaper import tree
from tests.broker import Broker
from tests.stage.facts import eventually


@pytest.mark.parametrize("time", ["first", "second"])
def test_every_test_has_an_empty_database_of_its_own(database_url: str, time: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE only_here ()")


@pytest.mark.parametrize("time", ["first", "second"])
def test_every_test_has_an_empty_virtual_host_of_its_own(broker: Broker, time: str) -> None:
    queues = f"{broker.admin_url}/api/queues/{broker.vhost}"
    before = httpx.get(queues).json()

    httpx.put(f"{queues}/only-here", json={}).raise_for_status()

    assert before == []


def test_what_was_committed_survives_the_database_being_killed(
    postgres: Postgres, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")

    postgres.kill()
    postgres.start()

    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_paused_database_answers_nothing_until_it_is_resumed(
    postgres: Postgres, database_url: str
) -> None:
    postgres.pause()

    with pytest.raises(psycopg.errors.ConnectionTimeout):
        psycopg.connect(database_url, connect_timeout=2)

    postgres.resume()
    psycopg.connect(database_url, connect_timeout=10).close()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("server_version_num", r"18\d{4}"),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("data_checksums", "on"),
        ("password_encryption", "scram-sha-256"),
        ("listen_addresses", r"127\.0\.0\.1"),
        ("TimeZone", "UTC"),
        ("server_encoding", "UTF8"),
        ("log_parameter_max_length", "0"),
    ],
)
def test_the_database_runs_with_the_settings_that_ship(
    database_url: str, setting: str, value: str
) -> None:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT current_setting(%s)", [setting]).fetchone()

    assert row is not None
    assert re.fullmatch(value, row[0])


@pytest.mark.parametrize(
    "setting", ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"]
)
def test_nothing_in_the_database_waits_longer_than_15_seconds(
    database_url: str, setting: str
) -> None:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT setting::int FROM pg_settings WHERE name = %s AND unit = 'ms'", [setting]
        ).fetchone()

    assert row is not None
    assert 0 < row[0] <= 15_000


def test_the_database_wants_a_password(postgres: Postgres) -> None:
    wrong = re.sub(r":[^:@]+@", ":guessed@", postgres.url)

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_the_broker_has_one_administrator_and_no_guest(broker: Broker) -> None:
    users = httpx.get(f"{broker.admin_url}/api/users").json()

    assert [(user["name"], user["tags"]) for user in users] == [("lienthong", ["administrator"])]


def test_the_broker_listens_on_loopback_only(broker: Broker) -> None:
    children = tree(broker.server.process.pid)

    assert children
    assert {address for pid in children for address in _listens_on(pid)} == {"127.0.0.1"}


async def test_the_broker_runs_with_the_limits_that_ship(broker: Broker) -> None:
    def told() -> dict[str, Any] | None:
        (node,) = httpx.get(f"{broker.admin_url}/api/nodes").json()
        return node if "mem_limit" in node else None  # it measures itself every few seconds

    node = await eventually(told, within=30)

    assert node["mem_limit"] == 1_000_000_000
    assert node["disk_free_limit"] == 256_000_000
    assert node["config_files"][0].endswith("/rabbitmq/rabbitmq.conf")


def test_a_killed_broker_comes_back_at_the_same_address_with_its_queues(broker: Broker) -> None:
    queue = f"{broker.admin_url}/api/queues/{broker.vhost}/kept"
    declared = {"durable": True, "arguments": {"x-queue-type": "quorum"}}
    httpx.put(queue, json=declared, timeout=15).raise_for_status()

    broker.server.kill()
    broker.server.start()

    assert httpx.get(queue, timeout=15).json()["type"] == "quorum"


def test_the_servers_show_what_they_are(servers: Instance) -> None:
    text = repr(servers)

    assert str(servers.folder) in text
    assert "postgres running" in text
    assert "://" not in text  # no password


def _listens_on(pid: int) -> Iterator[str]:
    """Read from the kernel on which addresses a process listens."""
    sockets = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
    for family, table in ((socket.AF_INET, "tcp"), (socket.AF_INET6, "tcp6")):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == "0A" and f"socket:[{inode}]" in sockets:
                raw = bytes.fromhex(local.partition(":")[0])
                words = [raw[at : at + 4][::-1] for at in range(0, len(raw), 4)]
                yield socket.inet_ntop(family, b"".join(words))
