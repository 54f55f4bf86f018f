"""The tables that decide, loaded once: procedures, directory, units, calendar, policies."""

from dataclasses import dataclass, replace
from datetime import datetime

from routing.directory import Directory, load_directory
from routing.legaltime import Calendars, WorkCalendar, calendar_versions, load_calendar
from routing.lifecycle.model import Context
from routing.outages import NO_OUTAGES, Outages
from routing.policies import Policies, load_policies
from routing.procedures import Catalogue, load_catalogue
from routing.synthetic.tables import with_synthetic, with_synthetic_agencies
from routing.units import Units, load_units


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Versioned tables. Every ledger entry names the versions that decided."""

    catalogue: Catalogue
    directory: Directory
    units: Units
    calendars: Calendars
    policies: Policies

    @property
    def calendar(self) -> WorkCalendar:
        """The newest version of the base calendar."""
        return self.calendars.base

    def ruled_by(self, directory: Directory) -> "Rulebook":
        """Return the same tables with another directory, joined by the examiner's own rows."""
        return replace(self, directory=with_synthetic_agencies(directory))

    def at(self, now: datetime, outages: Outages = NO_OUTAGES) -> Context:
        """Return the context of one batch: these tables, legal now, and what is declared."""
        return Context(
            catalogue=self.catalogue,
            directory=self.directory,
            units=self.units,
            calendars=self.calendars,
            policies=self.policies,
            now=now,
            outages=outages,
        )

    def name_of(self, code: str, now: datetime) -> str:
        """Return what an agency is called now, or was called last; else its code."""
        history = self.directory.history(code)
        agency = self.directory.agency(code, now) or (history[-1] if history else None)
        return agency.name if agency else code

    def name_in_force(self, code: str, now: datetime) -> str:
        """Return what an agency is called now; nothing for one that is not, or no more."""
        agency = self.directory.agency(code, now)
        return agency.name if agency else ""

    def versions(self) -> dict[str, str]:
        """Name the versions, for the ledger."""
        return {
            "directory": self.directory.version,
            "units": self.units.version,
            "calendar": self.calendar.version,
            "policies": self.policies.version,
        }


def load_rulebook(directory: str, calendar: str) -> Rulebook:
    """Load the packaged tables by name, with the examiner's own rows."""
    catalogue, agencies = with_synthetic(load_catalogue(), load_directory(directory))
    return Rulebook(
        catalogue=catalogue,
        directory=agencies,
        units=load_units(),
        calendars=Calendars(
            load_calendar(calendar, version) for version in calendar_versions(calendar)
        ),
        policies=load_policies(),
    )
