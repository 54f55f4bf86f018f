"""Writes routing/data/units/*.tsv from the wheel of vietnamadminunits 1.0.4 (MIT).

    python -m routing.data.generators.units [--check]

The wheel keeps its old-to-new mapping by normalised names; here it is joined to codes once, and
every key must meet exactly one code. The wheel guesses a default target for a split unit; we do
not take it: a split unit keeps all its targets. `--check` compares instead of writing.
"""

import importlib.metadata
import importlib.util
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

SOURCE_VERSION = "1.0.4"
GENERATED = "2026-11-22"
REFORM = "2025-07-01"
KNOWN_FROM = "2025-03-01"
"""The wheel does not say since when its 63/696/10,035 list holds. The last rearrangement before
the reform took effect during the first two months of 2025 (unverified), so nothing earlier is
answered."""

FOLDER = Path(__file__).parents[1] / "units"

LICENCE = "MIT, Copyright (c) 2025 Tran Ngoc Minh Hieu"
LAW = "NQ 202/2025/QH15; QĐ 19/2025/QĐ-TTg"

Row = tuple[str, ...]


def tables() -> dict[str, str]:
    """Build every table; return file name → text."""
    installed = importlib.metadata.version("vietnamadminunits")
    if installed != SOURCE_VERSION:
        raise SystemExit(f"vietnamadminunits {SOURCE_VERSION} is needed, {installed} is installed")
    spec = importlib.util.find_spec("vietnamadminunits")
    assert spec is not None
    assert spec.origin is not None
    data = Path(spec.origin).parent / "data"
    converter = json.loads((data / "converter_2025.json").read_text("utf-8"))
    with closing(sqlite3.connect(f"file:{data / 'dataset.db'}?mode=ro", uri=True)) as database:
        return {
            "legacy.tsv": _text(
                "Units of the three-tier era: 63 provinces, 696 districts, 10,035 communes",
                {"valid": f"[{KNOWN_FROM}, {REFORM})", "law": "until NQ 202/2025/QH15"},
                ("code", "parent", "name"),
                _legacy_units(database),
            ),
            "current.tsv": _text(
                "Units of the two-tier era: 34 provinces, 3,321 communes",
                {"valid": f"[{REFORM}, )", "law": LAW},
                ("code", "parent", "name"),
                _current_units(database),
            ),
            "succession.tsv": _text(
                "In which current units each abolished or continued legacy unit lies",
                {"valid": f"at {REFORM}", "law": LAW, "split": "several targets: ambiguous"},
                ("legacy", "current"),
                _succession(database, converter),
            ),
        }


def _legacy_units(database: sqlite3.Connection) -> Iterator[Row]:
    yield from _rows(
        database,
        "SELECT DISTINCT provinceCode, '', province FROM admin_units_legacy",
        "SELECT DISTINCT districtCode, provinceCode, district FROM admin_units_legacy",
        "SELECT wardCode, districtCode, ward FROM admin_units_legacy WHERE wardCode IS NOT NULL",
    )


def _current_units(database: sqlite3.Connection) -> Iterator[Row]:
    yield from _rows(
        database,
        "SELECT DISTINCT provinceCode, '', province FROM admin_units",
        "SELECT wardCode, provinceCode, ward FROM admin_units",
    )


def _rows(database: sqlite3.Connection, *queries: str) -> Iterator[Row]:
    for query in queries:
        yield from database.execute(f"{query} ORDER BY 1")


def _succession(database: sqlite3.Connection, converter: dict[str, dict[str, object]]) -> list[Row]:
    provinces = _sole(
        database.execute("SELECT DISTINCT provinceKey, provinceCode FROM admin_units"),
    )
    legacy_provinces = _sole(
        database.execute("SELECT DISTINCT provinceKey, provinceCode FROM admin_units_legacy"),
    )
    current = _sole(
        database.execute("SELECT provinceKey || '_' || wardKey, wardCode FROM admin_units"),
    )
    legacy = _sole(
        database.execute(
            "SELECT provinceKey || '_' || districtKey || '_' || coalesce(wardKey, ''),"
            " coalesce(wardCode, districtCode) FROM admin_units_legacy"
        ),
    )
    targets: dict[str, set[str]] = {}
    for new, olds in _mapping(converter["DICT_PROVINCE"]):
        for old in olds:
            targets.setdefault(legacy_provinces[old], set()).add(provinces[new])
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for new, olds in _mapping(wards):
            for old in olds:
                targets.setdefault(legacy[old], set()).add(current[f"{province}_{new}"])
    for province, wards in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, news in _mapping(wards):
            for new in news:
                targets.setdefault(legacy[old], set()).add(
                    current[f"{province}_{new['newWardKey']}"]
                )
    return sorted(
        ((old, " ".join(sorted(news))) for old, news in targets.items()),
        key=lambda row: (len(row[0]), row[0]),
    )


def _mapping(value: object) -> Iterable[tuple[str, list]]:  # type: ignore[type-arg]
    assert isinstance(value, dict)
    return value.items()


def _sole(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, code in pairs:
        if found.setdefault(key, code) != code:
            raise SystemExit(f"{key} names both {found[key]} and {code}")
    return found


def _text(title: str, facts: dict[str, str], columns: Row, rows: Iterable[Row]) -> str:
    header = {
        "title": title,
        "source": f"vietnamadminunits {SOURCE_VERSION}",
        "licence": LICENCE,
        "generated": f"{GENERATED} by routing.data.generators.units",
        **facts,
    }
    lines = [f"# {key}: {value}" for key, value in header.items()]
    lines += ["\t".join(row) for row in (columns, *rows)]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the tables, or with --check tell whether the committed ones differ."""
    stale = 0
    for name, text in tables().items():
        path = FOLDER / name
        if "--check" in arguments:
            if path.read_text("utf-8") != text:
                print(f"{path} differs from its source", file=sys.stderr)
                stale = 1
        else:
            path.write_text(text, "utf-8")
    return stale


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
