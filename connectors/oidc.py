"""A province's own identity provider, spoken to by OpenID Connect: the authorization code flow.

Code flow with PKCE (S256), one confidential client, one provider. What it publishes of itself
(discovery, keys) is read when it is needed and kept for an hour; a token that names an unknown key
has the keys read again, at most every ten seconds, so that keys may be changed at any time. Nothing
of what it says is believed unsigned, and nobody's token is kept.

No implicit or hybrid flow, no userinfo, no dynamic registration, no encrypted tokens.
"""

import asyncio
import ssl
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import orjson

from connectors.http_calls import Answered, Failed, HttpCalls
from connectors.id_tokens import ALGORITHMS, Doubt, Expected, Key, Vouched, believe, key_for
from connectors.id_tokens import read_keys as keys_in

LARGEST: Final = 256 * 1024
_WITHIN: Final = 8.0
"""Seconds for one call: somebody waits in front of a screen."""
_KEPT: Final = 3600.0
_KEYS_AGAIN: Final = 10.0


@dataclass(frozen=True, slots=True)
class Registration:
    """What the provider knows us by; the secret is shown to nobody but the provider."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str = "openid profile"
    acr_values: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """What a provider publishes of itself, as far as it is needed."""

    authorization: str
    token: str
    keys: str
    sign_out: str | None
    by_form: bool
    """It takes the client's secret in the form alone, not as HTTP Basic."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The provider does not answer, or not as one: its own fault or the network's, by code."""

    code: str


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """The provider answered with an error of OAuth 2 (RFC 6749 §5.2)."""

    error: str

    @property
    def is_ours(self) -> bool:
        """Whether it does not know us: our settings, or our registration there, are wrong."""
        return self.error in ("invalid_client", "unauthorized_client")


@dataclass(frozen=True, slots=True)
class NotBelieved:
    """The provider's token fails a check."""

    doubt: Doubt


Redeemed = Vouched | Unreachable | TurnedDown | NotBelieved
_ERRORS: Final = frozenset(
    {
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    }
)


