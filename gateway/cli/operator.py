"""``lienthong operator``: who may use /v1/operations. Needs the database, as every operator's act.

Bad input is one line on stderr and exit code 2.
"""

from datetime import timedelta
from typing import Annotated, Any

import orjson
import typer

from gateway.cli.asking import ask_pool, named_operator
from gateway.joining import operators as use
from gateway.joining.states import JoiningRefused
from gateway.operations.audit import By
from gateway.store.pool import Pool

app = typer.Typer(help="Clients with the role operator.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, not text.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The client's id.")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List them, those switched off too."""
    found = _run(use.list_operators)
    lines = [
        f"{one['name']}{'@' + one['scope'] if one['scope'] else ''}"
        f"{'  (off)' if one['disabled_at'] else ''}"
        for one in found
    ]
    _print(found, "\n".join(lines) or "Chưa có ai · nobody yet", as_json)


@app.command()
def add(
    name: Name,
    scope: Annotated[
        str | None, typer.Option(help="Confined to this agency and what lies below it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a client for an operator; its secret is printed this once."""
    made = _run(lambda pool: use.add_operator(pool, name, By(named_operator()), scope))
    _print(_secret(made), f"{made.client_id}\n  secret: {made.secret}", as_json)


@app.command()
def rotate(
    name: Name,
    overlap_hours: Annotated[int, typer.Option(min=0, max=720)] = 24,
    as_json: AsJson = False,
) -> None:
    """Make its next secret; the former one stays good for a while."""
    overlap = timedelta(hours=overlap_hours)
    by = By(named_operator())
    made = _run(lambda pool: use.renew_operator(pool, name, by, overlap=overlap))
    _print(_secret(made), f"{made.client_id}\n  secret: {made.secret}", as_json)


@app.command()
def drop(name: Name) -> None:
    """Switch it off."""

    async def act(pool: Pool) -> None:
        await use.drop_operator(pool, name, By(named_operator()))

    _run(act)
    typer.echo(f"{name}: đã tắt · off")


def _secret(made: Any) -> dict[str, str]:
    return {"client_id": made.client_id, "client_secret": made.secret}


def _print(document: Any, lines: str, as_json: bool) -> None:
    written = orjson.dumps(document, option=orjson.OPT_UTC_Z).decode() if as_json else lines
    typer.echo(written)


def _run(ask: Any) -> Any:
    return ask_pool("operator", ask, JoiningRefused)
