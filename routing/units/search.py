"""Find administrative units by name, with or without accents.

Who types knows the name and not the code. A question with accents is compared with them, one
without ("a sao") without. Pure; the names are folded once.
"""

import unicodedata
from collections.abc import Iterator
from datetime import datetime
from functools import cache

from routing.units.model import Unit
from routing.units.table import Units


def find_units(units: Units, name: str, as_of: datetime | None) -> Iterator[Unit]:
    """Yield the units in force whose name has these words in it, in the order of their codes.

    The last word may be the beginning of one: "quynh ph". Without an instant, of all eras.
    """
    asked = f" {_composed(name)}"
    plain = _without_accents(asked)
    has_accents = plain != asked
    for unit, composed, bare in _names(units):
        if (asked in composed if has_accents else plain in bare) and (
            as_of is None or unit.in_force(as_of)
        ):
            yield unit


def folded(text: str) -> str:
    """Return a text as it is looked for without accents: "Đăng ký" is "dang ky"."""
    return _without_accents(_composed(text))


@cache
def _names(units: Units) -> tuple[tuple[Unit, str, str], ...]:
    """Every unit with its name in lower case, as it is and without accents; about 13,000."""
    ordered = sorted(units, key=lambda unit: unit.code)
    return tuple(
        (unit, composed, _without_accents(composed))
        for unit, composed in ((unit, f" {_composed(unit.name)}") for unit in ordered)
    )


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold()


def _without_accents(text: str) -> str:
    taken_apart = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(one for one in taken_apart if not unicodedata.combining(one))
