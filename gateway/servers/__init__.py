"""The real servers that run when none are configured: PostgreSQL and RabbitMQ, privately.

They run on free loopback ports with passwords of their own, beside whatever else the
machine runs, load the configuration that compose/ ships, and end with their owner.
"""

from gateway.servers.errors import InstanceInUse, ServerError, ServerFailed, ServerMissing
from gateway.servers.instance import Instance
from gateway.servers.postgres import Postgres
from gateway.servers.rabbitmq import RabbitMQ

__all__ = [
    "Instance",
    "InstanceInUse",
    "Postgres",
    "RabbitMQ",
    "ServerError",
    "ServerFailed",
    "ServerMissing",
]
