"""ID tokens: believed only if the provider signed them, for us, for this sign-in, just now.

OpenID Connect Core 1.0 §3.1.3.7, and a little stricter: only asymmetric signatures, so that nobody
signs with what everybody can read; a key is named when there are several; whoever else a token is
for, it must have been issued to us. Pure but for the keys' arithmetic: no I/O, no clock.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from typing import Any, Final, TypeGuard

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, RSAKey
from joserfc.jws import extract_compact

ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512"),
    *("PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512"),
)
LEEWAY: Final = 60
"""Seconds that the provider's clock and ours may differ."""
OLDEST: Final = 600
"""Seconds since it was issued: a token is fetched as soon as there is one."""
_LONGEST_SUBJECT: Final = 255  # OpenID Connect Core §2

Key = RSAKey | ECKey


class Doubt(StrEnum):
    """Why a token is not believed."""

    FORM = "form"
    ALGORITHM = "algorithm"
    KEY = "key"
    """It names a key that the provider does not publish, or none where there are several."""
    SIGNATURE = "signature"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    EXPIRED = "expired"
    ISSUED = "issued"
    """In the future, or too long ago: one of the clocks is wrong."""
    NONCE = "nonce"
    """Of another sign-in."""
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must be: from whom, for whom, for which sign-in."""

    issuer: str
    client_id: str
    nonce: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Vouched:
    """Somebody whom the provider vouches for: `subject` is theirs alone, and for good."""

    issuer: str
    subject: str = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)


def read_keys(document: object) -> list[Key]:
    """Return the keys of a JWK set that can verify signatures; what is not understood is left out.

    Secrets that are published (`oct`) are no keys.
    """
    listed = document.get("keys") if isinstance(document, Mapping) else None
    keys: list[Key] = []
    for one in listed if isinstance(listed, list) else []:
        if not isinstance(one, Mapping) or one.get("kty") not in ("RSA", "EC"):
            continue
        if one.get("use", "sig") != "sig":
            continue
        try:
            key = JWKRegistry.import_key(dict(one))
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, RSAKey | ECKey):
            keys.append(key)
    return keys


def key_for(token: str, keys: Sequence[Key]) -> Key | Doubt:
    """Return the key that a token says it is signed with."""
    header = _header(token)
    if header is None:
        return Doubt.FORM
    algorithm, named = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        return Doubt.ALGORITHM
    kind = ECKey if algorithm.startswith("ES") else RSAKey
    fitting = [
        one
        for one in keys
        if isinstance(one, kind)
        and one.get("alg") in (None, algorithm)
        and (named is None or one.get("kid") == named)
    ]
    return fitting[0] if len(fitting) == 1 else Doubt.KEY


def believe(token: str, key: Key, expected: Expected, now: float) -> Vouched | Doubt:
    """Return whom a token vouches for, or why it is not believed."""
    header = _header(token)
    if header is None or header.get("alg") not in ALGORITHMS:
        return Doubt.ALGORITHM
    try:
        claims = jwt.decode(token, key, algorithms=[header["alg"]]).claims
    except (JoseError, ValueError):
        return Doubt.SIGNATURE
    if claims.get("iss") != expected.issuer:
        return Doubt.ISSUER
    if not _is_for(claims, expected.client_id):
        return Doubt.AUDIENCE
    if (doubt := _doubted_time(claims, now)) is not None:
        return doubt
    nonce = claims.get("nonce")
    if type(nonce) is not str or not nonce.isascii():
        return Doubt.NONCE
    if not hmac.compare_digest(nonce, expected.nonce):
        return Doubt.NONCE
    subject = claims.get("sub")
    if type(subject) is not str or not 0 < len(subject) <= _LONGEST_SUBJECT:
        return Doubt.SUBJECT
    if not subject.isprintable():  # half a surrogate pair, which JSON can say, is no text
        return Doubt.SUBJECT
    return Vouched(expected.issuer, subject, claims)


def _is_for(claims: Mapping[str, Any], client_id: str) -> bool:
    """Whether we are who it is for; with others beside us, it must say that we asked for it."""
    said = claims.get("aud")
    audience = [said] if isinstance(said, str) else said
    if not isinstance(audience, list) or client_id not in audience:
        return False
    party = claims.get("azp")
    return party == client_id if len(audience) > 1 or party is not None else True


def _doubted_time(claims: Mapping[str, Any], now: float) -> Doubt | None:
    expires, issued, begins = claims.get("exp"), claims.get("iat"), claims.get("nbf", 0)
    if not _is_number(expires) or expires + LEEWAY <= now:
        return Doubt.EXPIRED
    if not _is_number(issued) or not now - OLDEST <= issued <= now + LEEWAY:
        return Doubt.ISSUED
    if not _is_number(begins) or begins > now + LEEWAY:
        return Doubt.ISSUED
    return None


def _is_number(value: object) -> TypeGuard[float]:
    """JSON as it is read here knows NaN, which is never too late, and no number of booleans."""
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _header(token: str) -> Mapping[str, Any] | None:
    try:
        return extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError):
        return None
