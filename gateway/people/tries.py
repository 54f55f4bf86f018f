"""Tries to sign in: after a few that failed, a name and an address have to wait, ever longer.

Counted before the password is looked at, so that guesses made side by side count too, and given
back by the one that succeeds. Names that nobody has are counted like all others: whoever asks
learns nothing from having to wait. What counts is kept in the database, for all processes together,
and forgotten after a day. Waiting ends by itself: a stranger who knows a name cannot keep its owner
out for longer than a quarter of an hour after the last guess, and an administrator lets them in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement

NONE: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Patience:
    """So many tries are free; then waiting doubles from `first` up to `most`."""

    free: int
    first: timedelta
    most: timedelta

    def wait_after(self, failures: int) -> timedelta:
        """Return how long to wait after so many failures in a row."""
        over = failures - self.free
        if over <= 0:
            return NONE
        doubled: timedelta = self.first * (1 << min(over - 1, 20))
        return min(self.most, doubled)


NAME: Final = Patience(free=5, first=timedelta(seconds=30), most=timedelta(minutes=15))
ADDRESS: Final = Patience(free=30, first=timedelta(seconds=10), most=timedelta(minutes=5))
"""More generous: a whole office comes from one address."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The try may be made. `shut` says that if it fails, the name has to wait from then on."""

    shut: bool
    failures: int


@dataclass(frozen=True, slots=True)
class Wait:
    """It may not be made yet."""

    left: timedelta


async def count_try(pool: Pool, name: str, address: str) -> Counted | Wait:
    """Count a try as failed, unless it has to wait."""
    kinds = {_key(b"n", name): NAME, _key(b"a", address): ADDRESS}
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(statement("insert_tries"), {"keys": sorted(kinds)})
        held = await connection.execute(statement("hold_tries"), (sorted(kinds),))
        rows = await held.fetchall()
        left = max((free_at - now for _, _, free_at, now in rows), default=NONE)
        if left > NONE:
            return Wait(left)
        failures = {bytes(key): count + 1 for key, count, _, _ in rows}
        await _write(connection, kinds, failures)
    of_name = failures[_key(b"n", name)]
    return Counted(NAME.wait_after(of_name) > NONE, of_name)


async def give_back(connection: Connection, name: str, address: str) -> None:
    """Take a try back that succeeded: the name starts anew, the address has one failure less."""
    await connection.execute(statement("forget_tries"), (_key(b"n", name),))
    await connection.execute(statement("give_back_try"), (_key(b"a", address),))


async def let_in(connection: Connection, name: str) -> bool:
    """Let a name try again at once; False if it did not have to wait."""
    forgotten = await connection.execute(statement("forget_tries"), (_key(b"n", name),))
    return forgotten.rowcount > 0


async def list_waiting(pool: Pool, names: Sequence[str]) -> dict[str, datetime]:
    """Return which of these names have to wait now, and until when."""
    keys = {_key(b"n", name): name for name in names}
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_waiting_names"), (list(keys),))
        return {keys[bytes(key)]: free_at for key, free_at in await found.fetchall()}


async def _write(
    connection: Connection, kinds: Mapping[bytes, Patience], failures: Mapping[bytes, int]
) -> None:
    keys = sorted(kinds)
    rows = {
        "keys": keys,
        "failures": [failures[key] for key in keys],
        "waits": [kinds[key].wait_after(failures[key]) for key in keys],
    }
    await connection.execute(statement("write_tries"), rows)


def _key(kind: bytes, subject: str) -> bytes:
    """Three bytes: enough to tell names apart, too few to tell what was typed as one.

    People type passwords into the wrong field, and an address is somebody's.
    """
    return kind + sha256(subject.strip().lower().encode()).digest()[:3]