class OidcProvider:
    """One provider, as this process knows it."""

    def __init__(
        self,
        registration: Registration,
        calls: HttpCalls,
        *,
        wall: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.registration = registration
        self._calls = calls
        self._wall = wall
        self._clock = clock
        self._looking = asyncio.Lock()
        self._described: tuple[float, Described] | None = None
        self._keys: tuple[float, list[Key]] | None = None

    def __repr__(self) -> str:
        return f"<OidcProvider {self.registration.issuer}>"

    async def authorization_address(
        self, redirect_uri: str, *, state: str, nonce: str, verifier: str
    ) -> str | Unreachable:
        """Return where a browser goes to sign in."""
        described = await self.describe()
        if isinstance(described, Unreachable):
            return described
        digest = sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.registration.client_id,
            "redirect_uri": redirect_uri,
            "scope": self.registration.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        if self.registration.acr_values:
            asked["acr_values"] = self.registration.acr_values
        return _with_query(described.authorization, asked)

    async def redeem(self, code: str, redirect_uri: str, *, nonce: str, verifier: str) -> Redeemed:
        """Exchange a code for whom the provider vouches for."""
        described = await self.describe()
        if isinstance(described, Unreachable):
            return described
        token = await self._fetch_token(described, code, redirect_uri, verifier)
        if not isinstance(token, str):
            return token
        key = await self._key_for(described, token)
        if isinstance(key, Unreachable | NotBelieved):
            return key
        expected = Expected(self.registration.issuer, self.registration.client_id, nonce)
        found = believe(token, key, expected, self._wall())
        return NotBelieved(found) if isinstance(found, Doubt) else found

    async def sign_out_address(self, back: str) -> str | None:
        """Return where a browser signs out of the provider as well; None if it offers no such.

        Without the id token that a provider may ask for as a hint: it would stand in the address,
        and is not kept. The provider then asks the person to confirm.
        """
        described = await self.describe()
        if isinstance(described, Unreachable) or described.sign_out is None:
            return None
        said = {"client_id": self.registration.client_id, "post_logout_redirect_uri": back}
        return _with_query(described.sign_out, said)

    async def describe(self) -> Described | Unreachable:
        """Return what the provider publishes of itself, as of the last hour."""
        async with self._looking:
            if self._described is not None and self._described[0] > self._clock():
                return self._described[1]
            issuer = self.registration.issuer
            found = await self._get(issuer.rstrip("/") + "/.well-known/openid-configuration")
            if isinstance(found, Unreachable):
                return found
            described = _described(found, issuer)
            if isinstance(described, Described):
                self._described = (self._clock() + _KEPT, described)
            return described

    async def count_keys(self) -> int | Unreachable:
        """Return how many keys the provider publishes that can verify a signature."""
        described = await self.describe()
        if isinstance(described, Unreachable):
            return described
        keys = await self._read_keys(described, _KEPT)
        return keys if isinstance(keys, Unreachable) else len(keys)

    async def aclose(self) -> None:
        await self._calls.aclose()

    async def _fetch_token(
        self, described: Described, code: str, redirect_uri: str, verifier: str
    ) -> str | Unreachable | TurnedDown | NotBelieved:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "accept": "application/json",
        }
        ours = self.registration
        if described.by_form:
            form |= {"client_id": ours.client_id, "client_secret": ours.client_secret}
        else:
            pair = f"{quote(ours.client_id, safe='')}:{quote(ours.client_secret, safe='')}"
            headers["authorization"] = "Basic " + b64encode(pair.encode()).decode()
        answer = await self._call("POST", described.token, urlencode(form).encode(), headers)
        if isinstance(answer, Unreachable):
            return answer
        said = _object(answer.body)
        if answer.status in (400, 401) and said is not None:
            error = said.get("error")
            return TurnedDown(error if error in _ERRORS else "other")
        if answer.status != 200 or said is None:
            return Unreachable(f"token-{answer.status}")
        token = said.get("id_token")
        return token if type(token) is str else NotBelieved(Doubt.FORM)

    async def _key_for(self, described: Described, token: str) -> Key | Unreachable | NotBelieved:
        """Return the key that a token names, looking again if it is not among the known ones."""
        for oldest in (_KEPT, _KEYS_AGAIN):
            keys = await self._read_keys(described, oldest)
            if isinstance(keys, Unreachable):
                return keys
            key = key_for(token, keys)
            if key is not Doubt.KEY:
                break
        return NotBelieved(key) if isinstance(key, Doubt) else key

    async def _read_keys(self, described: Described, oldest: float) -> list[Key] | Unreachable:
        """Return the provider's keys as they were no longer than so many seconds ago."""
        async with self._looking:
            if self._keys is not None and self._keys[0] + oldest > self._clock():
                return self._keys[1]
            found = await self._get(described.keys)
            if isinstance(found, Unreachable):
                return found
            self._keys = (self._clock(), keys_in(found))
            return self._keys[1]

    async def _get(self, address: str) -> Mapping[str, Any] | Unreachable:
        answer = await self._call("GET", address, None, {"accept": "application/json"})
        if isinstance(answer, Unreachable):
            return answer
        said = _object(answer.body)
        if answer.status != 200 or said is None:
            return Unreachable(f"status-{answer.status}")
        return said

    async def _call(
        self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answered | Unreachable:
        ends_at = asyncio.get_running_loop().time() + _WITHIN
        answer = await self._calls.call(
            method, address, ends_at=ends_at, body=body, headers=headers
        )
        return Unreachable(answer.code) if isinstance(answer, Failed) else answer


def open_provider(registration: Registration, authorities_file: Path | None) -> OidcProvider:
    """Return what speaks to a provider, whose certificate may be of an authority of its own."""
    verify: ssl.SSLContext | bool = True
    if authorities_file is not None:
        verify = ssl.create_default_context(cafile=str(authorities_file))
    return OidcProvider(registration, HttpCalls(verify=verify, largest=LARGEST))


def _described(said: Mapping[str, Any], issuer: str) -> Described | Unreachable:
    """Read a discovery document; it must be the issuer's own, and lead nowhere less safe."""
    if said.get("issuer") != issuer:
        return Unreachable("other-issuer")
    scheme = urlsplit(issuer).scheme
    found: dict[str, str | None] = {}
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"):
        address = said.get(name)
        fits = type(address) is str and urlsplit(address).scheme in {"https", scheme}
        found[name] = address if fits else None
    authorization, token, keys, sign_out = found.values()
    if authorization is None or token is None or keys is None:
        return Unreachable("no-endpoints")
    signs = said.get("id_token_signing_alg_values_supported", ["RS256"])
    if not isinstance(signs, list) or not any(one in ALGORITHMS for one in signs):
        return Unreachable("no-algorithm")
    ways = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    by_form = isinstance(ways, list) and "client_secret_basic" not in ways
    return Described(authorization, token, keys, sign_out, by_form)


def _with_query(address: str, said: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(said)}"


def _object(body: bytes) -> Mapping[str, Any] | None:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return said if isinstance(said, dict) else None
