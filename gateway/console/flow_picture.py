"""From closing agencies to those that go on: bands between two columns, as wide as there are many.

What is drawn are families, by what agencies stand below; the smallest are drawn as one. Laid out
here, drawn by the template; widths are attributes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.operations.forecaster import Flow
from gateway.pictures.svg import wrapped

WIDTH: Final = 1100.0
MOST: Final = 14
"""Families on a side; what is left is one family, the rest."""
REST: Final = "…"
NOBODY: Final = "?"
_LEFT, _RIGHT = 330.0, 770.0
_BAR: Final = 10.0
_GAP: Final = 12.0
_LEAST: Final = 34.0
_ROOM: Final = 300.0


@dataclass(frozen=True, slots=True)
class Family:
    """A bar at a side with its name and how many agencies it stands for."""

    key: str
    x: float
    y: float
    height: float
    count: int
    lines: tuple[str, ...]
    is_left: bool


@dataclass(frozen=True, slots=True)
class Band:
    """A way from a family to a family."""

    path: str
    count: int
    to_nobody: bool


@dataclass(frozen=True, slots=True)
class FlowPicture:
    """Bars at both sides and the bands between."""

    width: float
    height: float
    families: tuple[Family, ...]
    bands: tuple[Band, ...]


def picture_of_flows(flows: Sequence[Flow], named: Callable[[str], str]) -> FlowPicture:
    """Lay out flows; `named` is what a family is called, and what the rest and nobody are."""
    kept = _fewer(flows)
    left, right = _sums(kept, 0), _sums(kept, 1)
    total = sum(left.values())
    scale = 420.0 / max(total, 1)
    families: list[Family] = []
    places: dict[tuple[int, str], Family] = {}
    bottom = 0.0
    for side, sums in ((0, left), (1, right)):
        y = 8.0
        for key, count in sorted(sums.items(), key=lambda one: (one[0] in (REST, NOBODY), -one[1])):
            high = max(2.0, count * scale)
            x = _LEFT if side == 0 else _RIGHT
            lines = tuple(wrapped(named(key), 12.5, _ROOM, most=2, bold=True))
            family = Family(key, x, y, high, count, lines, side == 0)
            families.append(family)
            places[side, key] = family
            y += max(high, _LEAST) + _GAP
        bottom = max(bottom, y)
    return FlowPicture(WIDTH, bottom, tuple(families), tuple(_bands(kept, places, scale)))


def _fewer(flows: Sequence[Flow]) -> dict[tuple[str, str], int]:
    """Join what is beyond the largest families of each side."""
    raw: dict[tuple[str, str], int] = {}
    for one in flows:
        pair = (one.source, one.target or NOBODY)
        raw[pair] = raw.get(pair, 0) + one.count
    large = [set(_largest(_sums(raw, side))) for side in (0, 1)]
    kept: dict[tuple[str, str], int] = {}
    for (source, target), count in raw.items():
        pair = (
            source if source in large[0] else REST,
            target if target in large[1] or target == NOBODY else REST,
        )
        kept[pair] = kept.get(pair, 0) + count
    return kept


def _largest(sums: dict[str, int]) -> list[str]:
    return sorted(sums, key=lambda one: (-sums[one], one))[:MOST]


def _sums(pairs: dict[tuple[str, str], int], side: int) -> dict[str, int]:
    sums: dict[str, int] = {}
    for pair, count in pairs.items():
        sums[pair[side]] = sums.get(pair[side], 0) + count
    return sums


def _bands(
    pairs: dict[tuple[str, str], int], places: dict[tuple[int, str], Family], scale: float
) -> list[Band]:
    used: dict[tuple[int, str], float] = {}
    bands: list[Band] = []
    order = sorted(pairs, key=lambda one: (places[0, one[0]].y, places[1, one[1]].y))
    for source, target in order:
        count = pairs[source, target]
        high = max(1.0, count * scale)
        begin = places[0, source].y + used.get((0, source), 0.0)
        end = places[1, target].y + used.get((1, target), 0.0)
        used[0, source] = used.get((0, source), 0.0) + count * scale
        used[1, target] = used.get((1, target), 0.0) + count * scale
        x, far, mid = _LEFT + _BAR, _RIGHT, (_LEFT + _BAR + _RIGHT) / 2
        bands.append(
            Band(
                f"M{x} {begin:.1f}C{mid} {begin:.1f} {mid} {end:.1f} {far} {end:.1f}"
                f"v{high:.1f}C{mid} {end + high:.1f} {mid} {begin + high:.1f} {x} "
                f"{begin + high:.1f}z",
                count,
                target == NOBODY,
            )
        )
    return bands
