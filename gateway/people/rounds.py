"""The round of a sign-in by a provider: what a browser keeps while its person is away there.

It lies sealed in a cookie of that browser, so that nothing is stored for who only knocks, nobody
else's browser can finish the round, and neither nonce nor verifier can be read from it. The key
comes from LIENTHONG_TOKEN_SECRET: any process of the gateway finishes what another began.
"""

import base64
import binascii
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

GOOD_FOR: Final = 600
"""Seconds: to find one's password there, and the telephone."""
LONGEST: Final = 3000
"""Letters of a cookie; browsers keep 4,096 with its name."""
_NONCE_BYTES: Final = 12
_BOUND: Final = b"sign-in round"


@dataclass(frozen=True, slots=True)
class Round:
    """What must come back (`state`), what the token must carry (`nonce`), what proves that it is
    us who ask for it (`verifier`), and where the person wants to go on to."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    onward: str
    begun_at: int


class RoundKey:
    """Seals and opens rounds."""

    def __init__(self, token_secret: str, *, now: Callable[[], float] = time.time) -> None:
        derived = HKDF(SHA256(), length=32, salt=None, info=b"lienthong sign-in rounds")
        self._cipher = AESGCM(derived.derive(token_secret.encode()))
        self._now = now

    def __repr__(self) -> str:
        return "<RoundKey>"

    def begin(self, onward: str) -> Round:
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return Round(state, nonce, verifier, onward, int(self._now()))

    def seal(self, begun: Round) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, orjson.dumps(asdict(begun)), _BOUND)
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str) -> Round | None:
        """Return the round; None if it is none of ours, or is over."""
        if len(sealed) > LONGEST:
            return None
        try:
            raw = base64.urlsafe_b64decode(sealed)
            plain = self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _BOUND)
        except (binascii.Error, InvalidTag, ValueError):
            return None
        begun = Round(**orjson.loads(plain))
        return begun if 0 <= self._now() - begun.begun_at <= GOOD_FOR else None
