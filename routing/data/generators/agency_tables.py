"""Agency rows as the two tables of a directory."""

import re
from collections.abc import Iterable

from routing.data.generators.rows import AgencyRow
from routing.directory.sheets import ALIAS_COLUMNS, Sheets

_QCVN_102 = re.compile(
    r"(?P<one>[A-Y]\d{2})(?:\.(?P<two>\d{2})(?:\.(?P<three>\d{2})(?:\.(?P<four>\d{3}))?)?)?"
)


def sheets(
    found: Iterable[AgencyRow], *, version: str, title: str, generated: str, source: str
) -> Sheets:
    """Write rows in order of code and time, and the older form of the codes that have one."""
    rows = sorted(found, key=lambda row: (row.code, row.begin))
    header = (
        f"# version: {version}",
        f"# source: {source}",
        "# licence: EUPL-1.2 (unit names and codes: vietnamadminunits 1.0.4, MIT)",
        f"# generated: {generated}",
    )
    return Sheets(
        agencies=_text(
            f"# title: {title}",
            *header,
            "\t".join(AgencyRow.columns()),
            *("\t".join(row.fields()) for row in rows),
        ),
        aliases=_text(
            "# title: Other codes under which agencies are addressed",
            *header,
            "\t".join(ALIAS_COLUMNS),
            *(
                f"{alias}\t{code}\tQCVN 102:2016/BTTTT"
                for code in sorted({row.code for row in rows})
                if (alias := right_to_left(code)) is not None
            ),
        ),
    )


def right_to_left(code: str) -> str | None:
    """Return the QCVN 102 form of a code, or None where its groups do not fit that form."""
    found = _QCVN_102.fullmatch(code)
    if found is None:
        return None
    one, two, three, four = found["one"], found["two"], found["three"], found["four"]
    return f"{four or '000'}.{three or '00'}.{two or '00'}.{one}"


def _text(*lines: str) -> str:
    return "\n".join(lines) + "\n"
