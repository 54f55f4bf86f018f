"""The states of a member, and which act leads from which to which.

    registered ──credentials──▶ testing ──go-live──▶ live
         └───────────────go-live (forced)─────────────┘

Each of them can be suspended and goes back there when it is resumed; each can be removed, and one
that was removed can register again. An agency without a member row that has an endpoint or a
client was set up directly, and is live.
"""

from enum import StrEnum


class MemberState(StrEnum):
    """Where a member stands."""

    REGISTERED = "registered"
    """Known; it has nothing to sign in with yet."""
    TESTING = "testing"
    """Signs in, tries messages, fetches test messages; nothing real comes from it or goes to it."""
    LIVE = "live"
    SUSPENDED = "suspended"
    """Nothing of it is taken and nothing is sent to it, until it is resumed."""
    REMOVED = "removed"

    @property
    def may_sign_in(self) -> bool:
        return self in (MemberState.TESTING, MemberState.LIVE)


class JoiningRefused(ValueError):
    """An act that cannot be done as asked; the message says why."""


class NoSuchMember(JoiningRefused):
    """The agency takes no part here."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code} is no member: register it first")


class NotNow(JoiningRefused):
    """The state of the member does not allow it."""
