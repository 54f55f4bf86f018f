"""``lienthong report``: the forms and figures of a period, from books that the ledger fills.

Works on the database alone (LIENTHONG_DATABASE_URL). Figures say until when they go; gateways keep
the books. Bad input is one line on stderr and exit code 2.
"""

import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from gateway.cli.asking import ask_pool
from gateway.cli.configured import refuse
from gateway.cli.report_text import print_report
from gateway.reports.making import ReportName, make_report
from gateway.reports.period import BadPeriod, Period
from gateway.reports.question import BadQuestion, Question
from gateway.reports.recount import Difference, recount
from gateway.reports.recount import rebuild as rebuild_books
from gateway.reports.writers import Format, write_report
from gateway.rulebook import Rulebook, load_rulebook
from gateway.settings import Settings
from gateway.store.pool import Pool

app = typer.Typer(help="Forms and figures of a period.", no_args_is_help=True)

From = Annotated[str, typer.Option("--from", metavar="YYYY-MM-DD", help="The first day.")]
To = Annotated[str, typer.Option("--to", metavar="YYYY-MM-DD", help="The last day.")]
Agency = Annotated[str | None, typer.Option(help="Only this agency: code or alias.")]
Level = Annotated[str | None, typer.Option(help="Only agencies of this level, such as commune.")]
Field = Annotated[str | None, typer.Option(help="Only procedures of this field, such as land.")]
How = Annotated[str, typer.Option("--format", help="table, csv, xlsx or json.")]
Out = Annotated[Path | None, typer.Option("--out", help="Write to this file.", dir_okay=False)]
AsJson = Annotated[bool, typer.Option("--json", help="The same as --format json.")]


def _add(name: ReportName, says: str) -> None:
    @app.command(name.value, help=says)
    def command(
        from_: From,
        to: To,
        agency: Agency = None,
        level: Level = None,
        field: Field = None,
        how: How = "table",
        out: Out = None,
        as_json: AsJson = False,
    ) -> None:
        question = Question(_period(from_, to), agency, level, field)
        _report(name, question, "json" if as_json else how, out)


_add(ReportName.BIEU_06, "Biểu 06/VPCP/KSTT: dossiers by unit, thirteen columns.")
_add(ReportName.II_06A, "Biểu II.06a/VPCP/KSTT: dossiers by field at the one-stop centre.")
_add(ReportName.OUTCOMES, "Dossiers by outcome.")
_add(ReportName.ON_TIME, "On time by QĐ 766, beside the operational figure.")
_add(ReportName.AGENCY_TIME, "Time of each participating agency; of one agency, of each step.")


@app.command()
def check(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Empty the books and count the whole ledger anew.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Count the ledger again and compare: exit code 1 if the books differ."""

    async def checking(pool: Pool) -> list[Difference]:
        if rebuild:
            await rebuild_books(pool)
        return await recount(pool)

    found = _run(checking)
    if as_json:
        lines = [asdict(one) for one in found]
        typer.echo(orjson.dumps({"differences": lines}).decode())
    else:
        for one in found:
            typer.echo(f"{one.book}: booked {one.booked}, counted {one.counted}")
        typer.echo(f"{len(found)} difference(s)")
    if found:
        raise typer.Exit(1)


def _report(name: ReportName, question: Question, how: str, out: Path | None) -> None:
    written = _format(how)
    if written is Format.XLSX and out is None:
        raise _refuse("a spreadsheet needs a file: --out FILE")
    report = _run(lambda pool: make_report(pool, _rulebook(), name, question))
    if written is None:
        print_report(report, out)
        return
    body = write_report(report, written)
    if out is not None:
        out.write_bytes(body)
    else:
        sys.stdout.buffer.write(body + (b"\n" if written is Format.JSON else b""))


def _period(first: str, last: str) -> Period:
    try:
        return Period(date.fromisoformat(first), date.fromisoformat(last))
    except BadPeriod as error:
        raise _refuse(str(error)) from None
    except ValueError:
        raise _refuse("--from and --to are days: YYYY-MM-DD") from None


def _format(how: str) -> Format | None:
    """Read the format; None is a table for people."""
    if how == "table":
        return None
    try:
        return Format(how)
    except ValueError:
        raise _refuse("--format is table, csv, xlsx or json") from None


def _rulebook() -> Rulebook:
    """Load the tables that the gateways use; a report needs nothing else of their settings."""
    named = {
        name: os.environ.get(f"LIENTHONG_{name.upper()}", Settings.model_fields[name].default)
        for name in ("directory", "calendar")
    }
    return load_rulebook(named["directory"], named["calendar"])


def _run(ask: Callable[[Pool], Awaitable[Any]]) -> Any:
    return ask_pool("report", ask, BadQuestion, size=2)


def _refuse(reason: str) -> typer.Exit:
    return refuse("report", reason)
