"""Which directory a command works on: a path, a version, or the one that rules.

Without a database (LIENTHONG_DATABASE_URL) the packaged one rules, and versions are not known;
files are read in either case.
"""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli.asking import ask_pool, ask_without_pool
from gateway.cli.configured import refuse
from gateway.operations import directories as use
from gateway.operations.directories import DirectoryRefused
from gateway.operations.directory_files import read_files
from gateway.store.pool import Pool
from routing.directory import Directory, Sheets
from routing.units import load_units

Chosen = Annotated[
    str | None,
    typer.Option(
        "--directory", metavar="PATH|VERSION", help="Which directory; default the one that rules."
    ),
]


def chosen_directory(named: str | None, command: str = "directory") -> Directory:
    """Return the directory of a path or version, or the one that rules; refuse in one line."""
    if named is not None and (sheets := sheets_at(named, command)) is not None:
        try:
            return use.read(sheets, load_units()).directory(load_units())
        except DirectoryRefused as refused:
            raise refuse(command, str(refused)) from None

    async def ask(pool: Pool | None) -> Directory:
        if named is None:
            return await use.read_ruling(pool, load_units())
        return await use.read_version(pool, named, load_units())

    found: Directory = ask_if_stored(ask, command)
    return found


def sheets_at(named: str, command: str = "directory") -> Sheets | None:
    """Return the tables at a path, or None if there is nothing at it and it names a version."""
    path = Path(named)
    if not path.exists():
        if "/" in named:
            raise refuse(command, f"{named[:80]} does not exist")
        return None
    try:
        return read_files(path)
    except DirectoryRefused as refused:
        raise refuse(command, str(refused)) from None


def ask_if_stored(ask: Callable[[Pool | None], Awaitable[Any]], command: str = "directory") -> Any:
    """Ask with the database, or without one if none is named; refusals in one line."""
    if os.environ.get("LIENTHONG_DATABASE_URL"):
        return ask_pool(command, ask, DirectoryRefused)
    return ask_without_pool(command, ask, DirectoryRefused)
