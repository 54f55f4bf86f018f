"""Sessions: a random token in a cookie, of which only the sha-256 is stored.

A session ends when its person signs out, is switched off or gets other roles, when it was left
alone too long, at the end of its longest time, or when the person opens more than so many. All of
it counts everywhere within `FRESH_SECONDS`: each request looks its session up again. Times are the
database's, not legal time.
"""

import base64
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from gateway.ids import new_id
from gateway.people.rights import Grant, Role
from gateway.people.scopes import Scopes
from gateway.people.signed_in import Owed, SignedIn
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement

FRESH_SECONDS: Final = 2.0
_MOST_KEPT: Final = 4096
_LONGEST_TOKEN: Final = 64
_STORE_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class SessionRules:
    """How long a session may be left alone, how long it lasts at most, and how many one has.

    Whoever has one of the roles in `factor_for` needs a second factor.
    """

    idle: timedelta = timedelta(minutes=60)
    longest: timedelta = timedelta(hours=12)
    most: int = 5
    factor_for: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Vouching:
    """An identity provider vouches for a person: for so long, and perhaps for a second factor."""

    longest: timedelta
    is_strong: bool = False


class Sessions:
    """The sessions table as visitors see it."""

    def __init__(
        self,
        pool: Pool,
        scopes: Scopes,
        rules: SessionRules | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pool = pool
        self._scopes = scopes
        self.rules = rules or SessionRules()
        self._now = now
        self._fresh: OrderedDict[bytes, tuple[float, SignedIn]] = OrderedDict()

    def __repr__(self) -> str:
        return f"<Sessions {len(self._fresh)} fresh>"

    async def open(
        self, person: UUID, *, within: Connection, vouched: Vouching | None = None
    ) -> str:
        """Open a session in the caller's transaction; return its token, which is nowhere else.

        Whoever has more than they may then loses the oldest.
        """
        longest = self.rules.longest
        if vouched is not None:
            longest = min(longest, vouched.longest)
        token = secrets.token_urlsafe(32)
        session = {
            "id": new_id(),
            "token_hash": _hash(token),
            "person": person,
            "longest": longest,
            "passed": vouched is not None and vouched.is_strong,
            "by_provider": vouched is not None,
        }
        await within.execute(statement("lock_person"), (person,))
        await within.execute(statement("insert_session"), session)
        surplus = {"person": person, "most": self.rules.most, "idle": self.rules.idle}
        await within.execute(statement("end_surplus_sessions"), surplus)
        return token

    async def present(self, token: str, *, active: bool = True) -> SignedIn | None:
        """Return who holds a token now; None if nobody does.

        What only watches (`active=False`) does not keep the session from being left alone.
        """
        if len(token) > _LONGEST_TOKEN:
            return None
        hashed = _hash(token)
        known = self._fresh.get(hashed)
        if known is not None and known[0] > self._now():
            return known[1]
        until = self._now() + FRESH_SECONDS
        async with self._pool.connection(timeout=_STORE_SECONDS) as connection:
            asked = {"token_hash": hashed, "idle": self.rules.idle}
            found = await connection.execute(statement("find_session"), asked, prepare=True)
            row = await found.fetchone()
            if row is not None and active:
                await connection.execute(statement("touch_session"), (row[0],), prepare=True)
        if row is None:
            self._fresh.pop(hashed, None)
            return None
        found_one = self._signed_in(row, token)
        if active:
            self._keep(hashed, until, found_one)
        return found_one

    async def end(self, token: str, why: str, *, within: Connection) -> None:
        """End one session, here at once."""
        hashed = _hash(token)
        await within.execute(statement("end_session"), {"token_hash": hashed, "why": why})
        self._fresh.pop(hashed, None)

    def forget(self) -> None:
        """Look everybody up again at their next request."""
        self._fresh.clear()

    def _keep(self, hashed: bytes, until: float, who: SignedIn) -> None:
        self._fresh[hashed] = (until, who)
        self._fresh.move_to_end(hashed)
        while len(self._fresh) > _MOST_KEPT:
            self._fresh.popitem(last=False)

    def _signed_in(self, row: Sequence[Any], token: str) -> SignedIn:
        session, person, name, display_name, language, must_change, roles, has_factor = row[:8]
        passed, has_password, by_provider = row[8:]
        grants = [Grant(Role(role), scope) for role, scope in roles]
        needs_factor = any(grant.role in self.rules.factor_for for grant in grants)
        return SignedIn(
            session=session,
            person=person,
            name=name,
            display_name=display_name,
            language=language,
            grants=self._scopes.spell_out(grants),
            csrf=csrf_of(token),
            has_factor=has_factor,
            owed=_owed(must_change and not by_provider, has_factor, passed, needs_factor),
            has_password=has_password,
            by_provider=by_provider,
        )


async def end_sessions_of(
    connection: Connection, person: UUID, why: str, *, but: UUID | None = None
) -> int:
    """End a person's sessions in the caller's transaction, all or all but one; return how many."""
    asked = {"person": person, "why": why, "but": but}
    ended = await connection.execute(statement("end_sessions_of_person"), asked)
    return ended.rowcount


def csrf_of(token: str) -> str:
    """Return what the forms of a session carry; the token cannot be had back from it."""
    digest = hmac.digest(token.encode(), b"csrf", sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _owed(must_change: bool, has_factor: bool, passed: bool, needs_factor: bool) -> Owed | None:
    """Say what comes first."""
    if has_factor and not passed:
        return Owed.CODE
    if must_change:
        return Owed.PASSWORD
    return Owed.FACTOR if needs_factor and not passed else None


def _hash(token: str) -> bytes:
    """One round is enough for tokens of 256 random bits."""
    return sha256(token.encode()).digest()
