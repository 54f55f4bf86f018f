"""Writes routing/data/directory/thai-binh-hung-yen/*.tsv from the unit tables.

    python -m routing.data.generators.directory [--check]

A whole province on both sides of the reform: Thái Bình with its districts until 2025-07-01, the
Hưng Yên that it became part of from then on. Units are real. Codes below level 1 are constructed
by the form of QĐ 20/2020/QĐ-TTg and marked demo; that area bodies follow the former districts is
an assumption and marked unverified. `--check` compares instead of writing.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from routing.data.generators import legacy_tier, national_agencies, two_tiers
from routing.data.generators.rows import AgencyRow

NAME = "thai-binh-hung-yen"
GENERATED = "2026-11-22"
FOLDER = Path(__file__).parents[1] / "directory" / NAME

_QCVN_102 = re.compile(
    r"(?P<one>[A-Y]\d{2})(?:\.(?P<two>\d{2})(?:\.(?P<three>\d{2})(?:\.(?P<four>\d{3}))?)?)?"
)


def tables() -> dict[str, str]:
    """Build both tables; return file name → text."""
    rows = sorted(
        (*national_agencies.rows(), *legacy_tier.rows(), *two_tiers.rows()),
        key=lambda row: (row.code, row.begin),
    )
    return {
        "agencies.tsv": _text(
            "Agencies of Thái Bình (until 2025-07-01), of Hưng Yên (from then on), and national",
            "\t".join(AgencyRow.columns()),
            ("\t".join(row.fields()) for row in rows),
        ),
        "aliases.tsv": _text(
            "Other codes under which agencies are addressed",
            "alias\tcode\tform",
            (
                f"{alias}\t{code}\tQCVN 102:2016/BTTTT"
                for code in sorted({row.code for row in rows})
                if (alias := right_to_left(code)) is not None
            ),
        ),
    }


def right_to_left(code: str) -> str | None:
    """Return the QCVN 102 form of a code, or None where its groups do not fit that form."""
    found = _QCVN_102.fullmatch(code)
    if found is None:
        return None
    one, two, three, four = found["one"], found["two"], found["three"], found["four"]
    return f"{four or '000'}.{three or '00'}.{two or '00'}.{one}"


def _text(title: str, columns: str, rows: Iterator[str]) -> str:
    header = (
        f"# title: {title}",
        f"# version: {NAME}-{GENERATED}",
        "# source: constructed from the unit tables; see docs/directory.md",
        "# licence: EUPL-1.2 (unit names and codes: vietnamadminunits 1.0.4, MIT)",
        f"# generated: {GENERATED} by routing.data.generators.directory",
    )
    return "\n".join((*header, columns, *rows)) + "\n"


def main(arguments: list[str]) -> int:
    """Write the tables, or with --check tell whether the committed ones differ."""
    stale = 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in tables().items():
        path = FOLDER / name
        if "--check" in arguments:
            if path.read_text("utf-8") != text:
                print(f"{path} differs from what the generator makes", file=sys.stderr)
                stale = 1
        else:
            path.write_text(text, "utf-8")
    return stale


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
