"""``lienthong audit``: who decided what, about whom, when and why, before and after.

Works on the database alone. Bad input is one line on stderr and exit code 2.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any

import orjson
import typer

from gateway.cli.asking import ask_pool
from gateway.cli.configured import refuse
from gateway.operations.audit import PERSON
from gateway.operations.trail import KINDS, TrailQuestion, read_trail
from routing.data.tables import VIETNAM, legal_midnight

app = typer.Typer(help="The audit trail.", no_args_is_help=True)
app.callback()(lambda: None)  # with a single command typer would drop its name


@app.command("list")
def list_(
    of: Annotated[
        str | None,
        typer.Option("--of", help="Only about this: an agency, a dossier, a sign-in name."),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="Only by this one: a sign-in name, or an actor.")
    ] = None,
    act: Annotated[
        str | None, typer.Option("--act", help=f"Only this act, or of {', '.join(KINDS)}.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="The first day.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="The last day.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not text.")] = False,
) -> None:
    """List the newest entries first: decisions about agencies, and acts on dossiers."""
    actor = by if by is None or ":" in by else PERSON + by
    acts = None if act is None else KINDS.get(act, (act,))
    period = _day(since, timedelta()), _day(until, timedelta(days=1))
    question = TrailQuestion(actor, acts, of, *period)
    found = ask_pool("audit", lambda pool: read_trail(pool, question, limit=limit))
    if as_json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_UTC_Z).decode())
    elif not found:
        typer.echo("Chưa có gì · nothing yet")
    else:
        typer.echo("\n".join(_line(one) for one in found))


def _day(written: str | None, more: timedelta) -> datetime | None:
    try:
        return None if written is None else legal_midnight(written) + more
    except ValueError:
        raise refuse("audit", "--from and --to are days: YYYY-MM-DD") from None


def _line(entry: dict[str, Any]) -> str:
    at = f"{entry['at'].astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"
    line = f"{at}  {entry['act']:<22} {entry['subject']:<14} {entry['actor']}"
    if entry["reason"]:
        line += f"\n  {entry['reason']}"
    changed = _changed(entry["before"] or {}, entry["after"] or {})
    return line + (f"\n  {changed}" if changed else "")


def _changed(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Say what differs, name by name; what was never there is no change."""
    names = [name for name in after if before.get(name) != after[name]]
    return "; ".join(f"{one}: {_short(before.get(one))} → {_short(after[one])}" for one in names)


def _short(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
