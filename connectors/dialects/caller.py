"""The outward direction of any dialect: one parcel of ours, the partner's calls for it.

A message leads to every call of the mapping that fits it, in the file's order. Of several calls the
first that is no success ends the parcel: what was unknown of it is asked after, where the mapping
has a question. A call that may be made twice is simply made again, so that what follows it is not
lost with its answer (decision 0201).
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.codes import CodeTable
from connectors.dialects.applying import Unfit, holds
from connectors.dialects.calling import JsonCalls
from connectors.dialects.codes import codes_of
from connectors.dialects.conversation import SAID_NOTHING, Conversation, Found, root_of
from connectors.dialects.credentials import Credentials
from connectors.dialects.dialect import Dialect
from connectors.dialects.model import Call
from connectors.dialects.packaged import Mappings
from connectors.dialects.statuses import UnknownStatus
from connectors.protocol import (
    NOT_ATTEMPTED,
    Asked,
    Endpoint,
    Missing,
    Outcome,
    Parcel,
    Refused,
    Unreachable,
)


class DialectCaller:
    """Calls partners by a mapping: the endpoint's own (`options.mapping`), or the connector's."""

    def __init__(
        self,
        name: str,
        *,
        mapping: str | None = None,
        verify: ssl.SSLContext | bool = True,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name = name
        self._mapping = mapping
        self._now = now
        self._mappings = Mappings()
        self._http = JsonCalls(verify=verify)
        self._credentials = Credentials(self._http)

    @property
    def codes(self) -> CodeTable:
        """The codes of the connector's own mapping; without one, those of HTTP."""
        own = self._mappings.find(self._mapping)
        return own.codes if own is not None else codes_of(self.name, {})

    def is_idempotent(self, endpoint: Endpoint) -> bool:
        dialect = self._dialect(endpoint)
        return dialect is not None and dialect.mapping.repeatable

    async def send(self, endpoint: Endpoint, parcels: Sequence[Parcel]) -> list[Outcome]:
        """Make the calls of each parcel; `endpoint.timeout` bounds them all together.

        One after another: after one without a usable answer, later ones of its dossier are not
        attempted.
        """
        ends_at = asyncio.get_running_loop().time() + endpoint.timeout
        outcomes: list[Outcome] = []
        halted: set[object] = set()
        for parcel in parcels:
            dossier = parcel.envelope.get("subject", parcel.delivery)
            if dossier in halted or asyncio.get_running_loop().time() >= ends_at:
                outcomes.append(NOT_ATTEMPTED)
                continue
            outcomes.append(await self._send(endpoint, parcel, ends_at))
            if isinstance(outcomes[-1], Unreachable):
                halted.add(dossier)
        return outcomes

    async def ask(self, endpoint: Endpoint, parcel: Parcel) -> Asked | None:
        """Ask what the partner has of the dossier, and whether that is what the parcel says."""
        dialect = self._dialect(endpoint)
        if dialect is None or not dialect.asks_about(parcel.kind):
            return None
        ends_at = asyncio.get_running_loop().time() + endpoint.timeout
        conversation = Conversation(self._http, self._credentials, endpoint, dialect, self._now)
        try:
            found = await conversation.ask(root_of(endpoint, parcel), ends_at)
        except Unfit as unfit:
            return conversation.unfit(unfit)
        match found:
            case Found():
                return found.as_asked(_left_in_doubt(dialect, endpoint, parcel))
            case Refused(code, detail):
                # Ours to mend, and no word of the partner's about the parcel.
                return Unreachable(code, detail)
        return found

    async def look_up(self, endpoint: Endpoint, code: str) -> "Shown | Missing | Unreachable":
        """Ask what status the partner shows of a dossier, whatever we last said of it."""
        dialect = self._dialect(endpoint)
        if dialect is None or dialect.mapping.ask is None:
            return Unreachable("no-mapping", "the endpoint's mapping cannot be read, or cannot ask")
        ends_at = asyncio.get_running_loop().time() + endpoint.timeout
        conversation = Conversation(self._http, self._credentials, endpoint, dialect, self._now)
        root = {"data": {"dossier": {"code": code}}, "options": endpoint.options}
        try:
            found = await conversation.ask(root, ends_at, compare=False)
        except Unfit as unfit:
            return Unreachable("unfit", f"{unfit.code} at {unfit.place}")
        match found:
            case Found(status=str(status)):
                return Shown(status, _state_of(dialect, status))
            case Missing() | Unreachable():
                return found
        return Unreachable("unreadable", "the answer shows no status")

    async def aclose(self) -> None:
        await self._http.aclose()

    def _dialect(self, endpoint: Endpoint) -> Dialect | None:
        return self._mappings.find(endpoint.options.get("mapping") or self._mapping)

    async def _send(self, endpoint: Endpoint, parcel: Parcel, ends_at: float) -> Outcome:
        dialect = self._dialect(endpoint)
        if dialect is None:
            return self.codes.outcome("no-mapping", "the endpoint's mapping cannot be read")
        if not endpoint.address:
            return dialect.codes.outcome("not-configured", "the endpoint has no address")
        if dialect.is_silent(parcel.kind):
            return SAID_NOTHING
        root = root_of(endpoint, parcel)
        calls = _fitting(dialect, parcel, root)
        if not calls and parcel.kind in dialect.mapping.silent_otherwise:
            return SAID_NOTHING
        if not calls:
            return dialect.codes.outcome("unmapped", f"no call fits this {parcel.kind}")
        conversation = Conversation(self._http, self._credentials, endpoint, dialect, self._now)
        try:
            return await conversation.say(parcel, root, calls, ends_at)
        except Unfit as unfit:
            return conversation.unfit(unfit)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a partner shows of a dossier: its own code, and the state that this is, if known."""

    code: str
    state: str | None


def _fitting(dialect: Dialect, parcel: Parcel, root: dict[str, Any]) -> list[Call]:
    return [call for call in dialect.calls_for(parcel.kind) if holds(call.when, root)]


def _left_in_doubt(dialect: Dialect, endpoint: Endpoint, parcel: Parcel) -> list[str]:
    """Name the calls that the question says nothing of: it speaks for the first."""
    others = _fitting(dialect, parcel, root_of(endpoint, parcel))[1:]
    return [call.name for call in others if not call.repeatable]


def _state_of(dialect: Dialect, code: str) -> str | None:
    try:
        return dialect.statuses.state_of(code).state
    except UnknownStatus:
        return None
