"""What failed, in the reader's language: by cause a step, a procedure, or a code with words.

Codes that partners made up have no words: they are shown as they are, for they are all that is
known. A code that has words stands beside them all the same, for the technicians.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.console.words import Words
from gateway.operations.causes import Cause
from gateway.operations.step_titles import procedure_title, step_title
from routing.procedures import Catalogue

OF_STEPS: Final = frozenset(
    {
        Cause.NO_RECEIPT,
        Cause.OVERDUE,
        Cause.DUE_SOON,
        Cause.RETURN_UNANSWERED,
        Cause.CALENDAR_MISSING,
    }
)
"""What is stuck for these stands at a step, and that is what they are grouped by."""
OVERALL: Final = "overall"
_HTTP: Final = re.compile(r"http-([1-9])[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Called:
    """What a failure is called, and the code behind it, where that says more to a technician."""

    words: str
    code: str | None = None


def name_failure(
    words: Words,
    catalogue: Catalogue,
    cause: Cause | None,
    failure: str,
    procedures: Sequence[str] = (),
    version: str | None = None,
) -> Called:
    """Say what failed; `procedures` are those that it may be about, where that is known."""
    if cause in OF_STEPS and failure != OVERALL:
        only = procedures[0] if len(set(procedures)) == 1 else None
        title = step_title(catalogue, failure, only, version)
        return Called(failure) if title is None else Called(title.of(words.language))
    if cause is Cause.LETTER_DUE:
        title = procedure_title(catalogue, failure)
        return Called(failure) if title is None else Called(title.of(words.language), failure)
    return name_code(words, failure)


def name_code(words: Words, failure: str) -> Called:
    """Say what a code means, as far as there are words for it."""
    if failure == OVERALL:
        return Called(words("failure.overall"))
    for id_ in (f"failure.{failure.replace('.', '-')}", f"failure.{_class_of(failure)}"):
        if id_ in words:
            return Called(words(id_), failure)
    return Called(failure)


def _class_of(code: str) -> str:
    found = _HTTP.fullmatch(code)
    return f"http-{found[1]}xx" if found else code
