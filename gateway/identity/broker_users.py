"""Broker users: one per agency, which may write its own messages and read its own queues.

The user is named by the agency's code. Its topic permission spells out every routing key that it
may write, code and kind, dots escaped and both ends anchored: `^H42\\.` alone would also let H42
publish as H42.01. Suspension deletes the user and closes its connections, since an open consumer
outlives a changed password.
"""

import base64
import re
import secrets
from hashlib import sha256
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from connectors.rabbitmq_admin import Permissions, RabbitMQAdmin, TopicPermissions
from gateway.broker.topology import EVENTS, MESSAGES, agency_queue, events_queue
from schemas.identifiers import is_agency_code
from schemas.kinds import FROM_AGENCIES

NOTHING: Final = "^$"


class BrokerUsers:
    """Makes and removes the broker users of agencies, in the virtual host of `amqp_url`."""

    def __init__(self, admin_url: str, amqp_url: str) -> None:
        self._admin = RabbitMQAdmin(admin_url)
        self._amqp = urlsplit(amqp_url)
        self._vhost = vhost_of(amqp_url)

    def __repr__(self) -> str:
        return f"<BrokerUsers in {self._vhost!r}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._admin.aclose()

    async def register(self, code: str) -> str:
        """Make an agency's user, or give it a new password; return its AMQP URL, shown once."""
        if not is_agency_code(code):
            raise ValueError("not an agency code")
        password = secrets.token_urlsafe(32)
        await self._admin.put_user(code, password)
        # Rights come last: a user that exists for a moment without them can do nothing.
        await self._admin.set_permissions(self._vhost, code, permissions_of(code))
        for rights in all_topic_permissions_of(code):
            await self._admin.set_topic_permissions(self._vhost, code, rights)
        host = self._amqp.netloc.rpartition("@")[2]
        own = f"{quote(code, safe='')}:{quote(password, safe='')}@{host}"
        return urlunsplit(self._amqp._replace(netloc=own))

    async def suspend(self, code: str) -> int:
        """Remove an agency's user and cut it off; return how many connections were closed."""
        await self._admin.delete_user(code)
        return await self._admin.close_connections(code, "the agency is suspended")

    async def exists(self, code: str) -> bool:
        return await self._admin.has_user(code)


def hash_for_broker(password: str) -> str:
    """Return a password as RabbitMQ stores it (rabbit_password_hashing_sha256): salted sha-256.

    One round is enough for passwords of 256 random bits; no other kind is made here.
    """
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + sha256(salt + password.encode()).digest()).decode()


def permissions_of(code: str) -> Permissions:
    """Declare nothing; publish to the messages' exchange alone; read the agency's own queues."""
    queues = "|".join(re.escape(queue) for queue in (agency_queue(code), events_queue(code)))
    return Permissions(configure=NOTHING, write=f"^{re.escape(MESSAGES)}$", read=f"^(?:{queues})$")


def all_topic_permissions_of(code: str) -> tuple[TopicPermissions, ...]:
    """Return an agency's rights at every topic exchange; where it has none, that is said."""
    return (topic_permissions_of(code), TopicPermissions(EVENTS, write=NOTHING, read=NOTHING))


def topic_permissions_of(code: str) -> TopicPermissions:
    """Let an agency write `<its code>.<kind>` for the kinds that agencies send; read nothing."""
    kinds = "|".join(re.escape(kind.value) for kind in sorted(FROM_AGENCIES))
    return TopicPermissions(
        exchange=MESSAGES, write=f"^{re.escape(code)}\\.(?:{kinds})$", read=NOTHING
    )


def vhost_of(amqp_url: str) -> str:
    path = urlsplit(amqp_url).path
    return unquote(path[1:]) if len(path) > 1 else "/"
