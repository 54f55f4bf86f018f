"""``lienthong dvcqg``: the national portal's side of the dossiers that it follows.

Works on the database and the portal's own address; asks only, changes nothing. Bad input is one
line on stderr and exit code 2; differences are exit code 1.
"""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import orjson
import typer

from gateway.cli.asking import ask_pool
from gateway.cli.configured import refuse
from gateway.operations.reconciling import Reconciled, ReconcileRefused, reconcile

app = typer.Typer(help="What the national portal shows of our dossiers.", no_args_is_help=True)

PORTAL = "G22.99.01"
_COMMAND = "dvcqg"


@app.callback()
def _commands() -> None:
    """Have `reconcile` named, though it is the only command so far."""


@app.command("reconcile")
def reconcile_command(
    agency: Annotated[str, typer.Option(help="The portal's code in the directory.")] = PORTAL,
    days: Annotated[int, typer.Option(help="Dossiers submitted in so many days.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not text.")] = False,
) -> None:
    """Ask the portal what it shows of each dossier, and list what stands otherwise here."""
    if not 1 <= days <= 3650:
        raise refuse(_COMMAND, "--days is 1 to 3650")
    since = datetime.now(UTC) - timedelta(days=days)
    found: Reconciled = ask_pool(
        _COMMAND, lambda pool: _reconciled(pool, agency, since, quiet=as_json), ReconcileRefused
    )
    typer.echo(_json(found) if as_json else _text(found))
    if found.differences or found.in_doubt or not found.is_whole:
        raise typer.Exit(1)


async def _reconciled(pool: Any, agency: str, since: datetime, *, quiet: bool) -> Reconciled:
    from rich.console import Console
    from rich.progress import Progress

    from connectors.dialects.caller import DialectCaller
    from routing.policies import load_policies

    caller = DialectCaller("dvcqg", mapping="dvcqg")
    try:
        with Progress(console=Console(stderr=True), disable=quiet, transient=True) as bar:
            task = bar.add_task("asking the portal", total=None)
            return await reconcile(
                pool,
                load_policies(),
                caller,
                agency,
                since=since,
                on_progress=lambda n: bar.advance(task, n),
            )
    finally:
        await caller.aclose()


def _json(found: Reconciled) -> str:
    document = {
        "agency": found.agency,
        "whole": found.is_whole,
        "counts": dict(found.counts),
        "differences": [asdict(one) for one in found.differences],
        "in_doubt": found.in_doubt,
    }
    return orjson.dumps(document).decode()


def _text(found: Reconciled) -> str:
    lines = [
        f"{one.dossier}  ours {one.ours}, theirs {one.theirs}"
        + (f" ({one.code})" if one.code else "")
        for one in found.differences
    ]
    lines += [f"{dossier}  a line of progress may be missing there" for dossier in found.in_doubt]
    waiting, same = found.counts["on-its-way"], found.counts["same"]
    lines.append(f"{same} the same, {len(found.differences)} not, {waiting} still on their way")
    if not found.is_whole:
        lines.append("stopped: the portal does not answer")
    return "\n".join(lines)
