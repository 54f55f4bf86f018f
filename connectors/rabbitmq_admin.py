"""Speaks to RabbitMQ's management API: users, what they may do, and their open connections.

Only what is asked for is done here; which agency may do what is decided by the caller. Every call
is bounded in time; a refusal raises AdminRefused, silence AdminUnreachable.
"""

from dataclasses import dataclass
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


class RabbitMQAdmin:
    """A client of the management API at a URL with the administrator's name and password."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        self._host = host
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
        for name in names:
            await self._ask(
                "DELETE",
                f"/api/connections/{_part(name)}",
                missing_is_fine=True,
                headers={"X-Reason": reason},
            )
        return len(names)

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
        try:
            answer = await self._http.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise AdminUnreachable(f"{what}: {type(error).__name__}") from error
        if answer.status_code == httpx.codes.NOT_FOUND and missing_is_fine:
            return None
        if not answer.is_success:
            raise AdminRefused(what, answer.status_code)
        return answer.json() if answer.content else {}


def _part(name: str) -> str:
    return quote(name, safe="")
