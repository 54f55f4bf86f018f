"""The screens that one can choose in the bar, in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen's name (its word is `nav.<name>`) and where it is."""

    name: str
    path: str


SCREENS: Final[Sequence[Screen]] = (
    Screen("now", "/console"),
    Screen("approvals", "/console/approvals"),
    Screen("people", "/console/people"),
)
"""A screen adds itself where people look for it."""
