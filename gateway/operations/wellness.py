"""Broker, database, connectors, clocks: well or not, and since when, as this process sees it.

Since when is known from when this process first looked; an alarm knows it from its own table.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from gateway.operations.alarms import list_alarms
from gateway.services import Health, Services
from gateway.store.sql import statement

MOST_ALARMS: Final = 50
_INTAKE: Final = frozenset({"intake", "watchdog", "surveyor", "announcer", "doorkeeper"})
_CLOCKS: Final = frozenset({"timekeeper", "examiner", "outages", "lookout", "librarian"})


class Organ(StrEnum):
    """A part of the gateway that people know by name."""

    DATABASE = "database"
    BROKER = "broker"
    CLOCKS = "clocks"
    CONNECTORS = "connectors"
    DUTIES = "duties"


@dataclass(frozen=True, slots=True)
class Part:
    """An organ, well or not, since when, and what of it is not: codes and counts."""

    organ: Organ
    well: bool
    since: datetime
    unwell: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wellness:
    """Every organ that this gateway has, and the alarms that are open, the newest first."""

    parts: tuple[Part, ...]
    alarms: tuple[dict[str, Any], ...]
    connected: frozenset[str]
    """Agencies that have an endpoint."""
    broken: Mapping[str, datetime]
    """Of these, whose breaker is not closed, since when."""
    looked_at: datetime
    reached: bool
    """Whether the database answered."""

    def connectors(self, reach: Collection[str] | None) -> tuple[Part, int]:
        """Return how the connections within reach are, and how many there are."""
        seen = self.connected if reach is None else self.connected.intersection(reach)
        broken = {one: since for one, since in self.broken.items() if one in seen}
        since = min(broken.values(), default=self.looked_at)
        return Part(Organ.CONNECTORS, not broken, since, tuple(sorted(broken))), len(seen)


class Physician:
    """Looks at the organs again and again, and remembers since when each is as it is."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._since: dict[Organ, tuple[bool, datetime]] = {}
        self._broken: dict[str, datetime] = {}

    def __repr__(self) -> str:
        return f"<Physician {len(self._since)} organs>"

    async def look(self, now: datetime) -> Wellness:
        """Look once; `now` is machine time. A database that is away is a finding, not an error."""
        healths = self._services.health()
        alarms: list[dict[str, Any]] = []
        reached = True
        try:
            async with self._services.pool.connection(timeout=2) as connection:
                await connection.execute(statement("ask_database"))
            alarms = await list_alarms(self._services.pool, limit=MOST_ALARMS)
        except Exception:  # whatever it is, people see that the database does not answer
            reached = False
        found = [
            self._part(Organ.DATABASE, now, _unwell(healths, {"commit"}) if reached else ["—"]),
            self._part(Organ.CLOCKS, now, _unwell(healths, _CLOCKS)),
            self._part(Organ.DUTIES, now, _unwell_but(healths, _INTAKE | _CLOCKS | {"commit"})),
        ]
        if self._services.settings.amqp_url is not None:
            found.insert(1, self._part(Organ.BROKER, now, _unwell(healths, _INTAKE)))
        reaches = self._services.endpoints.all()
        self._broken = {
            agency: self._broken.get(agency, now)
            for agency, reach in reaches.items()
            if reach.enabled and reach.breaker != "closed"
        }
        return Wellness(tuple(found), tuple(alarms), frozenset(reaches), self._broken, now, reached)

    def _part(self, organ: Organ, now: datetime, unwell: Iterable[str]) -> Part:
        names = tuple(unwell)
        well = not names
        was, since = self._since.get(organ, (well, now))
        if was is not well:
            since = now
        self._since[organ] = (well, since)
        return Part(organ, well, since, names)


def _unwell(healths: Iterable[Health], parts: Iterable[str]) -> list[str]:
    wanted = set(parts)
    return [one.part for one in healths if not one.well and one.part in wanted]


def _unwell_but(healths: Iterable[Health], parts: Iterable[str]) -> list[str]:
    left_out = set(parts)
    return [one.part for one in healths if not one.well and one.part not in left_out]
