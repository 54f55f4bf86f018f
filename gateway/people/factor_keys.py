"""The key that second factors are sealed with: their secrets must be had back to compare codes.

It comes from LIENTHONG_TOKEN_SECRET. Under another one no second factor can be read: people then
sign in with a recovery code, or an administrator takes the factor off, and set it up anew.
"""

import os
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES: Final = 12


class FactorKey:
    """Seals and opens the secrets of second factors, each bound to its person."""

    def __init__(self, token_secret: str) -> None:
        derived = HKDF(SHA256(), length=32, salt=None, info=b"lienthong second factors")
        self._cipher = AESGCM(derived.derive(token_secret.encode()))

    def __repr__(self) -> str:
        return "<FactorKey>"

    def seal(self, secret: bytes, person: UUID) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, person.bytes)

    def open(self, sealed: bytes, person: UUID) -> bytes | None:
        """Return the secret; None if it was sealed with another key or for somebody else."""
        nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, text, person.bytes)
        except (InvalidTag, ValueError):
            return None
