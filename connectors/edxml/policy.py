"""Which signatures are taken from a partner: data of its endpoint, strict where it says nothing.

    {"signatures": {
       "certificates": ["-----BEGIN CERTIFICATE----- …"],   pinned; no other is believed
       "accept": ["rsa-sha256"],                            the default
       "sha1": {"until": "2027-06-30", "reason": "…"},      only so, and only until then
       "unsigned": {"until": "2027-06-30", "reason": "…"},  likewise
       "sign": "rsa-sha256"}}                               how ours are signed; null: not at all

A partner without this block is believed nothing: every envelope of its own is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from cryptography import x509
from signxml.algorithms import DigestAlgorithm, SignatureMethod

ALGORITHMS: Final = {
    "rsa-sha256": SignatureMethod.RSA_SHA256,
    "rsa-sha384": SignatureMethod.RSA_SHA384,
    "rsa-sha512": SignatureMethod.RSA_SHA512,
    "ecdsa-sha256": SignatureMethod.ECDSA_SHA256,
    "ecdsa-sha384": SignatureMethod.ECDSA_SHA384,
}
DEFAULT_ALGORITHM: Final = "rsa-sha256"
_DIGESTS: Final = frozenset(
    {DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512}
)
_SHORTEST_REASON: Final = 10


class PolicyError(ValueError):
    """The endpoint's options do not say what may be signed how; the words name the option."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Something weak that is allowed for a while, and why. The last day is included."""

    until: date
    reason: str

    def holds_on(self, day: date) -> bool:
        return day <= self.until


@dataclass(frozen=True, slots=True)
class SignaturePolicy:
    """What is believed of one partner's signatures, and how ours to it are made."""

    certificates: tuple[x509.Certificate, ...] = ()
    accept: tuple[str, ...] = (DEFAULT_ALGORITHM,)
    sha1: Leave | None = None
    unsigned: Leave | None = None
    sign: str | None = None

    def methods(self, day: date) -> frozenset[SignatureMethod]:
        weak = {SignatureMethod.RSA_SHA1} if self._takes_sha1(day) else set()
        return frozenset({ALGORITHMS[name] for name in self.accept} | weak)

    def digests(self, day: date) -> frozenset[DigestAlgorithm]:
        return _DIGESTS | ({DigestAlgorithm.SHA1} if self._takes_sha1(day) else set())

    def takes_unsigned(self, day: date) -> bool:
        return self.unsigned is not None and self.unsigned.holds_on(day)

    def _takes_sha1(self, day: date) -> bool:
        return self.sha1 is not None and self.sha1.holds_on(day)


def read_policy(options: Mapping[str, Any]) -> SignaturePolicy:
    """Read the `signatures` block of an endpoint's options; raise PolicyError."""
    said = options.get("signatures", {})
    if not isinstance(said, Mapping):
        raise PolicyError("signatures: an object is wanted")
    unknown = set(said) - {"certificates", "accept", "sha1", "unsigned", "sign"}
    if unknown:
        raise PolicyError(f"signatures: there is no {sorted(unknown)[0]!r}")
    accept = _names(said.get("accept", [DEFAULT_ALGORITHM]))
    sign = said.get("sign")
    if sign is not None and sign not in ALGORITHMS:
        raise PolicyError(f"signatures.sign: one of {', '.join(ALGORITHMS)}, or null")
    return SignaturePolicy(
        certificates=tuple(_certificate(pem) for pem in _texts(said.get("certificates", []))),
        accept=accept,
        sha1=_leave("sha1", said.get("sha1")),
        unsigned=_leave("unsigned", said.get("unsigned")),
        sign=sign,
    )


def _names(said: Any) -> tuple[str, ...]:
    names = _texts(said)
    if "rsa-sha1" in names:
        raise PolicyError("signatures.accept: rsa-sha1 is taken by signatures.sha1 alone")
    for name in names:
        if name not in ALGORITHMS:
            raise PolicyError(f"signatures.accept: one of {', '.join(ALGORITHMS)}")
    return names


def _texts(said: Any) -> tuple[str, ...]:
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        raise PolicyError("signatures: accept and certificates are lists of texts")
    return tuple(said)


def _certificate(pem: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        raise PolicyError("signatures.certificates: one of them is no PEM certificate") from None


def _leave(name: str, said: Any) -> Leave | None:
    if said is None:
        return None
    if not isinstance(said, Mapping) or set(said) != {"until", "reason"}:
        raise PolicyError(f"signatures.{name}: an object of until and reason is wanted")
    reason = said["reason"]
    if not isinstance(reason, str) or len(reason.strip()) < _SHORTEST_REASON:
        raise PolicyError(
            f"signatures.{name}.reason: say why, in {_SHORTEST_REASON} letters or more"
        )
    try:
        until = date.fromisoformat(said["until"])
    except (TypeError, ValueError):
        raise PolicyError(f"signatures.{name}.until: a day is written YYYY-MM-DD") from None
    return Leave(until, reason)
