"""Loads a packaged directory: routing/data/directory/<name>/{agencies,aliases}.tsv."""

from functools import cache
from importlib.resources import files

from routing.directory.directory import Directory
from routing.directory.reading import read_directory
from routing.directory.sheets import AGENCIES, ALIASES, Sheets
from routing.units import load_units


@cache
def load_directory(name: str = "thai-binh-hung-yen") -> Directory:
    """Load the packaged directory of this name (the same object every time)."""
    units = load_units()
    return read_directory(packaged_sheets(name), units).directory(units)


def packaged_sheets(name: str = "thai-binh-hung-yen") -> Sheets:
    """Return the text of the packaged directory of this name."""
    folder = files("routing").joinpath("data", "directory", name)
    return Sheets(
        agencies=folder.joinpath(AGENCIES).read_text("utf-8"),
        aliases=folder.joinpath(ALIASES).read_text("utf-8"),
    )
