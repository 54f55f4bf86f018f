"""What a partner's codes mean for a delivery: one declared table per connector, never sentences.

A code is what the partner answered in a field made for it (a status, an error number), or what our
own road said (`timeout`). Text beside it may change with every version of the partner's software
and decides nothing. A code that no table lists is neither success nor refusal: it may come of a
call that took effect, so it is tried again as one of unknown outcome, and a person is told once.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from connectors.protocol import Delivered, Refused, Unreachable


class Means(StrEnum):
    """What follows from a code."""

    PERMANENT = "permanent"
    """It will not be taken, now or later: no retry, a person is told."""
    TRANSIENT = "transient"
    """It was not taken and may be later: tried again."""
    UNKNOWN = "unknown"
    """It may have been taken: asked after, where that can be, before it is sent again."""
    OURS = "ours"
    """We failed before anything left us: tried again, and it says nothing of the partner."""
    ALREADY = "already"
    """The partner has had it: delivered."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code, what it means, and in words why. `source` says where that is known from."""

    code: str
    means: Means
    says: str
    source: str = "ours"


class CodeTable:
    """The codes of one connector. `http-4xx` stands for every `http-4…` that is not listed."""

    def __init__(self, connector: str, codes: Iterable[Code]) -> None:
        self.connector = connector
        self._codes = {one.code: one for one in codes}

    def __repr__(self) -> str:
        return f"<CodeTable {self.connector}, {len(self._codes)} codes>"

    def __iter__(self) -> Iterator[Code]:
        return iter(self._codes.values())

    def __contains__(self, code: str) -> bool:
        return self.find(code) is not None

    def find(self, code: str) -> Code | None:
        """Return what is listed for a code."""
        return self._codes.get(code) or self._codes.get(_class_of(code))

    def outcome(
        self, code: str, detail: str, *, retry_after: float | None = None, sent: bool = True
    ) -> Delivered | Refused | Unreachable:
        """Return what a code comes to. `sent` is False where nothing can have left us yet."""
        listed = self.find(code)
        if listed is None:
            return Unreachable(plain_code(code), detail, retry_after, unknown=sent, unlisted=True)
        match listed.means:
            case Means.PERMANENT:
                return Refused(code, detail)
            case Means.TRANSIENT:
                return Unreachable(code, detail, retry_after)
            case Means.UNKNOWN:
                return Unreachable(code, detail, retry_after, unknown=sent)
            case Means.OURS:
                return Unreachable(code, detail, retry_after, ours=True)
            case Means.ALREADY:
                return Delivered(f"already: {code}")


_HTTP: Final = re.compile(r"http-([1-9])[0-9]{2}")
_STRANGE: Final = re.compile(r"[^A-Za-z0-9_.\-]")


def _class_of(code: str) -> str:
    found = _HTTP.fullmatch(code)
    return f"http-{found[1]}xx" if found else code


def plain_code(code: str) -> str:
    """Return what of a stranger's code may stand in logs and alarms."""
    return _STRANGE.sub("", code)[:40] or "unreadable"
