"""References: which of what an agency calls a document is its number, and nothing else.

The ledger and every view may name an order by its number (số, ký hiệu: 12/TB-UBND), never by
words: a title can name a person. What is no plain number stays in the message, behind `cause`.
"""

from __future__ import annotations

import re
from typing import Final

# A number, then groups of capitals and digits as NĐ 30/2020 writes them: 12/TB-UBND, 03/2026/QĐ-X.
_NUMBERED: Final = re.compile(
    r"[0-9]{1,6}[a-z]?(?:[/.-](?:[A-ZĐƯƠÔÂĂÊ]{1,10}[0-9]{0,4}|[0-9]{1,6})){1,6}"
)
_MOST_DIGITS: Final = 8
"""Telephone and identity numbers have nine or more."""


def reference_of(document: str | None) -> str | None:
    """Return the document's number, or None where it may be anything else."""
    if document is None or _NUMBERED.fullmatch(document) is None:
        return None
    digits = sum(character.isdigit() for character in document)
    return document if digits <= _MOST_DIGITS else None
