"""Bearer tokens: signed JSON Web Tokens (HS256) that name a client, its agency and its roles.

Machine time, not legal time: a token's age is real seconds.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

_HEADER = {"alg": "HS256", "typ": "JWT"}
_LEEWAY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a client, the agency that it speaks for (if any), and its roles.

    `secret` is the mark of the secret that it signed in with.
    """

    client_id: str
    agency: str | None
    roles: frozenset[str] = field(default_factory=frozenset)
    secret: str = field(default="", repr=False)
    scope: str | None = None
    """Of an operator's client: the agency that it is confined to, as it stands now."""


class NotAToken(Exception):
    """The text is no token of ours, or no longer one; the message says which."""


class TokenIssuer:
    """Issues and reads tokens; two gateways with the same secret and id read each other's."""

    def __init__(
        self,
        secret: str,
        *,
        issuer: str,
        seconds: int,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._key = OctKey.import_key(secret)
        self._issuer = issuer
        self._now = now
        self.seconds = seconds

    def __repr__(self) -> str:
        return f"<TokenIssuer {self._issuer}, {self.seconds} s>"

    def issue(self, caller: Caller) -> str:
        """Return a token that is good for `seconds`."""
        now = int(self._now())
        claims = {
            "iss": self._issuer,
            "sub": caller.client_id,
            "agency": caller.agency,
            "roles": sorted(caller.roles),
            "sec": caller.secret,
            "iat": now,
            "exp": now + self.seconds,
        }
        return jwt.encode(dict(_HEADER), claims, self._key)

    def read(self, token: str) -> Caller:
        """Return who a token speaks for; raise NotAToken."""
        try:
            claims = jwt.decode(token, self._key, algorithms=["HS256"]).claims
        except (JoseError, ValueError) as error:
            raise NotAToken("the token is not one of this gateway's") from error
        expires, subject, agency = claims.get("exp"), claims.get("sub"), claims.get("agency")
        secret = claims.get("sec")
        if claims.get("iss") != self._issuer or type(subject) is not str:
            raise NotAToken("the token is not one of this gateway's")
        if type(expires) is not int or expires + _LEEWAY_SECONDS <= self._now():
            raise NotAToken("the token has expired")
        return Caller(
            client_id=subject,
            agency=agency if type(agency) is str else None,
            roles=_roles(claims.get("roles")),
            secret=secret if type(secret) is str else "",
        )


def _roles(claimed: object) -> frozenset[str]:
    if not isinstance(claimed, Iterable):
        return frozenset()
    return frozenset(role for role in claimed if type(role) is str)
