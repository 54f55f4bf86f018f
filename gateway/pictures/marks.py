"""The shapes of a picture: bars, their patterns, and the marks on them.

What differs, differs in shape or pattern as well as in colour, so that a copy in grey and an eye
that does not see red tell the same story.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.pictures.story import Mark, Point, Span
from gateway.pictures.svg import element, path

INK: Final = "#1f2937"
QUIET: Final = "#64748b"
RED: Final = "#b42318"
AMBER: Final = "#c2700a"
GREEN: Final = "#0f766e"
HOLIDAY: Final = "#9a5b13"
BAR: Final = 18.0
CUTOFF_LINE: Final[Mapping[str, object]] = MappingProxyType(
    {"stroke": "#b8860b", "stroke_width": 0.9, "stroke_dasharray": "1 4"}
)

ORDER: Final = (
    Mark.MOVED,
    Mark.DEADLINE,
    Mark.OFFERED,
    Mark.DELIVERED,
    Mark.RECEIVED,
    Mark.ENDED,
    Mark.WARNED,
    Mark.BREACHED,
)
"""In which order the marks of a lane are drawn: the later lie on the earlier."""

_WORK: Final = MappingProxyType({"whole": "#2f4a68", "inside": "#4a78a8", "outside": "#a9c1dc"})

PARTY_FILLS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "sender": ("#e0a458", "M0 6 L6 0"),
        "gateway": ("#7c8798", "M1 1 h1.6 v1.6 h-1.6 Z"),
        "network": ("#8b6fb3", "M0 0 L6 6 M0 6 L6 0"),
        "receiver": ("#4f9aa5", ""),
        "citizen": ("#6aa584", "M3 0 V6"),
        "law": ("#d5dbe3", "M0 3 H6"),
    }
)


def patterns(prefix: str) -> str:
    """Write the patterns that bars are filled with; ids begin with the prefix."""
    return element(
        "defs",
        _pattern(f"{prefix}-overdue", RED, "M-1 1 L1 -1 M0 7 L7 0 M6 8 L8 6", "#ffffff", 1.4),
        _pattern(f"{prefix}-paused", "#ffffff", "M-1 1 L1 -1 M0 7 L7 0 M6 8 L8 6", QUIET, 1.2),
        _pattern(f"{prefix}-waiting", "#e5eaf0", "M2 2 h1.4 v1.4 h-1.4 Z", QUIET, 0.8),
        *(
            _pattern(f"{prefix}-{party}", fill, drawn, "#ffffff" if party != "law" else QUIET, 1.1)
            for party, (fill, drawn) in PARTY_FILLS.items()
        ),
    )


def _pattern(id: str, fill: str, drawn: str, stroke: str, width: float) -> str:
    size = 7 if "7" in drawn else 6
    return element(
        "pattern",
        element("rect", width=size, height=size, fill=fill),
        element("path", d=drawn, stroke=stroke, stroke_width=width, fill="none") if drawn else "",
        id=id,
        width=size,
        height=size,
        patternUnits="userSpaceOnUse",
    )


def bar(prefix: str, kind: Span, x: float, y: float, width: float, look: str = "inside") -> str:
    """Draw a stretch of a lane around the middle y."""
    width = max(width, 1.2)
    if kind is Span.HANDOVER:
        return element("rect", x=x, y=y - 1.5, width=width, height=3, fill=GREEN)
    drawn: dict[str, object] = {"fill": _WORK[look]}
    match kind:
        case Span.OVERDUE:
            drawn = {"fill": f"url(#{prefix}-overdue)"}
        case Span.PAUSED:
            drawn = {"fill": f"url(#{prefix}-paused)", "stroke": QUIET, "stroke_width": 0.8}
        case Span.WAITING:
            drawn = {"fill": f"url(#{prefix}-waiting)"}
        case Span.SILENT:
            drawn = {"fill": "#ffffff", "stroke": QUIET, "stroke_dasharray": "4 3"}
    return element("rect", x=x, y=y - BAR / 2, width=width, height=BAR, rx=2, **drawn)


def late(prefix: str, party: str, x: float, y: float, width: float) -> str:
    """Draw what was overdue: in a red frame, filled as who caused it."""
    return element(
        "rect",
        x=x,
        y=y - BAR / 2,
        width=max(width, 1.6),
        height=BAR,
        rx=1,
        fill=f"url(#{prefix}-{party})",
        stroke=RED,
        stroke_width=2,
    )


def mark(point: Point, x: float, y: float) -> str:
    """Draw a mark of a lane whose bar has its middle at y."""
    top = y - BAR / 2
    match point.kind:
        case Mark.OFFERED:
            shape = path([(x - 1, y - 5), (x + 6, y), (x - 1, y + 5)], closed=True)
            return element("path", d=shape, fill="#ffffff", stroke=GREEN, stroke_width=1.4)
        case Mark.DELIVERED:
            return element(
                "circle", cx=x, cy=y, r=3.6, fill="#ffffff", stroke=GREEN, stroke_width=1.4
            )
        case Mark.RECEIVED:
            return element("circle", cx=x, cy=y, r=4, fill=GREEN, stroke="#ffffff")
        case Mark.WARNED:
            shape = path([(x - 4.5, top - 1), (x + 4.5, top - 1), (x, top - 9)], closed=True)
            return element("path", d=shape, fill="#f6c453", stroke=AMBER) + element(
                "path", d=f"M{x:.1f} {top - 6.5:.1f} v2.6 m0 0.9 v1", stroke=INK, stroke_width=1
            )
        case Mark.BREACHED:
            shape = path([(x - 6, y), (x, y - 6), (x + 6, y), (x, y + 6)], closed=True)
            return element("path", d=shape, fill=RED, stroke="#ffffff") + element(
                "path",
                d=f"M{x:.1f} {y - 3.5:.1f} v4 m0 1.6 v1.3",
                stroke="#ffffff",
                stroke_width=1.4,
            )
        case Mark.DEADLINE:
            return _flag(x, y, INK, hollow=False)
        case Mark.MOVED:
            return _flag(x, y, QUIET, hollow=True)
        case Mark.ENDED:
            return ending(point.detail or "completed", x, y)


def beyond(x: float, y: float) -> str:
    """Point to what lies further right than the picture reaches."""
    return element(
        "path",
        d=f"M{x - 13:.1f} {y:.1f} H{x - 3:.1f} m-4 -4 l4 4 l-4 4",
        stroke=INK,
        stroke_width=1.5,
        fill="none",
    )


def _flag(x: float, y: float, colour: str, *, hollow: bool) -> str:
    top, foot = y - BAR / 2 - 9, y + BAR / 2 + 2
    cloth = path([(x, top), (x + 8, top + 3.5), (x, top + 7)], closed=True)
    return element(
        "path",
        d=path([(x, top), (x, foot)]),
        stroke=colour,
        stroke_width=1.5,
        stroke_dasharray="3 2" if hollow else None,
    ) + element("path", d=cloth, fill="#ffffff" if hollow else colour, stroke=colour)


_ENDINGS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "completed": (GREEN, "M-3 0 L-0.8 2.4 L3.2 -2.6"),
        "returned": (AMBER, "M3 1.8 H-2.6 M-0.4 -0.6 L-2.8 1.8 L-0.4 4"),
        "refused": (RED, "M-2.4 -2.4 L2.4 2.4 M-2.4 2.4 L2.4 -2.4"),
        "lapsed": (QUIET, "M-3.4 0.6 q1.7 -3 3.4 0 t3.4 0"),
    }
)


def ending(state: str, x: float, y: float) -> str:
    """Draw how a turn ended: a tick, an arrow back, a cross, a wave, or a bar for the rest."""
    colour, drawn = _ENDINGS.get(state, (QUIET, "M-3 0 H3"))
    return element("circle", cx=x, cy=y, r=6.2, fill=colour, stroke="#ffffff") + element(
        "path",
        d=drawn,
        transform=f"translate({x:.1f} {y:.1f})",
        stroke="#ffffff",
        stroke_width=1.6,
        fill="none",
    )
