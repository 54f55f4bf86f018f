"""Which of what is stuck a person means: causes, whose turn, how long, what failed, whose work.

A filter is a value: it is asked, frozen into an act, kept as a view, and written into the trail as
it was. Nothing in it is about a citizen: text is looked for in codes alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Self

from gateway.operations.causes import Cause
from routing.directory import Directory

_CODES = re.compile(r"[A-Za-z0-9._/:@-]{1,60}")
_NO_FAILURE = re.compile(r"[0-9]{7}|[0-9]-[0-9]{4}")
"""What codes of dossiers alone have: such a text is not looked for in failures (http-503)."""


class BadFilter(ValueError):
    """A filter that asks for nothing there can be; the message says why."""


@dataclass(frozen=True, slots=True)
class StuckFilter:
    """What is asked for; what is None is not asked. Empty, it is everything that is stuck."""

    causes: tuple[Cause, ...] = ()
    agency: str | None = None
    """Whose turn it is: a code or an alias; empty: what is nobody's yet."""
    below: bool = False
    """The agencies below it as well, as the directory has them."""
    level: str | None = None
    procedure: str | None = None
    failure: str | None = None
    """Exactly this failure, as groups name it; empty: what has none."""
    stuck_for: timedelta | None = None
    """At least so long."""
    time_left: timedelta | None = None
    """At most so much until its deadline; what is late has none left."""
    text: str | None = None
    """Part of a dossier's code, an agency's code or a failure, in any case of letters."""
    person: str | None = None
    unassigned: bool = False

    def __post_init__(self) -> None:
        if self.text is not None and not _CODES.fullmatch(self.text):
            raise BadFilter("text: part of a code, 60 characters without spaces or accents")
        if self.person is not None and self.unassigned:
            raise BadFilter("assigned to somebody and to nobody: nothing can be both")
        if self.below and not self.agency:
            raise BadFilter("below which agency?")

    @property
    def asked(self) -> tuple[Cause, ...]:
        """The causes it is about, in the order of the work-queues."""
        return tuple(cause for cause in Cause if cause in self.causes) or tuple(Cause)

    @property
    def is_by_agency(self) -> bool:
        """Whether it narrows by causes, agencies and a failure at most."""
        rest = replace(self, causes=(), agency=None, below=False, level=None, failure=None)
        return rest == EVERYTHING

    def of(self, *causes: Cause) -> Self:
        """Return the same for these causes alone."""
        return replace(self, causes=causes)

    def group(self, cause: Cause, agency: str | None, failure: str | None) -> Self:
        """Return what a group holds of it."""
        return replace(
            self,
            causes=(cause,),
            agency=agency or "",
            below=False,
            failure=failure or "",
        )

    def view(self) -> dict[str, Any]:
        """Write it as JSON; only what is asked for. `read_filter` reads it again."""
        view: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if value is None or value is False or value == ():
                continue
            view[one.name] = (
                [cause.value for cause in value]
                if one.name == "causes"
                else int(value.total_seconds())
                if isinstance(value, timedelta)
                else value
            )
        return view

    def parameters(self, now: datetime, directory: Directory) -> dict[str, Any]:
        """Return what the statements ask by; raise BadFilter if no agency is meant."""
        return {
            "agencies": self._agencies(now, directory),
            "nobodys": self.agency == "",
            "procedure": self.procedure,
            "failure": self.failure,
            "since_until": None if self.stuck_for is None else now - self.stuck_for,
            "due_until": None if self.time_left is None else now + self.time_left,
            "text": None if self.text is None else f"%{_literally(self.text)}%",
            "in_failures": self.text is not None and not _NO_FAILURE.search(self.text),
            "person": self.person,
            "unassigned": self.unassigned,
        }

    def _agencies(self, now: datetime, directory: Directory) -> list[str] | None:
        if not self.agency and self.level is None:
            return None
        meant: set[str] | None = None
        if self.agency:
            code = directory.resolve(self.agency, now) or self.agency
            meant = set(directory.subtree(code)) if self.below else {code}
        if self.level is not None:
            of_level = {one.code for one in directory if one.level == self.level}
            if not of_level:
                raise BadFilter("level: no agency of the directory has it")
            meant = of_level if meant is None else meant & of_level
        return sorted(meant or ())


EVERYTHING = StuckFilter()


def read_filter(view: Mapping[str, Any]) -> StuckFilter:
    """Read a filter as it was written; raise BadFilter."""
    known = {one.name for one in fields(StuckFilter)}
    if unknown := sorted(view.keys() - known):
        raise BadFilter(f"{unknown[0][:40]!r} is nothing to ask for")
    asked = dict(view)
    try:
        asked["causes"] = tuple(Cause(one) for one in view.get("causes", ()))
        for name in ("stuck_for", "time_left"):
            if asked.get(name) is not None:
                asked[name] = timedelta(seconds=asked[name])
    except (TypeError, ValueError) as error:
        raise BadFilter(str(error)) from error
    return StuckFilter(**asked)


def _literally(text: str) -> str:
    return text.replace("_", r"\_")
