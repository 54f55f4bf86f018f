"""What a case is, and what it comes to: passed, failed (what, what to do), or not applicable."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

Subject = TypeVar("Subject")


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not-applicable"


class Failure(Exception):
    """The system under test did not do what the case asks: what was seen, and what to do."""

    def __init__(self, seen: str, remedy: str) -> None:
        super().__init__(seen)
        self.seen = seen
        self.remedy = remedy


class NotApplicable(Exception):
    """The case asks for something that this system does not take part in; the message says what."""


@dataclass(frozen=True, slots=True)
class Case(Generic[Subject]):
    """One named case. `asks` is what the system under test has to do, in words."""

    name: str
    title_vi: str
    title_en: str
    asks: str
    play: Callable[[Subject], Awaitable[None]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Result:
    """What one case came to; `seconds` of machine time."""

    case: str
    title_vi: str
    title_en: str
    verdict: Verdict
    seconds: float
    seen: str | None = None
    remedy: str | None = None

    def view(self) -> Mapping[str, Any]:
        told = {
            "case": self.case,
            "title": {"vi": self.title_vi, "en": self.title_en},
            "verdict": self.verdict.value,
            "seconds": round(self.seconds, 2),
            "seen": self.seen,
            "remedy": self.remedy,
        }
        return {name: value for name, value in told.items() if value is not None}


class Cases(Generic[Subject]):
    """The cases of one role, in the order in which they are written down."""

    def __init__(self) -> None:
        self._cases: list[Case[Subject]] = []

    def __iter__(self) -> Any:
        return iter(self._cases)

    def __len__(self) -> int:
        return len(self._cases)

    def names(self) -> Sequence[str]:
        return [one.name for one in self._cases]

    def case(
        self, name: str, *, vi: str, en: str
    ) -> Callable[[Callable[[Subject], Awaitable[None]]], Callable[[Subject], Awaitable[None]]]:
        """Add the decorated function as a case; its docstring says what it asks."""

        def add(play: Callable[[Subject], Awaitable[None]]) -> Callable[[Subject], Awaitable[None]]:
            assert play.__doc__ is not None
            asks = " ".join(play.__doc__.split())
            self._cases.append(Case(name, vi, en, asks, play))
            return play

        return add


def require(holds: object, seen: str, remedy: str) -> None:
    """Fail the case unless something holds."""
    if not holds:
        raise Failure(seen, remedy)
