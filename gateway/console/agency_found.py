"""Which agency somebody means who types: by its code, or by words of its name, accents or none.

    H31.15        H31.15 Thành phố Hưng Yên        pho hien        Phố Hiến

Only agencies that the asker may see are looked among: any other is one that does not exist.
"""

from collections.abc import Mapping
from typing import Final

from routing.units.search import folded

MOST: Final = 12
"""So many are shown to choose from."""


def agencies_meant(written: str, known: Mapping[str, str]) -> list[str]:
    """Return the codes that may be meant, the likeliest first; one where it is certain.

    A whole code or a whole name is certain, whatever else contains it.
    """
    code = written.partition(" ")[0].upper()
    if code in known:
        return [code]
    asked = f" {folded(written)}"
    whole, part = [], []
    for one, name in sorted(known.items(), key=lambda pair: (len(pair[1]), pair[0])):
        held = f" {folded(name)}"
        if held == asked:
            whole.append(one)
        elif asked in held:
            part.append(one)
    return whole if len(whole) == 1 else whole + part
