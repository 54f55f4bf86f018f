"""JSON pointers (RFC 6901) that say where a mistake is without repeating what was sent."""

import re
from collections.abc import Iterable
from typing import Final

# What may be a field's name. A key that looks like nothing of the kind could be data of a person,
# so a pointer stops above it.
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}|0|[1-9][0-9]{0,4}")


def escaped(token: object) -> str:
    """Write one token of a pointer."""
    return str(token).replace("~", "~0").replace("/", "~1")


def pointer_to(path: Iterable[object], base: str = "") -> str:
    """Point at a path of names and indexes below `base`, or at its nearest speakable ancestor."""
    pointer = base
    for token in path:
        text = str(token)
        if _NAME.fullmatch(text) is None:
            break
        pointer = f"{pointer}/{text}"
    return pointer
