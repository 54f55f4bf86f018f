"""Writes routing/data/directory/thai-binh-hung-yen/*.tsv from the unit tables.

    python -m routing.data.generators.directory [--check]

A whole province on both sides of the reform: Thái Bình with its districts until 2025-07-01, the
Hưng Yên that it became part of from then on. Units are real. Codes below level 1 are constructed
by the form of QĐ 20/2020/QĐ-TTg and marked demo; that area bodies follow the former districts is
an assumption and marked unverified. Each row is one of the whole country's (`national.py`).
`--check` compares instead of writing.
"""

import sys
from pathlib import Path

from routing.data.generators import agency_tables, legacy_tier, national_agencies, two_tiers
from routing.directory.sheets import AGENCIES, ALIASES

NAME = "thai-binh-hung-yen"
GENERATED = "2026-11-25"
FOLDER = Path(__file__).parents[1] / "directory" / NAME
THAI_BINH, HUNG_YEN = "34", "33"


def tables() -> dict[str, str]:
    """Build both tables; return file name → text."""
    found = agency_tables.sheets(
        (
            *national_agencies.rows(),
            *legacy_tier.rows(THAI_BINH),
            *two_tiers.rows(HUNG_YEN),
        ),
        version=f"{NAME}-{GENERATED}",
        title="Agencies of Thái Bình (until 2025-07-01), of Hưng Yên (from then on), and national",
        source="constructed from the unit tables; see docs/directory.md",
        generated=f"{GENERATED} by routing.data.generators.directory",
    )
    return {AGENCIES: found.agencies, ALIASES: found.aliases}


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
