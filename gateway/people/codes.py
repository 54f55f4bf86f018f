"""One-time codes of a second factor: RFC 6238 as every authenticator application speaks it.

SHA-1, six digits, thirty seconds. A code of the step before or after is taken too, since clocks of
telephones differ; the caller keeps the step, so that no code is taken twice.
"""

import base64
import hmac
import secrets
from hashlib import sha1, sha256
from typing import Final
from urllib.parse import quote, urlencode

STEP_SECONDS: Final = 30
DIGITS: Final = 6
_STEPS_APART: Final = (0, -1, 1)
_SECRET_BYTES: Final = 20
RECOVERY_CODES: Final = 10
_RECOVERY_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> bytes:
    """Make a secret as long as the digest, as RFC 4226 recommends."""
    return secrets.token_bytes(_SECRET_BYTES)


def code_at(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """Return the code of a step (RFC 4226 §5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), sha1)
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(secret: bytes, code: str, at: float) -> int | None:
    """Return the step near an instant (seconds since 1970) that a code is of; None if of none."""
    written = "".join(code.split())
    now = int(at) // STEP_SECONDS
    found = None
    for apart in _STEPS_APART:
        if hmac.compare_digest(code_at(secret, now + apart).encode(), written.encode()):
            found = now + apart
    return found


def in_letters(secret: bytes) -> str:
    """Return a secret as it is typed by hand."""
    return base64.b32encode(secret).decode().rstrip("=")


def address_of(secret: bytes, *, issuer: str, name: str) -> str:
    """Return the address that a QR code tells an authenticator application."""
    query = urlencode({"secret": in_letters(secret), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(name)}?{query}"


def new_recovery_codes() -> list[str]:
    """Make codes for the day on which the telephone is lost; each is good once."""
    return [
        "-".join("".join(secrets.choice(_RECOVERY_LETTERS) for _ in range(4)) for _ in range(4))
        for _ in range(RECOVERY_CODES)
    ]


def recovery_hash(code: str) -> bytes:
    """Return what is stored of a recovery code: one round is enough for 79 random bits."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return sha256(b"recovery:" + plain.encode()).digest()
