"""What an endpoint says of a partner on the axis, read once and strictly.

address            where letters are posted
secret             PEM of our private key and certificate, and a bearer token on a line of its
                   own; each only if the partner wants it
options
  signatures       see `policy`
  codes            "present" (default) or "qcvn102": which codes of agencies the partner knows
  organ_ids        further codes that the partner itself writes under
  addressed_as     codes under which the partner writes to us, beside those of the directory
  also_to          codes of further receivers of every letter
  files_megabytes  most that the documents in one letter may have together (default 20; 0: by
                   reference alone)
  ask              path beside the address where it says what it has of a DocumentId
  idempotent       true if a DocumentId sent twice is one letter there
  statuses         false: the partner is told no statuses about its own letters
  completed_as     outcome that its status 06 stands for; without it 06 is not understood
  refused_as       reason that its status 02 stands for (default "rejected")
  error_codes      what the error codes of its FAIL mean
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, get_args
from urllib.parse import urljoin, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from connectors.agency_book import AgencyBook
from connectors.codes import Means
from connectors.edxml.limits import DEFAULT_LIMITS, MIB
from connectors.edxml.policy import PolicyError, SignaturePolicy, read_policy
from connectors.edxml.signatures import PrivateKey
from connectors.protocol import Endpoint
from schemas.kinds import HopCompleted, HopRefused

_OPTIONS: Final = {
    "signatures",
    "codes",
    "organ_ids",
    "addressed_as",
    "also_to",
    "files_megabytes",
    "ask",
    "idempotent",
    "statuses",
    "completed_as",
    "refused_as",
    "error_codes",
    "concurrency",
}
_MOST_MEGABYTES: Final = DEFAULT_LIMITS.attachments_together // MIB - 1
"""What our own reader takes, less room for the message itself."""
_OUTCOMES: Final = get_args(HopCompleted.model_fields["outcome"].annotation)
_REFUSALS: Final = get_args(HopRefused.model_fields["reason"].annotation)


class NoSuchCode(Exception):
    """The partner knows agencies by older codes, and the directory has none of this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """One partner. What is secret stays out of `repr`."""

    agency: str
    policy: SignaturePolicy
    key: PrivateKey | None = field(default=None, repr=False)
    certificate: x509.Certificate | None = None
    token: str | None = field(default=None, repr=False)
    older_codes: bool = False
    organ_ids: tuple[str, ...] = ()
    addressed_as: tuple[str, ...] = ()
    also_to: tuple[str, ...] = ()
    files_bound: int = 20 * MIB
    """Bytes that the documents in one letter may have together."""
    ask_at: str | None = None
    idempotent: bool = False
    completed_as: str | None = None
    refused_as: str = "rejected"
    error_codes: Mapping[str, Means] = field(default_factory=dict)

    def organ_id(self, code: str, book: AgencyBook) -> str:
        """Return an agency's code as this partner knows it; raise NoSuchCode."""
        if not self.older_codes:
            return book.present(code) or code
        older = book.older(code)
        if older is None:
            raise NoSuchCode(code)
        return older

    def is_itself(self, organ_id: str, book: AgencyBook) -> bool:
        """Whether a code in an envelope is this partner's own."""
        return organ_id in (self.agency, *self.organ_ids) or book.present(organ_id) == self.agency


def read_partner(endpoint: Endpoint) -> Partner:
    """Read an endpoint; raise PolicyError, which names the option and no secret."""
    options = endpoint.options
    unknown = set(options) - _OPTIONS
    if unknown:
        raise PolicyError(f"there is no option {sorted(unknown)[0]!r}")
    key, certificate, token = _read_secret(endpoint.secret or "")
    policy = read_policy(options)
    if policy.sign is not None and (key is None or certificate is None):
        raise PolicyError("signatures.sign: the secret has no private key with its certificate")
    ask = _text(options, "ask")
    return Partner(
        agency=endpoint.agency,
        policy=policy,
        key=key,
        certificate=certificate,
        token=token,
        older_codes=_choice(options, "codes", ("present", "qcvn102"), "present") == "qcvn102",
        organ_ids=_texts(options, "organ_ids"),
        addressed_as=_texts(options, "addressed_as"),
        also_to=_texts(options, "also_to"),
        files_bound=_megabytes(options, "files_megabytes", 20),
        ask_at=_beside(endpoint.address or "", ask) if ask else None,
        idempotent=options.get("idempotent", False) is True,
        completed_as=_choice(options, "completed_as", _OUTCOMES, None),
        refused_as=_choice(options, "refused_as", _REFUSALS, "rejected") or "rejected",
        error_codes=_error_codes(options.get("error_codes", {})),
    )


def _read_secret(
    secret: str,
) -> tuple[PrivateKey | None, x509.Certificate | None, str | None]:
    key: PrivateKey | None = None
    certificate: x509.Certificate | None = None
    pem = secret.encode()
    try:
        if "PRIVATE KEY-----" in secret:
            loaded = load_pem_private_key(pem, password=None)
            if not isinstance(loaded, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
                raise PolicyError("secret: the private key is neither RSA nor elliptic")
            key = loaded
        if "BEGIN CERTIFICATE-----" in secret:
            certificate = x509.load_pem_x509_certificate(pem)
    except (ValueError, TypeError) as error:
        if isinstance(error, PolicyError):
            raise
        raise PolicyError("secret: its PEM cannot be read") from None
    outside = True
    token = None
    for line in secret.splitlines():
        if line.startswith("-----"):
            outside = line.startswith("-----END")
        elif outside and line.strip():
            token = line.strip()
    return key, certificate, token


def _error_codes(said: Any) -> Mapping[str, Means]:
    if not isinstance(said, Mapping) or not set(said.values()) <= set(Means):
        raise PolicyError(f"error_codes: an object from code to one of {', '.join(Means)}")
    return {str(code): Means(means) for code, means in said.items()}


def _choice(
    options: Mapping[str, Any], name: str, allowed: tuple[str, ...], default: str | None
) -> str | None:
    said = options.get(name, default)
    if said is not None and said not in allowed:
        raise PolicyError(f"{name}: one of {', '.join(allowed)}")
    return None if said is None else str(said)


def _text(options: Mapping[str, Any], name: str) -> str | None:
    said = options.get(name)
    if said is not None and not isinstance(said, str):
        raise PolicyError(f"{name}: a text is wanted")
    return said


def _megabytes(options: Mapping[str, Any], name: str, default: int) -> int:
    said = options.get(name, default)
    if not isinstance(said, int) or isinstance(said, bool) or not 0 <= said <= _MOST_MEGABYTES:
        raise PolicyError(f"{name}: a whole number from 0 to {_MOST_MEGABYTES}")
    return said * MIB


def _beside(address: str, path: str) -> str:
    """Return a path beside the address: on the same host, in the same way."""
    found = urljoin(address, path)
    if urlsplit(found)[:2] != urlsplit(address)[:2]:
        raise PolicyError("ask: a path beside the address, and no other host")
    return found


def _texts(options: Mapping[str, Any], name: str) -> tuple[str, ...]:
    said = options.get(name, [])
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        raise PolicyError(f"{name}: a list of texts is wanted")
    return tuple(said)
