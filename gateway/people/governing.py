"""Who may make whom: administrators within their own scope, and nobody themselves.

Pure. An administrator of a district makes and changes people whose every role lies within it, and
gives no role beyond it. Of others they learn nothing, not even that there is somebody. Nobody gives
themselves a role, switches themselves off or takes their own second factor off: somebody else does.
"""

from collections.abc import Iterable
from uuid import UUID

from gateway.people.rights import Ability, Grant, Holder, reach
from gateway.people.signed_in import SignedIn


def may_give(person: Holder, grants: Iterable[Grant]) -> bool:
    """Whether somebody may give, take or have a say over these roles."""
    reached = reach(person, Ability.MANAGE_PEOPLE)
    if reached is None:
        return True
    return all(grant.scope is not None and grant.scope in reached for grant in grants)


def may_change(who: SignedIn, person: UUID, grants: Iterable[Grant]) -> bool:
    """Whether somebody may change an account that has these roles."""
    return person != who.person and may_give(who, grants)
