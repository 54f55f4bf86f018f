"""An endpoint's secrets, by name.

`Endpoint.secret` is one secret, or a JSON object of them. What a partner shows us (`heard`) is
there only as its digest, `sha256:<hex>`, several with a space between while one is replaced; what
we show the partner has to be there as it is.
"""

import hmac
import re
from hashlib import sha256
from typing import Final

import orjson

from connectors.protocol import Endpoint

HEARD: Final = "heard"
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


def secret_of(endpoint: Endpoint, name: str) -> str | None:
    """Return the secret of this name; an endpoint with a single one has it under every name."""
    stored = endpoint.secret
    if stored is None or not stored.startswith("{"):
        return stored or None
    try:
        named = orjson.loads(stored)
    except orjson.JSONDecodeError:
        return None
    found = named.get(name)
    return found if isinstance(found, str) and found else None


def digest_of(secret: str) -> str:
    """Return what is stored of a secret that a partner will show."""
    return f"sha256:{sha256(secret.encode()).hexdigest()}"


def is_heard(endpoint: Endpoint, shown: object) -> bool:
    """Whether what was shown is a secret of this partner; a single plain secret never is."""
    stored = endpoint.secret or ""
    digests = (secret_of(endpoint, HEARD) or "").split() if stored.startswith("{") else []
    presented = digest_of(shown) if isinstance(shown, str) else ""
    good = [
        hmac.compare_digest(digest, presented)
        for digest in digests
        if _DIGEST.fullmatch(digest) is not None
    ]
    return any(good)
