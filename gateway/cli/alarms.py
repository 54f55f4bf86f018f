"""``lienthong alarms``: what the gateway itself noticed, and taking note of it.

Works on the database alone (LIENTHONG_DATABASE_URL), so also while no gateway runs. Bad input is
one line on stderr and exit code 2; an alarm that is not open any more ends with exit code 1.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer

from gateway.cli.asking import ask_pool, named_operator, read_id
from gateway.cli.configured import refuse
from gateway.operations.alarms import acknowledge_alarm, list_alarms
from gateway.store.pool import Pool
from routing.data.tables import VIETNAM

app = typer.Typer(help="What the gateway is alarmed about.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, not text.")]


@app.command("list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    as_json: AsJson = False,
) -> None:
    """List open alarms, newest first."""
    found = _run(lambda pool: list_alarms(pool, cleared=every, limit=limit))
    if as_json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_UTC_Z).decode())
    elif not found:
        typer.echo("Không có cảnh báo nào · no alarms")
    else:
        typer.echo("\n".join(_text(one) for one in found))


@app.command()
def acknowledge(
    alarms: Annotated[list[str], typer.Argument(metavar="ALARM...", help="Ids of alarms.")],
) -> None:
    """Take note of alarms; they stay open until what raised them is over."""
    wanted = [_id(one) for one in alarms]
    by = named_operator()

    async def note(pool: Pool) -> list[UUID]:
        return [one for one in wanted if await acknowledge_alarm(pool, one, by=by) is None]

    missing = _run(note)
    for one in missing:
        typer.echo(f"lienthong alarms: no open alarm has the id {one}", err=True)
    if missing:
        raise typer.Exit(1)


def _text(view: dict[str, Any]) -> str:
    title, todo = view["title"], view["todo"]
    state = "over" if view["cleared_at"] else view["acknowledged_by"] or "open"
    lines = [
        f"{view['kind']}  {view['subject']}  ({state}, {view['count']}×)  {view['alarm']}",
        f"  {_local(view['first_raised_at'])} – {_local(view['last_seen_at'])}"
        f"  {' '.join(f'{name}={value}' for name, value in view['detail'].items())}",
    ]
    if title and todo:
        lines += [f"  {title['vi']} · {title['en']}", f"  {todo['vi']}", f"  {todo['en']}"]
    return "\n".join(lines)


def _local(instant: datetime) -> str:
    return f"{instant.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def _run(ask: Callable[[Pool], Awaitable[Any]]) -> Any:
    return ask_pool("alarms", ask)


def _id(written: str) -> UUID:
    return read_id("alarms", written)


def _refuse(reason: str) -> typer.Exit:
    return refuse("alarms", reason)
