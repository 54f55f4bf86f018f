"""``lienthong calendar``: working calendars, from a reviewed file to the clocks that count by it.

`check` needs nothing; `list` and `show` read the packaged versions where LIENTHONG_DATABASE_URL is
not set; everything else works on the database alone, so also while no gateway runs. Bad input is
one line on stderr and exit code 2.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer

from gateway.cli import calendar_text as text
from gateway.cli.asking import ask_offline, named_operator
from gateway.cli.configured import refuse
from gateway.clock import SystemClock
from gateway.operations import calendars as use
from gateway.operations import recalendar
from gateway.operations.acts import ActRefused
from gateway.operations.calendars import CalendarRefused
from gateway.operations.offline import Offline
from routing.data.tables import VIETNAM
from routing.legaltime import (
    CalendarNotLoaded,
    Calendars,
    WorkCalendar,
    calendar_versions,
    load_calendar,
)
from routing.policies import load_policies
from routing.procedures import load_catalogue
from routing.reach import Reach, reach_until

_PATIENCE = 600.0
"""Seconds that applying may take here; what is left then goes on in a gateway."""

app = typer.Typer(help="Working calendars and what they move.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, not text.")]
Pin = Annotated[str, typer.Argument(metavar="NAME@VERSION", help="An imported version.")]
Agencies = Annotated[
    list[str] | None, typer.Option(help="Only hops of these agencies, and totals they submitted.")
]
Transfers = Annotated[list[str] | None, typer.Option(help="Only these transfers.")]
File = Annotated[Path, typer.Argument(help="A calendar file (docs/legal-time.md).")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List every version: packaged, imported, approved."""

    async def ask(offline: Offline) -> list[use.View]:
        return await use.list_calendars(offline.pool, offline.rulebook.calendars)

    views = _run(ask) if _url() else asyncio.run(use.list_calendars(None, _packaged()))
    _print(views, text.versions(views, _reach(views)), as_json)


@app.command()
def show(
    name: Annotated[
        str, typer.Argument(metavar="NAME[@VERSION]", help="The newest, if no version.")
    ],
    year: Annotated[int | None, typer.Option(min=1900, max=2199, help="Only this year.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the days that differ from the ordinary week, with what each rests on."""

    async def ask(offline: Offline) -> WorkCalendar:
        return await use.find_calendar(offline.pool, name, offline.rulebook.calendars)

    found = _run(ask) if _url() else _found(name, _packaged())
    years = range(found.known_from.year, found.known_until.year + 1) if year is None else (year,)
    days = {one: use.days_of(found, one) for one in years}
    view = {**use.describe(found), "days": [day for one in days.values() for day in one]}
    _print(view, text.days(found, days), as_json)


@app.command()
def check(file: File, as_json: AsJson = False) -> None:
    """Read a file strictly, and say what it would change; nothing is stored."""
    try:
        view = use.examine(use.read_document(_text(file)), _packaged())
    except CalendarRefused as refused:
        raise _refuse(str(refused)) from None
    _print(view, text.examined(view), as_json)


@app.command("import")
def import_(file: File, as_json: AsJson = False) -> None:
    """Store a reviewed file as a version; it decides nothing before it is approved."""
    document = _text(file)

    async def act(offline: Offline) -> use.View:
        return await use.import_calendar(
            offline.pool, document, named_operator(), offline.rulebook.calendars
        )

    view = _run(act)
    _print(view, text.examined(view), as_json)


@app.command()
def approve(
    pin: Pin,
    alone: Annotated[
        bool, typer.Option("--alone", help="Though you imported it; it stands in the trail.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let clocks count by an imported version that start from now on; others keep theirs."""

    async def act(offline: Offline) -> use.View:
        return await use.approve_calendar(
            offline.pool,
            pin,
            named_operator(),
            offline.rulebook.calendars,
            offline.now,
            alone=alone,
        )

    view = _run(act)
    _print(view, text.examined(view), as_json)


@app.command()
def diff(
    pin: Pin, agency: Agencies = None, transfer: Transfers = None, as_json: AsJson = False
) -> None:
    """Show which open deadlines a version moves, both values; also before it is approved."""
    transfers = _ids(transfer)

    async def ask(offline: Offline) -> list[recalendar.Move]:
        known = await use.calendars_with(offline.pool, pin, offline.rulebook.calendars)
        return await recalendar.list_moves(
            offline.pool, known, pin, agencies=agency, transfers=transfers
        )

    moves = _run(ask)
    document = {**recalendar.summed_up(moves), "deadlines": [move.view() for move in moves]}
    _print(document, text.moves(pin, document), as_json)


@app.command()
def apply(
    pin: Pin,
    reason: Annotated[str, typer.Option(help="Why, for people. Kept; no personal data.")],
    every: Annotated[bool, typer.Option("--all", help="All that `diff` shows.")] = False,
    agency: Agencies = None,
    transfer: Transfers = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Freeze the list; do nothing before resume.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let running clocks count by an approved version: those that are named, and no others."""
    if every == bool(agency or transfer):
        raise _refuse("say which: --all, or else --agency or --transfer")
    transfers = _ids(transfer)

    async def act(offline: Offline) -> list[use.View]:
        calendars = offline.rulebook.calendars
        order = recalendar.ordered(named_operator(), reason, pin, calendars)
        moves = await recalendar.list_moves(
            offline.pool, calendars, pin, agencies=agency, transfers=transfers
        )
        return await recalendar.apply_moves(
            offline.pool, offline.runner, order, moves, dry_run=dry_run, seconds=_PATIENCE
        )

    views = _run(act)
    _print(views, text.applied(views), as_json)
    if not dry_run and not any(view["outcomes"].get("done") for view in views):
        raise typer.Exit(1)


def _ids(written: list[str] | None) -> list[UUID] | None:
    try:
        return [UUID(one) for one in written] if written else None
    except ValueError:
        raise _refuse("--transfer takes the id of a transfer") from None


def _reach(views: list[use.View]) -> Reach:
    """Say how far the newest base that decides is known."""
    deciding = [v for v in views if v["kind"] == "base" and v["state"] != "imported"]
    newest = max(deciding, key=lambda view: str(view["version"]))
    return reach_until(
        str(newest["calendar"]),
        newest["known_until"],
        load_catalogue(),
        load_policies(),
        SystemClock().now().astimezone(VIETNAM),
    )


def _packaged() -> Calendars:
    return Calendars(load_calendar("vn", version) for version in calendar_versions("vn"))


def _found(name: str, calendars: Calendars) -> WorkCalendar:
    try:
        return use.known_calendar(name, calendars)
    except (CalendarRefused, CalendarNotLoaded) as refused:
        raise _refuse(str(refused)) from None


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > use.MOST_BYTES:
            raise _refuse(f"{file.name} is larger than {use.MOST_BYTES // 1024} KiB")
        return file.read_text("utf-8")
    except OSError as error:
        raise _refuse(f"{file.name}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise _refuse(f"{file.name} is not UTF-8 text") from None


def _url() -> str | None:
    return os.environ.get("LIENTHONG_DATABASE_URL")


def _print(document: Any, told: str, as_json: bool) -> None:
    typer.echo(orjson.dumps(document, option=orjson.OPT_UTC_Z).decode() if as_json else told)


def _run(ask: Callable[[Offline], Awaitable[Any]]) -> Any:
    return ask_offline("calendar", ask, ActRefused, CalendarRefused)


def _refuse(reason: str) -> typer.Exit:
    return refuse("calendar", reason)
