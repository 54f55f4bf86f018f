"""The keys that documents are sealed with: one per content, itself sealed by a key of the place.

Forgetting a content's own key makes its file noise, wherever copies of the file may lie.
"""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class KeyUnknown(Exception):
    """No key of this place opens a content's key: it was taken out of the settings, or replaced."""


@dataclass(frozen=True, slots=True)
class SealedKey:
    """A content's own key, sealed, and the name of what opens it."""

    key_id: str
    sealed: bytes = field(repr=False)


class Keyring:
    """The place's keys by name; the first one seals, every one opens."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise ValueError("a keyring needs keys of 32 bytes")
        self._keys = {name: AESGCM(key) for name, key in keys.items()}
        self._sealing = next(iter(keys))

    def __repr__(self) -> str:
        return f"<Keyring {', '.join(self._keys)}; seals with {self._sealing}>"

    def new_key(self, blob: UUID) -> SealedKey:
        """Make a content's key; it opens for this blob alone."""
        nonce, key = os.urandom(NONCE_BYTES), os.urandom(KEY_BYTES)
        sealed = self._keys[self._sealing].encrypt(nonce, key, blob.bytes)
        return SealedKey(self._sealing, nonce + sealed)

    def open(self, blob: UUID, key: SealedKey) -> bytes:
        """Return a content's key."""
        opener = self._keys.get(key.key_id)
        if opener is None:
            raise KeyUnknown(f"no key named {key.key_id} is configured")
        nonce, sealed = key.sealed[:NONCE_BYTES], key.sealed[NONCE_BYTES:]
        try:
            return opener.decrypt(nonce, sealed, blob.bytes)
        except InvalidTag as error:
            raise KeyUnknown(f"the key named {key.key_id} is another one now") from error


def read_keys(text: str) -> dict[str, bytes]:
    """Read `name:base64[,name:base64…]` as it stands in the settings; raise ValueError."""
    keys: dict[str, bytes] = {}
    for part in text.split(","):
        name, colon, encoded = part.strip().partition(":")
        if not colon or not name.isidentifier() or name in keys:
            raise ValueError("a key is written name:base64, each name once")
        key = base64.b64decode(encoded, validate=True)
        if len(key) != KEY_BYTES:
            raise ValueError("a key has 32 bytes, in base64")
        keys[name] = key
    return keys
