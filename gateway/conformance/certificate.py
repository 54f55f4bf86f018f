"""The certificate: what a run came to, signed, as JSON for machines and as a page for people.

The signature is a compact JWS (ES256, RFC 7515) over the certificate's canonical JSON. It says that
the holder of the key ran the kit and saw this; whom the key belongs to is for the reader to know,
who compares the key's thumbprint (RFC 7638) with the one that the signer has published.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from gateway.conformance.verdicts import Result, Verdict
from routing.data.tables import VIETNAM

ALGORITHM: Final = "ES256"
_MOST_CASES: Final = 10_000
_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+07:00")


class NotGenuine(ValueError):
    """A certificate that its signature does not bear out; the message says why."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the kit: of what, by which tables, and what each case came to."""

    role: str
    """What was tested: `agency` or `gateway`."""
    subject: Mapping[str, str]
    """Code, address and road of the system under test, as they were given."""
    tables: Mapping[str, str]
    began_at: datetime
    ended_at: datetime
    results: Sequence[Result]
    selected: bool = False
    """Whether only some of the cases were asked for: then nothing is certified."""

    @property
    def is_conformant(self) -> bool:
        return not self.selected and not self.count(Verdict.FAILED)

    def count(self, verdict: Verdict) -> int:
        return sum(1 for one in self.results if one.verdict is verdict)

    def view(self) -> dict[str, Any]:
        """Return the certificate's content, JSON-ready."""
        return {
            "kit": {"name": "lienthong conformance", "version": version("lienthong")},
            "role": self.role,
            "subject": dict(self.subject),
            "tables": dict(self.tables),
            "began_at": _local(self.began_at),
            "ended_at": _local(self.ended_at),
            "conformant": self.is_conformant,
            "complete": not self.selected,
            "passed": self.count(Verdict.PASSED),
            "failed": self.count(Verdict.FAILED),
            "not_applicable": self.count(Verdict.NOT_APPLICABLE),
            "cases": [dict(one.view()) for one in self.results],
        }


def signing_key(path: Path) -> ECKey:
    """Return the key in a file (a private JWK), or make one there that only its owner can read."""
    if path.exists():
        return ECKey.import_key(orjson.loads(path.read_bytes()))
    key = ECKey.generate_key("P-256")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(orjson.dumps(key.as_dict(private=True)))
    return key


def sign(content: Mapping[str, Any], key: ECKey) -> dict[str, Any]:
    """Return the certificate as it is written: content, public key, signature."""
    header = {"alg": ALGORITHM, "kid": key.thumbprint()}
    return {
        "certificate": dict(content),
        "key": dict(key.as_dict(private=False)),
        "signature": jws.serialize_compact(header, _canonical(content), key),
    }


def verify(document: Any) -> tuple[dict[str, Any], str]:
    """Return the content of a genuine certificate and the thumbprint of the key that signed it.

    Raises NotGenuine if it was changed since, or is none. Anybody can sign with a key of their own:
    what is shown beside the thumbprint has to be a certificate's, and cannot be words that name
    another signer.
    """
    try:
        content, public = document["certificate"], ECKey.import_key(document["key"])
        signed = jws.deserialize_compact(document["signature"], public, algorithms=[ALGORITHM])
    except (KeyError, TypeError, ValueError, JoseError) as error:
        raise NotGenuine("the signature does not fit the key, or there is none") from error
    if not isinstance(content, dict) or not _is_readable(content):
        raise NotGenuine("it is no certificate of this kit")
    if signed.payload != _canonical(content):
        raise NotGenuine("the content is not what was signed")
    return content, public.thumbprint()


def _is_readable(content: Mapping[str, Any]) -> bool:
    """Whether what people are told of it in one line is as the kit writes it."""
    counts = [content.get(name) for name in ("passed", "failed", "not_applicable")]
    return (
        content.get("role") in ("agency", "gateway")
        and isinstance(content.get("conformant"), bool)
        and all(type(one) is int and 0 <= one < _MOST_CASES for one in counts)
        and all(_INSTANT.fullmatch(str(content.get(one))) for one in ("began_at", "ended_at"))
    )


def page(document: Mapping[str, Any]) -> str:
    """Return the certificate as one HTML page that needs nothing from elsewhere."""
    pages = Environment(
        loader=PackageLoader("gateway.conformance", "."), autoescape=True, undefined=StrictUndefined
    )
    _, thumbprint = verify(document)
    return pages.get_template("certificate.html.j2").render(
        document["certificate"], thumbprint=thumbprint, signature=document["signature"]
    )


def _local(instant: datetime) -> str:
    return instant.astimezone(VIETNAM).isoformat(timespec="seconds")


def _canonical(content: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(dict(content), option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise NotGenuine("it holds what the kit never writes") from error
