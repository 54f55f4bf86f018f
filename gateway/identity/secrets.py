"""Client secrets: made once, kept as argon2 hashes, verified off the event loop.

Verifying costs ~50 ms of one core by design. A secret that was verified once is remembered for
ten minutes as a keyed digest, so that a client which asks for tokens often does not pay again;
the key lives in this process alone, and a changed hash is another digest.
"""

import asyncio
import base64
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

REMEMBERED_SECONDS = 600.0
_MOST_REMEMBERED = 4096
_MARK_BYTES = 9
_AT_ONCE = 2
"""Each verification takes 64 MiB and a core: never more than this many side by side."""


def new_secret() -> str:
    """Make a secret of 256 bits."""
    return secrets.token_urlsafe(32)


def mark_of(stored: str) -> str:
    """Return what tells one stored hash from another, and says nothing of the secret."""
    return base64.urlsafe_b64encode(sha256(stored.encode()).digest()[:_MARK_BYTES]).decode()


class SecretKeeper:
    """Hashes new secrets and verifies presented ones."""

    def __init__(
        self,
        hasher: PasswordHasher | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hasher = hasher or PasswordHasher()
        self._now = now
        self._key = secrets.token_bytes(32)
        self._verified: OrderedDict[bytes, float] = OrderedDict()
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._decoy: str | None = None
        self.verifications = 0

    def __repr__(self) -> str:
        return f"<SecretKeeper {len(self._verified)} remembered>"

    async def hash(self, secret: str) -> str:
        """Return the argon2id hash to store."""
        return await asyncio.to_thread(self._hasher.hash, secret)

    async def verify(self, client_id: str, secret: str, hashes: list[str]) -> str | None:
        """Return the hash that the secret belongs to; None if to none.

        Without any hash (an unknown client) the same work is done in vain, so that the time taken
        does not tell which clients exist.
        """
        marks = [self._mark(client_id, secret, stored) for stored in hashes]
        for mark, stored in zip(marks, hashes, strict=True):
            if self._remembers(mark):
                return stored
        async with self._turns:
            for mark, stored in zip(marks, hashes, strict=True):
                if await asyncio.to_thread(self._matches, stored, secret):
                    self._remember(mark)
                    return stored
            if not hashes:
                await asyncio.to_thread(self._matches, await self._some_hash(), secret)
        return None

    def _matches(self, stored: str, secret: str) -> bool:
        self.verifications += 1
        try:
            return self._hasher.verify(stored, secret)
        except (VerificationError, InvalidHashError):
            return False

    async def _some_hash(self) -> str:
        if self._decoy is None:
            self._decoy = await self.hash(new_secret())
        return self._decoy

    def _mark(self, client_id: str, secret: str, stored: str) -> bytes:
        text = "\0".join((client_id, stored, secret))
        return hmac.digest(self._key, text.encode(), sha256)

    def _remembers(self, mark: bytes) -> bool:
        until = self._verified.get(mark)
        return until is not None and until > self._now()

    def _remember(self, mark: bytes) -> None:
        self._verified[mark] = self._now() + REMEMBERED_SECONDS
        self._verified.move_to_end(mark)
        while len(self._verified) > _MOST_REMEMBERED:
            self._verified.popitem(last=False)
