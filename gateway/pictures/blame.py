"""Whose time it was, as it is drawn: a strip of all of it, and delays cut by who caused them.

A party is told by colour and pattern, by its word where there is room, and by what is read out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from gateway.pictures.captions import Captions
from gateway.pictures.labels import Track
from gateway.pictures.marks import QUIET
from gateway.pictures.story import Lane, Span
from gateway.pictures.svg import element, hint, width_of
from routing.lifecycle.charges import Charge, Party


@dataclass(frozen=True, slots=True)
class Delay:
    """[start, end) of a lane after its deadline, and who is charged for it."""

    start: datetime
    end: datetime
    party: Party


def delays(lane: Lane, charged: Iterable[Charge]) -> Iterator[Delay]:
    """Cut what a lane was overdue by who is charged; what is charged to no one is its agency's.

    A branch that the join did not wait for delays nobody but is late all the same.
    """
    own = [
        one
        for one in charged
        if lane.step is None or (one.step, one.round) == (lane.step, lane.round)
    ]
    for late in (one for one in lane.stretches if one.kind is Span.OVERDUE):
        at = late.start
        for one in own:
            start, end = max(at, one.start), min(late.end, one.end)
            if start >= end:
                continue
            if at < start:
                yield Delay(at, start, Party.RECEIVER)
            yield Delay(start, end, one.party)
            at = end
        if at < late.end:
            yield Delay(at, late.end, Party.RECEIVER)


def strip(charged: Sequence[Charge], captions: Captions, prefix: str, top: float) -> str:
    """Draw a strip that says whose time each stretch was; 40 high."""
    axis = captions.axis
    names = Track(axis.left, axis.right, 10)
    parts = []
    for one in charged:
        x, end = axis.x(one.start), axis.x(one.end)
        said = captions.say(one.party)
        if one.provisional:
            said += f" ({captions.say('provisional')})"
        parts.append(
            element(
                "rect",
                hint(f"{said}: {captions.at(one.start)} – {captions.at(one.end)}"),
                x=x,
                y=top + 3,
                width=max(end - x, 0.6),
                height=11,
                fill=f"url(#{prefix}-{one.party})",
                opacity=0.55 if one.provisional else None,
            )
        )
    for party, group in groupby(charged, key=lambda one: one.party):
        ones = list(group)
        x, end = axis.x(ones[0].start), axis.x(ones[-1].end)
        if end - x >= width_of(captions.say(party), 10) + 4:
            names.put((x + end) / 2, captions.say(party), fill=QUIET)
    parts.append(names.draw(top + 26, 12))
    return "".join(parts)
