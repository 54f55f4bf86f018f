"""The screens that one can choose in the bar, in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.operations.causes import Cause
from gateway.people.rights import Ability, Holder, may


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen's name (its word is `nav.<name>`), where it is, and whom it is shown to."""

    name: str
    path: str
    ability: Ability = Ability.SEE_WORK
    everywhere: bool = False
    """Whether a scope is not enough."""
    is_rare: bool = False
    """Whether it is no daily work: it stands under "more" where the bar would be too full."""


SCREENS: Final[Sequence[Screen]] = (
    Screen("now", "/console"),
    Screen("stuck", "/console/stuck"),
    Screen("dossiers", "/console/dossiers"),
    Screen("agencies", "/console/agencies"),
    Screen("procedures", "/console/procedures"),
    Screen("calendar", "/console/calendar", is_rare=True),
    Screen(
        "reorganisation",
        "/console/reorganisation",
        Ability.PREPARE_TABLES,
        everywhere=True,
        is_rare=True,
    ),
    Screen("reports", "/console/reports", Ability.SEE_REPORTS),
    Screen("audit", "/console/audit", Ability.SEE_AUDIT, is_rare=True),
    Screen("approvals", "/console/approvals", Ability.APPROVE),
    Screen("boards", "/console/boards", Ability.PUBLISH, is_rare=True),
    Screen("people", "/console/people", Ability.MANAGE_PEOPLE, is_rare=True),
)
"""A screen adds itself where people look for it."""


def screen_for(cause: Cause, who: Holder) -> Screen | None:
    """Return the screen where more is done about a cause, if there is one and one may open it."""
    name = cause.entry.screen
    return next((one for one in SCREENS if one.name == name and may(who, one.ability)), None)
