"""``lienthong directory``: from reviewed files to the directory that rules.

`check` needs no database for files. `import` and `approve` work on the database alone, so also
while no gateway runs; those that run follow within seconds. Bad input is one line on stderr and
exit code 2; faults in a file are listed on stdout, each with its line and column.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import Progress

from gateway.cli import directory_text as text
from gateway.cli.asking import ask_pool, named_operator
from gateway.cli.chosen_directory import ask_if_stored, chosen_directory, sheets_at
from gateway.cli.configured import refuse
from gateway.clock import SystemClock
from gateway.operations import directories as use
from gateway.operations.directories import DirectoryRefused
from gateway.operations.directory_changes import difference_view
from gateway.operations.directory_files import read_files
from gateway.store.pool import Pool
from routing.directory import DirectoryRead, Sheets, load_directory
from routing.directory.difference import compare
from routing.directory.findings import Severity
from routing.legaltime import load_calendar
from routing.procedures import load_catalogue
from routing.survey import survey
from routing.units import load_units

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, not text.")]
Files = Annotated[
    Path, typer.Argument(metavar="DIR|FILE", help="A folder, or a .zip or .tar of one.")
]
Named = Annotated[str, typer.Argument(metavar="DIR|FILE|VERSION")]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command()(versions)
    app.command("import")(import_)
    app.command()(check)
    app.command()(diff)
    app.command()(approve)


def versions(as_json: AsJson = False) -> None:
    """List every version: packaged, imported, approved; and which one rules."""

    async def ask(pool: Pool | None) -> list[use.View]:
        return await use.list_versions(pool, load_directory())

    views = ask_if_stored(ask)
    _print(views, text.versions(views), as_json)


def import_(path: Files, as_json: AsJson = False) -> None:
    """Store a reviewed directory as a version; it decides nothing before it is approved."""
    try:
        sheets = read_files(path)
    except DirectoryRefused as refused:
        raise _refuse(str(refused)) from None
    _read(sheets, as_json, code=2)

    async def act(pool: Pool) -> use.View:
        return await use.import_directory(pool, sheets, named_operator(), load_units())

    view = ask_pool("directory", act, DirectoryRefused)
    _print(view, text.versions([view]), as_json)


def check(named: Named, as_json: AsJson = False) -> None:
    """Check a directory with all procedures: does each step resolve wherever it can start?"""
    sheets = sheets_at(named)
    if sheets is not None:
        directory = _read(sheets, as_json, code=1).directory(load_units())
    else:
        directory = chosen_directory(named)
    with _progress() as tell:
        found = survey(load_catalogue(), directory, load_units(), load_calendar("vn"), tell)
    version = directory.version
    _print(use.findings_view(version, found), text.findings(version, found), as_json)
    if any(one.severity is not Severity.NOTE for one in found):
        raise typer.Exit(1)


def diff(
    one: Named,
    other: Annotated[
        str | None, typer.Argument(metavar="[DIR|FILE|VERSION]", help="The later, if two.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a directory changes beside the one that rules, or what the second of two does."""
    before, after = chosen_directory(None if other is None else one), chosen_directory(other or one)
    view = difference_view(compare(before, after, load_units()), SystemClock().now())
    _print(view, text.difference(view), as_json)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show on stderr how far a check has come, if somebody is looking."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("kiểm tra · checking", total=None)
        yield lambda done, parts: bar.update(task, completed=done, total=parts)


def approve(
    version: Annotated[str, typer.Argument(help="An imported version.")],
    reason: Annotated[str, typer.Option(help="Why, for people. Kept; no personal data.")],
    despite_findings: Annotated[
        bool, typer.Option("--despite-findings", help="Let it rule though its check is not clean.")
    ] = False,
    alone: Annotated[
        bool, typer.Option("--alone", help="Though you imported it; it stands in the trail.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let an imported version rule, in every gateway within seconds."""
    if not 3 <= len(reason) <= 500 or not reason.isprintable():
        raise _refuse("--reason is one line of 3 to 500 characters")

    async def act(pool: Pool) -> use.View:
        return await use.approve_directory(
            pool,
            version,
            named_operator(),
            reason,
            load_catalogue(),
            load_units(),
            despite_findings=despite_findings,
            alone=alone,
        )

    view = ask_pool("directory", act, DirectoryRefused)
    _print(view, text.versions([view]), as_json)


def _read(sheets: Sheets, as_json: bool, *, code: int) -> DirectoryRead:
    """Return what was read, or list the faults on stdout and end with this code."""
    try:
        return use.read(sheets, load_units())
    except DirectoryRefused as refused:
        _print(use.faults_view(refused), text.faults(refused), as_json)
        noun = "fault" if refused.count == 1 else "faults"
        typer.echo(f"lienthong directory: {refused.count} {noun}", err=True)
        raise typer.Exit(code) from None


def _print(document: Any, told: str, as_json: bool) -> None:
    typer.echo(orjson.dumps(document, option=orjson.OPT_UTC_Z).decode() if as_json else told)


def _refuse(reason: str) -> typer.Exit:
    return refuse("directory", reason)
