"""Who takes part: some communes of the real province and every agency their dossiers reach."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from routing.directory import Agency, Directory

ConnectorName = Literal["amqp", "webhook", "mailbox"]

COMMUNES = ("12472", "12862", "13225", "12452", "12511", "12619")
"""Units of 2025 in the former Thái Bình: each in the area of another former district."""

_CONNECTORS: Mapping[str, ConnectorName] = {
    "one-stop.commune": "amqp",
    "one-stop.province": "amqp",
    "police.local": "amqp",
    "police.province": "amqp",
    "land-registry.branch": "amqp",
    "justice.province": "amqp",
    "home-affairs.province": "amqp",
    "environment.province": "amqp",
    "social-insurance.local": "webhook",
    "health.province": "webhook",
    "construction.province": "webhook",
    "fire-police.province": "webhook",
    "national": "webhook",
    "tax.local": "mailbox",
    "treasury.local": "mailbox",
    "finance.province": "mailbox",
    "business-registration.province": "amqp",
    "social-facility.province": "mailbox",
}
_NATIONAL = ("G01.899.001",)
"""The population database."""


@dataclass(frozen=True, slots=True)
class Participant:
    """An agency of the directory, and the road it is reached by here."""

    agency: Agency
    connector: ConnectorName

    @property
    def code(self) -> str:
        return self.agency.code


def participants(
    directory: Directory, as_of: datetime, communes: Iterable[str] = COMMUNES
) -> list[Participant]:
    """Return every agency that dossiers of these communes can reach, each once."""
    units = list(communes)
    found: dict[str, Participant] = {}
    for role, connector in _CONNECTORS.items():
        for unit in units:
            for agency in directory.competent(role, unit, as_of):
                found.setdefault(agency.code, Participant(agency, connector))
    for code in _NATIONAL:
        agency_or_none = directory.agency(code, as_of)
        if agency_or_none is not None:
            found.setdefault(code, Participant(agency_or_none, "webhook"))
    return list(found.values())
