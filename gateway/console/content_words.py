"""What messages say, in a reader's words: steps, places, facts and instants as they are called.

Words of our own form only; whatever a citizen or an office wrote is shown as it was written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.console.dossier_rows import Teller
from gateway.console.formats import Formats
from gateway.console.procedure_words import ProcedureWords
from gateway.console.route_words import RouteWords
from gateway.console.words import Words
from gateway.operations.dossier_content import Part
from gateway.pictures.plain_words import reason_words
from routing.procedures import Procedure

LEFT_OUT: Final = frozenset({"transfer", "round"})
"""What every message about a turn repeats: the page is about it already."""
_INSTANTS: Final = frozenset({"received_at", "promised_at", "until"})
_STEPS: Final = frozenset({"step", "to_step"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of what was said; a heading has no value."""

    name: str
    depth: int
    value: str | None


@dataclass(frozen=True, slots=True)
class ContentWords:
    """Tells what messages of one transfer say."""

    words: Words
    says: ProcedureWords
    route: RouteWords
    teller: Teller
    procedure: Procedure

    def lines(self, parts: Sequence[Part]) -> Iterator[Line]:
        """Tell a message, part by part."""
        above = ""
        for part in parts:
            if part.depth == 0:
                above = part.name if part.value is None else ""
            if part.name in LEFT_OUT and part.depth == 0:
                continue
            yield Line(self._name(part, above), part.depth, self._value(part, above))

    def _name(self, part: Part, above: str) -> str:
        if above == "facts" and part.depth == 1 and part.name in self.procedure.facts:
            return self.says.title(self.procedure.facts[part.name])
        if above == "places" and part.depth == 1:
            return self.says.place(part.name)
        name, _, number = part.name.partition(" ")
        id_ = f"dossier.field.{name.replace('_', '-')}"
        return " ".join(filter(None, [self.words(id_) if id_ in self.words else name, number]))

    def _value(self, part: Part, above: str) -> str | None:
        value = part.value
        if value is None:
            return None
        if above == "facts" and part.depth == 1:
            return self.says.value({"true": True, "false": False}.get(value, value))
        if above == "places" and part.depth == 1:
            return f"{self.route.unit(value)} ({value})"
        if part.name in _STEPS:
            return self.teller.step(value)
        if part.name == "procedure":
            return f"{self.says.title(self.procedure)} ({value})"
        if part.name in _INSTANTS:
            return self._instant(value)
        if part.name == "reason":
            return reason_words(value, self.words.language)
        id_ = f"dossier.value.{part.name.replace('_', '-')}.{value.replace('_', '-')}"
        return self.words(id_) if id_ in self.words else value

    def _instant(self, value: str) -> str:
        try:
            return Formats(self.words.language).instant(datetime.fromisoformat(value))
        except ValueError:
            return value
