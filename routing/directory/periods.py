"""Stretches of time [begin, end): what two have in common, what is left of one, their union."""

from collections.abc import Iterable, Iterator
from datetime import datetime

Period = tuple[datetime, datetime]


def common(one: Period, other: Period) -> Period | None:
    """Return what two periods have in common, or None."""
    begin, end = max(one[0], other[0]), min(one[1], other[1])
    return (begin, end) if begin < end else None


def within(period: Period, others: Iterable[Period]) -> Iterator[Period]:
    """Yield the parts of a period that lie in others, which are in order and apart."""
    for other in others:
        if (shared := common(period, other)) is not None:
            yield shared


def outside(period: Period, others: Iterable[Period]) -> Iterator[Period]:
    """Yield the parts of a period that lie in none of the others, which are in order and apart."""
    begin, end = period
    for other_begin, other_end in others:
        if other_end <= begin:
            continue
        if other_begin >= end:
            break
        if begin < other_begin:
            yield begin, other_begin
        begin = other_end
    if begin < end:
        yield begin, end


def union(periods: Iterable[Period]) -> tuple[Period, ...]:
    """Return the periods in order, those that touch joined."""
    joined: list[Period] = []
    for begin, end in sorted(periods):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((begin, end))
    return tuple(joined)
