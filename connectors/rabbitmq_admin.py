"""Speaks to RabbitMQ's management API: users, what they may do, their connections, and queues.

Only what is asked for is done here; which agency may do what is decided by the caller. Every call
is bounded in time; a refusal raises AdminRefused, silence AdminUnreachable.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote, urlsplit, urlunsplit

import httpx

TIMEOUT: Final = 10.0


class AdminError(Exception):
    """The broker's management API did not do what was asked."""


class AdminUnreachable(AdminError):
    """No answer, or none in time."""


class AdminRefused(AdminError):
    """The answer was no."""

    def __init__(self, what: str, status: int) -> None:
        super().__init__(f"{what}: the broker answered {status}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a user may do in a virtual host: three patterns over names of exchanges and queues."""

    configure: str
    write: str
    read: str


@dataclass(frozen=True, slots=True)
class TopicPermissions:
    """Which routing keys a user may write to, and read from, at one topic exchange."""

    exchange: str
    write: str
    read: str


@dataclass(frozen=True, slots=True)
class User:
    """A user as the broker knows it; its password in the broker's own hashed form."""

    name: str
    password_hash: str = field(repr=False)
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Binding:
    """A queue that hears an exchange."""

    exchange: str
    queue: str
    routing_key: str


class RabbitMQAdmin:
    """A client of the management API at a URL with the administrator's name and password."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        self._host = host
        self.calls = 0
        """How often the broker was asked, since the beginning."""
        auth = httpx.BasicAuth(parts.username or "", parts.password or "")
        self._http = httpx.AsyncClient(
            base_url=urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", "")),
            auth=auth if parts.username else None,
            timeout=timeout,
            follow_redirects=False,
        )

    def __repr__(self) -> str:
        return f"<RabbitMQAdmin of {self._host}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._http.aclose()

    async def put_user(self, name: str, password: str) -> None:
        """Make a user without any tag, or give it this password."""
        await self._ask("PUT", f"/api/users/{_part(name)}", {"password": password, "tags": ""})

    async def put_hashed_user(self, name: str, password_hash: str, tag: str) -> None:
        """Make a user with a tag and a password that is hashed already, or change both."""
        body = {
            "password_hash": password_hash,
            "hashing_algorithm": "rabbit_password_hashing_sha256",
            "tags": tag,
        }
        await self._ask("PUT", f"/api/users/{_part(name)}", body)

    async def list_users(self) -> list[User]:
        found = await self._ask("GET", "/api/users")
        return [
            User(one["name"], one.get("password_hash", ""), _tags(one.get("tags"))) for one in found
        ]

    async def list_permissions(self) -> dict[tuple[str, str], Permissions]:
        """Return what every user may do, by (virtual host, user)."""
        found = await self._ask("GET", "/api/permissions")
        return {
            (one["vhost"], one["user"]): Permissions(one["configure"], one["write"], one["read"])
            for one in found
        }

    async def list_topic_permissions(self, vhost: str) -> dict[str, set[TopicPermissions]]:
        """Return what users may write and read at topic exchanges, by user."""
        granted: dict[str, set[TopicPermissions]] = {}
        for one in await self._ask("GET", f"/api/vhosts/{_part(vhost)}/topic-permissions"):
            rights = TopicPermissions(one["exchange"], one["write"], one["read"])
            granted.setdefault(one["user"], set()).add(rights)
        return granted

    async def clear_topic_permissions(self, vhost: str, user: str) -> None:
        path = f"/api/topic-permissions/{_part(vhost)}/{_part(user)}"
        await self._ask("DELETE", path, missing_is_fine=True)

    async def list_queues(self, vhost: str) -> dict[str, int]:
        """Return the queues, and how many messages lie in each or are out to a consumer.

        The numbers are some seconds old.
        """
        # Without this the broker gathers the figures of every queue first.
        asked = "disable_stats=true&enable_queue_totals=true&columns=name,messages"
        found = await self._ask("GET", f"/api/queues/{_part(vhost)}?{asked}")
        return {one["name"]: one.get("messages", 1) for one in found}

    async def list_bindings(self, vhost: str, exchange: str) -> set[Binding]:
        """Return the queues that hear an exchange; nothing if there is no such exchange."""
        path = f"/api/exchanges/{_part(vhost)}/{_part(exchange)}/bindings/source"
        found = await self._ask("GET", path, missing_is_fine=True) or []
        return {
            Binding(exchange, one["destination"], one["routing_key"])
            for one in found
            if one["destination_type"] == "queue"
        }

    async def put_queue(self, vhost: str, name: str, arguments: Mapping[str, Any]) -> None:
        """Declare a durable queue; one that is there with these arguments stays as it is."""
        body = {"durable": True, "auto_delete": False, "arguments": dict(arguments)}
        await self._ask("PUT", f"/api/queues/{_part(vhost)}/{_part(name)}", body)

    async def bind(self, vhost: str, binding: Binding) -> None:
        path = f"/api/bindings/{_part(vhost)}/e/{_part(binding.exchange)}/q/{_part(binding.queue)}"
        await self._ask("POST", path, {"routing_key": binding.routing_key, "arguments": {}})

    async def import_definitions(
        self, definitions: Mapping[str, Sequence[Mapping[str, Any]]]
    ) -> None:
        """Make many users, rights, queues and bindings in one call, or replace what differs.

        Nothing is removed. If one is refused, those before it are made all the same.
        """
        await self._ask("POST", "/api/definitions", dict(definitions))

    async def has_user(self, name: str) -> bool:
        return await self._ask("GET", f"/api/users/{_part(name)}", missing_is_fine=True) is not None

    async def delete_user(self, name: str) -> None:
        """Remove a user, if there is one."""
        await self._ask("DELETE", f"/api/users/{_part(name)}", missing_is_fine=True)

    async def set_permissions(self, vhost: str, user: str, granted: Permissions) -> None:
        """Replace what a user may do in a virtual host."""
        await self._ask(
            "PUT",
            f"/api/permissions/{_part(vhost)}/{_part(user)}",
            {"configure": granted.configure, "write": granted.write, "read": granted.read},
        )

    async def set_topic_permissions(self, vhost: str, user: str, granted: TopicPermissions) -> None:
        """Replace what a user may do at one topic exchange."""
        await self._ask(
            "PUT",
            f"/api/topic-permissions/{_part(vhost)}/{_part(user)}",
            {"exchange": granted.exchange, "write": granted.write, "read": granted.read},
        )

    async def close_connections(self, user: str, reason: str) -> int:
        """Close every connection that a user has open; return how many there were."""
        found = await self._ask(
            "GET", f"/api/connections/username/{_part(user)}", missing_is_fine=True
        )
        names = [one["name"] for one in found or [] if "name" in one]
        await self._close(names, reason)
        return len(names)

    async def close_connections_of(self, users: Collection[str], reason: str) -> int:
        """Do the same for many users; what is open is listed once."""
        found = await self._ask("GET", "/api/connections?columns=name,user")
        names = [one["name"] for one in found if "name" in one and one.get("user") in users]
        await self._close(names, reason)
        return len(names)

    async def _close(self, names: Sequence[str], reason: str) -> None:
        for name in names:
            await self._ask(
                "DELETE",
                f"/api/connections/{_part(name)}",
                missing_is_fine=True,
                headers={"X-Reason": reason},
            )

    async def _ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        missing_is_fine: bool = False,
        headers: dict[str, str] | None = None,
    ) -> Any:
        what = f"{method} {path.split('/')[2]}"
        self.calls += 1
        try:
            answer = await self._http.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise AdminUnreachable(f"{what}: {type(error).__name__}") from error
        if answer.status_code == httpx.codes.NOT_FOUND and missing_is_fine:
            return None
        if not answer.is_success:
            raise AdminRefused(what, answer.status_code)
        return answer.json() if answer.content else {}


def _tags(found: Any) -> frozenset[str]:
    """Read tags as any version writes them: a list, or words with commas between."""
    words = found.split(",") if isinstance(found, str) else found or []
    return frozenset(word.strip() for word in words if word.strip())


def _part(name: str) -> str:
    return quote(name, safe="")
