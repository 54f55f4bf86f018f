"""The broker as a test sees it."""

from dataclasses import dataclass

from gateway.servers import RabbitMQ


@dataclass(frozen=True, slots=True)
class Broker:
    """A virtual host that only this test uses, and the server that it is on."""

    url: str
    admin_url: str
    vhost: str
    server: RabbitMQ
