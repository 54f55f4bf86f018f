"""The broker's TLS as compose/ ships it, on a private broker; only folders and ports differ.

Certificates come from compose/certificates/make. The database's TLS cannot be shown so: the
wheel's PostgreSQL is built without it. Its certificate is checked for what clients check.
"""

from __future__ import annotations

import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aio_pika
import httpx
import pytest

from gateway.servers import Instance
from gateway.servers.account import servers_account
from gateway.servers.ports import free_ports

_COMPOSE = Path(__file__).parents[3] / "compose"

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("tls")]


@dataclass(frozen=True, slots=True)
class Secured:
    """A broker with TLS, and the authority that their certificates come from."""

    authority: Path
    servers: Instance
    amqps: int
    https: int

    @property
    def broker_login(self) -> str:
        return urlsplit(self.servers.rabbitmq.url).netloc.partition("@")[0]


@pytest.fixture(scope="module")
def secured() -> Iterator[Secured]:
    with tempfile.TemporaryDirectory(prefix="tls-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        certificates = _certificates(folder / "certificates")
        servers = Instance.persistent(folder / "servers")
        amqps, https = free_ports(2)
        _give_broker_tls(servers, certificates, amqps, https)
        with servers:
            yield Secured(certificates / "ca.pem", servers, amqps, https)


def test_the_databases_certificate_is_for_its_name_and_by_our_authority(secured: Secured) -> None:
    certificate = secured.authority.with_name("postgres.pem")
    verify = ["openssl", "verify", "-purpose", "sslserver", "-verify_hostname"]

    checked = subprocess.run(
        [*verify, "postgres", "-CAfile", secured.authority, certificate],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


async def test_the_broker_takes_messages_with_its_certificate_verified(secured: Secured) -> None:
    url = f"amqps://{secured.broker_login}@localhost:{secured.amqps}/%2F"

    connection = await aio_pika.connect(f"{url}?cafile={secured.authority}", timeout=20)

    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("secured", exclusive=True)
        await channel.default_exchange.publish(aio_pika.Message(b"kept"), queue.name, timeout=10)
        message = await queue.get(timeout=10)
        assert message.body == b"kept"
        await message.ack()


async def test_a_broker_that_nobody_vouches_for_is_refused(secured: Secured) -> None:
    url = f"amqps://{secured.broker_login}@localhost:{secured.amqps}/%2F"

    with pytest.raises(aio_pika.exceptions.AMQPConnectionError):
        await aio_pika.connect(url, timeout=20)


def test_the_management_api_answers_over_tls(secured: Secured) -> None:
    trusted = ssl.create_default_context(cafile=secured.authority)
    url = f"https://{secured.broker_login}@localhost:{secured.https}/api/whoami"

    assert httpx.get(url, verify=trusted, timeout=20).json()["name"] == "lienthong"


def _certificates(folder: Path) -> Path:
    folder.mkdir(mode=0o755)
    made = subprocess.run(
        [_COMPOSE / "certificates" / "make", folder, "localhost"], capture_output=True, check=False
    )
    assert made.returncode == 0, made.stderr
    for key in ("postgres.key", "rabbitmq.key"):
        assert (folder / key).stat().st_mode & 0o777 == 0o640
        servers_account().own(folder / key)
        (folder / key).chmod(0o600)
    return folder


def _give_broker_tls(servers: Instance, certificates: Path, amqps: int, https: int) -> None:
    shipped = (_COMPOSE / "rabbitmq" / "tls.conf").read_text(encoding="utf-8")
    here = (
        shipped.replace("/certificates/", f"{certificates}/")
        .replace("listeners.tcp = none\n", "")  # we watch the plain listener to know it is ready
        .replace("5671", f"127.0.0.1:{amqps}", 1)
        .replace("15671", str(https), 1)
    )
    extra = servers.rabbitmq.folder / "conf.d"
    extra.mkdir()
    (extra / "tls.conf").write_text(here, encoding="utf-8")
    servers_account().own(extra / "tls.conf")
