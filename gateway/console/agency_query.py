"""What the address of the agencies' screen asks for.

    /console/agencies?q=pho+hien&state=live&condition=failing&connector=webhook&ending=1&at=H31

Codes and words of a name, nothing of a citizen's. What cannot be meant is left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal
from urllib.parse import urlencode

from gateway.joining.states import MemberState
from gateway.operations.agency_census import Census
from gateway.operations.agency_standing import TROUBLE, Condition, Standing

PATH: Final = "/console/agencies"
NOBODY: Final = "none"
"""The state of who takes no part."""
IN_TROUBLE: Final = "trouble"
"""The condition of every connection that a person should look at."""
STATES: Final = (*(state.value for state in MemberState), NOBODY)
CONDITIONS: Final = (IN_TROUBLE, *(one.value for one in Condition))
_LONGEST: Final = 80

View = Literal["tree", "map"]


@dataclass(frozen=True, slots=True)
class AgencyQuery:
    """What is asked; without any of it the whole tree is."""

    text: str = ""
    state: str = ""
    condition: str = ""
    connector: str = ""
    ending: bool = False
    waiting: bool = False
    at: str = ""
    view: View = "tree"
    after: str = ""

    @property
    def narrows(self) -> bool:
        """Whether it asks for a list instead of the tree."""
        return bool(self.text) or self.narrows_by_standing

    @property
    def narrows_by_standing(self) -> bool:
        """Whether it asks for something that only who answers for an agency may know."""
        return bool(self.state or self.condition or self.connector or self.ending or self.waiting)

    def fits(self, code: str, census: Census) -> bool:
        """Whether an agency stands as is asked."""
        one = census.of(code)
        if self.state and (one.state.value if one.state else NOBODY) != self.state:
            return False
        if self.connector and one.connector != self.connector:
            return False
        if self.waiting and not one.waiting:
            return False
        if self.condition and not self._is_so(one, census.condition(code)):
            return False
        return not self.ending or one.credentials_end(census.at)

    def _is_so(self, one: Standing, condition: Condition) -> bool:
        if self.condition == IN_TROUBLE:
            return one.takes_part and condition in TROUBLE
        return condition == self.condition

    @property
    def address(self) -> str:
        """Return where it is asked."""
        pairs = {
            "q": self.text,
            "state": self.state,
            "condition": self.condition,
            "connector": self.connector,
            "ending": "1" if self.ending else "",
            "waiting": "1" if self.waiting else "",
            "at": self.at,
            "view": "" if self.view == "tree" else self.view,
            "after": self.after,
        }
        query = urlencode({name: value for name, value in pairs.items() if value})
        return f"{PATH}?{query}" if query else PATH

    def following(self, after: str) -> str:
        return replace(self, after=after).address


def read_agency_query(pairs: Iterable[tuple[str, str]]) -> AgencyQuery:
    """Read the parameters of an address."""
    given = {name: value.strip() for name, value in pairs if len(value) <= _LONGEST}
    state, condition = given.get("state", ""), given.get("condition", "")
    return AgencyQuery(
        text=given.get("q", ""),
        state=state if state in STATES else "",
        condition=condition if condition in CONDITIONS else "",
        connector=given.get("connector", ""),
        ending="ending" in given,
        waiting="waiting" in given,
        at=given.get("at", ""),
        view="map" if given.get("view") == "map" else "tree",
        after=given.get("after", ""),
    )
