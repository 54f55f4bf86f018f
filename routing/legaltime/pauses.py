"""Pauses: spans of time that a clock does not count."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from routing.legaltime.instants import micros_of


@dataclass(frozen=True, slots=True)
class Pause:
    """The half-open span ``[start, end)``; ``end`` is None while the pause lasts."""

    start: datetime
    end: datetime | None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or (self.end is not None and self.end.tzinfo is None):
            raise ValueError("a pause needs instants with a UTC offset")
        if self.end is not None and self.end < self.start:
            raise ValueError(f"a pause cannot end ({self.end}) before it starts ({self.start})")


class StillPaused(ValueError):
    """A deadline was asked of a clock whose pause has not ended: there is only a remainder."""


def closed_spans(pauses: Iterable[Pause], started: int) -> list[tuple[int, int]]:
    """Return the paused time from ``started`` on, in order, overlapping or touching spans as one.

    Raises ``StillPaused`` if a pause has no end.
    """
    spans: list[tuple[int, int]] = []
    for pause in pauses:
        if pause.end is None:
            raise StillPaused("a clock that is still paused has no deadline, only a remainder")
        spans.append((micros_of(pause.start), micros_of(pause.end)))
    return merged(spans, started)


def spans_until(pauses: Iterable[Pause], started: int, at: int) -> list[tuple[int, int]]:
    """Return the paused time within ``[started, at)``, merged; open pauses last until ``at``."""
    spans: list[tuple[int, int]] = []
    for pause in pauses:
        end = at if pause.end is None else min(micros_of(pause.end), at)
        spans.append((micros_of(pause.start), end))
    return merged(spans, started)


def merged(spans: list[tuple[int, int]], started: int) -> list[tuple[int, int]]:
    """Return the union of the spans from ``started`` on, as disjoint spans that do not touch."""
    union: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        start = max(start, started)
        if end <= start:
            continue
        if union and start <= union[-1][1]:
            if end > union[-1][1]:
                union[-1] = (union[-1][0], end)
        else:
            union.append((start, end))
    return union
