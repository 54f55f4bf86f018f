"""What a report is asked: a period, and of whom; resolved by the directory and the catalogue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from gateway.people.scopes import agencies_from, draw_below
from gateway.reports.books import Choice
from gateway.reports.names import LEVELS, field_of, level_of
from gateway.reports.period import Period
from gateway.reports.sheet import Language, Pair, said
from gateway.rulebook import Rulebook
from routing.directory.model import Agency
from routing.lifecycle.draft import ORIGIN_STEP
from routing.lifecycle.model import ORIGIN

UNKNOWN: Final = "unknown"
CENTRE: Final = "one-stop.province"
"""The role of a province's one-stop centre (Trung tâm Phục vụ hành chính công)."""


class BadQuestion(ValueError):
    """What was asked names something that does not exist; the text says what."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question to the books; agency by code or alias, level and field as the data name them."""

    period: Period
    agency: str | None = None
    level: str | None = None
    field: str | None = None
    below: bool = False
    """With what lies below that agency in the directory."""
    within: frozenset[str] | None = None
    """No agencies but these, whatever else is asked: how far who asks may see."""
    language: Language = "vi"

    @property
    def is_of_one_agency(self) -> bool:
        return self.agency is not None and not self.below


@dataclass(frozen=True, slots=True)
class Answering:
    """The tables a question is answered by: names, levels and fields at the end of the period."""

    rulebook: Rulebook
    question: Question
    at_the_centre: bool = False
    """Of the province's one-stop centre, unless an agency or a level is asked for."""

    @property
    def as_of(self) -> datetime:
        """The last instant of the period."""
        midnight = datetime.combine(
            self.question.period.last + timedelta(days=1), time(0), self.rulebook.calendar.zone
        )
        return midnight.astimezone(UTC) - timedelta(microseconds=1)

    def choice(self) -> Choice:
        """Return the codes that the question is about; BadQuestion for what does not exist."""
        return Choice(self._agencies(), self._procedures())

    def agency(self, code: str) -> Agency | None:
        """Return the agency as it was at the end of the period, or as it was last known."""
        directory = self.rulebook.directory
        history = directory.history(code)
        return directory.agency(code, self.as_of) or (history[-1] if history else None)

    def name(self, code: str) -> str:
        agency = self.agency(code)
        return agency.name if agency is not None else code

    def level(self, code: str) -> str:
        agency = self.agency(code)
        return agency.level if agency is not None else UNKNOWN

    def field(self, procedure: str) -> str:
        """Return the field of a procedure as of the end of the period."""
        catalogue = self.rulebook.catalogue
        versions = catalogue.versions(procedure)
        version = catalogue.in_force(procedure, self.as_of) or (versions[-1] if versions else None)
        return version.field if version is not None else UNKNOWN

    def title(self, procedure: str) -> str:
        versions = self.rulebook.catalogue.versions(procedure)
        if not versions:
            return procedure
        return self.said((versions[-1].title_vi, versions[-1].title_en))

    def step(self, procedure: str, step: str) -> str:
        """Return what a step is called; the originator's own is no step of the procedure."""
        if step == ORIGIN:
            return self.said((ORIGIN_STEP.title_vi, ORIGIN_STEP.title_en))
        for version in reversed(self.rulebook.catalogue.versions(procedure)):
            for one in version.steps:
                if one.id == step:
                    return self.said((one.title_vi, one.title_en))
        return step

    def said(self, pair: Pair) -> str:
        """Return what is said in two languages in the one that was asked for."""
        return said(pair, self.question.language)

    def all_said(self, pairs: Iterable[Pair]) -> tuple[str, ...]:
        return tuple(self.said(one) for one in pairs)

    def heading(self) -> tuple[tuple[str, str], ...]:
        """Return what the figures are of, for people."""
        asked = self.question
        told: list[tuple[Pair, str]] = [(_PERIOD, str(asked.period))]
        if self._is_of_centre:
            told += [(_UNIT, self.name(code)) for code in self._centres()]
        if asked.agency is not None:
            name = self.name(self._resolved(asked.agency))
            told.append((_UNIT, name + (self.said(_WITH_BELOW) if asked.below else "")))
        if asked.level is not None:
            told.append((_LEVEL, self.said(level_of(asked.level))))
        if asked.field is not None:
            told.append((_FIELD, self.said(field_of(asked.field))))
        return tuple((self.said(name), value) for name, value in told)

    def _agencies(self) -> list[str] | None:
        named, within = self._named(), self.question.within
        if within is None:
            return named
        return sorted(within if named is None else within.intersection(named))

    def _named(self) -> list[str] | None:
        asked = self.question
        if asked.agency is not None:
            code = self._resolved(asked.agency)
            if asked.below:
                below = agencies_from(code, draw_below(self.rulebook.directory, self.as_of))
                return [one for one in below if asked.level in (None, self.level(one))]
            if asked.level not in (None, self.level(code)):
                raise BadQuestion(f"{code} is not of the level {asked.level}")
            return [code]
        if self._is_of_centre:
            return self._centres()
        if asked.level is None:
            return None
        codes = sorted({one.code for one in self.rulebook.directory})
        found = [code for code in codes if self.level(code) == asked.level]
        if not found:
            raise BadQuestion(f"no agency has this level; known are {', '.join(LEVELS)}")
        return found

    @property
    def _is_of_centre(self) -> bool:
        asked = self.question
        if not self.at_the_centre or asked.agency is not None or asked.level is not None:
            return False
        # Who sees no centre is told of what they do see.
        return asked.within is None or bool(self._centres())

    def _centres(self) -> list[str]:
        """Return the centres that were there in the period, whoever took them over since."""
        midnight = datetime.combine(
            self.question.period.first, time(0), self.rulebook.calendar.zone
        )
        return sorted(
            {
                one.code
                for one in self.rulebook.directory
                if CENTRE in one.roles
                and self._may_name(one.code)
                and one.valid_from <= self.as_of
                and (one.valid_to is None or one.valid_to > midnight)
            }
        )

    def _procedures(self) -> list[str] | None:
        if self.question.field is None:
            return None
        codes = self.rulebook.catalogue.codes()
        found = [code for code in codes if self.field(code) == self.question.field]
        if not found:
            known = sorted({self.field(code) for code in codes})
            raise BadQuestion(f"no procedure has this field; known are {', '.join(known)}")
        return found

    def _resolved(self, written: str) -> str:
        code = self.rulebook.directory.resolve(written, self.as_of)
        if code is None or not self._may_name(code):
            raise BadQuestion("no agency has this code or alias")
        return code

    def _may_name(self, code: str) -> bool:
        return self.question.within is None or code in self.question.within


_PERIOD: Final = ("Kỳ báo cáo", "Period")
_UNIT: Final = ("Đơn vị", "Unit")
_WITH_BELOW: Final = (" và các đơn vị trực thuộc", " and what lies below it")
_LEVEL: Final = ("Cấp", "Level")
_FIELD: Final = ("Lĩnh vực", "Field")
