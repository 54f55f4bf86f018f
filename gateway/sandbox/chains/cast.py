"""Who is in an example: its office and the agency of each step, as the tables of its day say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.rulebook import Rulebook
from gateway.sandbox.chains.lines import Saying, handed_in_at, read_lines
from gateway.sandbox.chains.stories import QUYNH_PHU, Example
from routing.itinerary import Itinerary, RouteRequest, plan


@dataclass(frozen=True, slots=True)
class Cast:
    """An example with everybody in it."""

    example: Example
    office: str
    dossier: str
    at: datetime
    itinerary: Itinerary
    sayings: tuple[Saying, ...]

    def speaker(self, saying: Saying) -> str:
        """Return the agency that says this."""
        if saying.by_originator:
            return self.office
        agency = self.itinerary.by_id[saying.step].agency
        assert agency is not None, saying
        return agency

    @property
    def agencies(self) -> tuple[str, ...]:
        """Everybody who is handed something, or says something."""
        steps = (step.agency for step in self.itinerary.steps)
        return tuple(dict.fromkeys([self.office, *(one for one in steps if one is not None)]))

    @property
    def submission(self) -> dict[str, Any]:
        """The data of the message that hands it in; its citizen is invented."""
        return {
            "procedure": self.example.procedure,
            "received_at": self.at.isoformat().replace("+00:00", "Z"),
            "channel": "in_person",
            "applicant": {"kind": "citizen", "name": "Nguyễn Thị Ví Dụ"},
            "places": dict(self.example.places),
            "facts": dict(self.example.facts),
            "note": "Ví dụ, người và việc đều là giả định.",
        }


def cast_all(examples: Sequence[Example], rulebook: Rulebook) -> list[Cast]:
    """Find everybody; AssertionError if an example cannot be routed."""
    return [_cast(number, example, rulebook) for number, example in enumerate(examples, 1)]


def _cast(number: int, example: Example, rulebook: Rulebook) -> Cast:
    at = handed_in_at(example)
    first = next(iter(example.places.values()), QUYNH_PHU)
    home = QUYNH_PHU if example.office == "police.local" else first
    [office] = rulebook.directory.competent(example.office, home, at)
    context = rulebook.at(at)
    request = RouteRequest(
        example.procedure, office.code, dict(example.places), dict(example.facts), at, at
    )
    planned = plan(request, context.catalogue, context.directory, context.units)
    assert isinstance(planned, Itinerary), (example.procedure, planned)
    dossier = f"{office.code}-{at:%y%m%d}-{number:04d}"
    return Cast(example, office.code, dossier, at, planned, read_lines(example))
