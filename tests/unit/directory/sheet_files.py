"""Small directories as text, to be read, broken and compared."""

from pathlib import Path

from routing.directory import Directory, Sheets, packaged_sheets, read_directory
from routing.directory.sheets import AGENCIES, AGENCY_COLUMNS, ALIAS_COLUMNS, ALIASES
from routing.units import load_units

ROOT = "H31|province|committee.province||33|2025-07-01||||memory|law|Ủy ban nhân dân tỉnh Hưng Yên"
JUSTICE = "H31.11|province|justice.province|H31|33|2025-07-01||||unverified|law|Sở Tư pháp"


def sheets(*rows: str, version: str = "small-1", aliases: tuple[str, ...] = ()) -> Sheets:
    """Write rows with `|` between cells; an empty `code_is` is demo."""
    lines = [f"# version: {version}", "# source: a test", "\t".join(AGENCY_COLUMNS)]
    for row in rows:
        cells = row.split("|")
        if len(cells) > 8 and not cells[8]:
            cells[8] = "demo"
        lines.append("\t".join(cells))
    others = [
        "# version: " + version,
        "\t".join(ALIAS_COLUMNS),
        *(a.replace("|", "\t") for a in aliases),
    ]
    return Sheets("\n".join(lines) + "\n", "\n".join(others) + "\n")


def directory(*rows: str, version: str = "small-1") -> Directory:
    return read_directory(sheets(*rows, version=version), load_units()).directory(load_units())


def renamed(version: str, **changes: str) -> Sheets:
    """Return the packaged directory under another version, with words of its rows replaced."""
    packaged = packaged_sheets()
    text = packaged.agencies.replace("thai-binh-hung-yen-2026-11-25", version)
    for old, new in changes.items():
        assert old.replace("_", " ") in text
        text = text.replace(old.replace("_", " "), new)
    return Sheets(text, packaged.aliases)


def written(found: Sheets, folder: Path) -> Path:
    """Write both tables into a folder."""
    folder.mkdir(exist_ok=True)
    (folder / AGENCIES).write_text(found.agencies, "utf-8")
    (folder / ALIASES).write_text(found.aliases, "utf-8")
    return folder
