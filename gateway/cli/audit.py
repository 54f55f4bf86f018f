"""``lienthong audit``: who decided what, about whom, when and why, before and after.

Works on the database alone. Bad input is one line on stderr and exit code 2.
"""

from typing import Annotated, Any

import orjson
import typer

from gateway.cli.asking import ask_pool
from gateway.operations.audit import list_audit
from routing.data.tables import VIETNAM

app = typer.Typer(help="The audit trail.", no_args_is_help=True)
app.callback()(lambda: None)  # with a single command typer would drop its name


@app.command("list")
def list_(
    of: Annotated[
        str | None, typer.Option("--of", help="Only about this one: an agency's code.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not text.")] = False,
) -> None:
    """List the newest entries first: decisions about agencies, and acts on dossiers."""
    found = ask_pool("audit", lambda pool: list_audit(pool, subject=of, limit=limit))
    if as_json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_UTC_Z).decode())
    elif not found:
        typer.echo("Chưa có gì · nothing yet")
    else:
        typer.echo("\n".join(_line(one) for one in found))


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
