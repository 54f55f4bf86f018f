"""Writes JSON-ready values as YAML that people can read. Texts are always quoted, as in JSON.

A subset of YAML 1.2 that YAML 1.1 parsers read alike, so that no YAML library is needed.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

_PLAIN_KEY: Final = re.compile(r"[A-Za-z$_][A-Za-z0-9$_./-]*")
# YAML 1.1 reads these words as booleans or null.
_NOT_PLAIN: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def yaml_text(value: Any) -> str:
    """Write one value as a YAML document."""
    return "\n".join(_lines(value, 0)) + "\n"


def _lines(value: Any, depth: int) -> Iterator[str]:
    indent = "  " * depth
    if isinstance(value, dict) and value:
        for key, member in value.items():
            yield from _entry(f"{indent}{_key(key)}:", member, depth)
    elif isinstance(value, list) and value:
        for member in value:
            yield from _entry(f"{indent}-", member, depth)
    else:
        yield indent + _scalar(value)


def _entry(head: str, member: Any, depth: int) -> Iterator[str]:
    if isinstance(member, dict | list) and member:
        yield head
        yield from _lines(member, depth + 1)
    else:
        yield f"{head} {_scalar(member)}"


def _scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _key(key: str) -> str:
    plain = _PLAIN_KEY.fullmatch(key) and key.lower() not in _NOT_PLAIN
    return key if plain else _scalar(key)
