"""``lienthong agency credentials``: what an agency's software signs in with.

A secret is printed by the command that makes it, this once; it is stored hashed.
"""

from datetime import timedelta
from typing import Annotated, Any

import orjson
import typer

from gateway.cli import agency_text as text
from gateway.cli.asking import ask_pool, named_operator
from gateway.cli.configured import refuse
from gateway.joining import credentials as use
from gateway.joining.credentials import Road
from gateway.joining.states import JoiningRefused
from gateway.operations.audit import By
from gateway.store.pool import Pool

app = typer.Typer(help="What an agency's software signs in with.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, not text.")]
Code = Annotated[str, typer.Argument(metavar="CODE", help="The agency's code.")]
Reason = Annotated[str | None, typer.Option(help="Why, for the audit trail. No personal data.")]
Days = Annotated[int, typer.Option(help="For how many days they are good.")]
OneRoad = Annotated[Road, typer.Option("--road", help="Where it is good.")]


@app.command("list")
def list_(code: Code, as_json: AsJson = False) -> None:
    """List an agency's credentials, newest first; never a secret."""
    found = _run(lambda pool: use.list_credentials(pool, code))
    lines = "\n".join(text.credential(one) for one in found) or "Chưa có · none"
    _print(found, lines, as_json)


@app.command()
def issue(
    code: Code,
    roads: Annotated[
        list[Road] | None, typer.Option("--road", help="http, amqp; http if none is named.")
    ] = None,
    days: Days = 365,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Make credentials; who was registered only may sign in from now on, and test."""

    async def act(pool: Pool) -> Any:
        good_for = timedelta(days=days)
        wanted = roads or [Road.HTTP]
        made = await use.issue(pool, code, _by(reason), roads=wanted, good_for=good_for)
        return [one.view() for one in made]

    made = _run(act)
    _print(made, "\n".join(text.made(one) for one in made), as_json)


@app.command()
def rotate(
    code: Code,
    road: OneRoad,
    name: Annotated[str | None, typer.Option(help="Which; the only one if not said.")] = None,
    overlap_hours: Annotated[
        int, typer.Option(help="For how long the former one stays good.", min=0)
    ] = 24,
    days: Days = 365,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Make the next secret; over AMQP it is another user of the same agency."""

    async def act(pool: Pool) -> Any:
        made = await use.rotate(
            pool,
            code,
            _by(reason),
            road=road,
            name=name,
            overlap=timedelta(hours=overlap_hours),
            good_for=timedelta(days=days),
        )
        return made.view()

    made = _run(act)
    _print(made, text.made(made), as_json)


@app.command()
def revoke(
    code: Code, name: str, road: OneRoad, reason: Reason = None, as_json: AsJson = False
) -> None:
    """Make a credential good for nothing: over HTTP within 2 s, at the broker within a few."""

    async def act(pool: Pool) -> Any:
        await use.revoke(pool, code, _by(reason), road=road, name=name)
        return await use.list_credentials(pool, code)

    found = _run(act)
    _print(found, "\n".join(text.credential(one) for one in found), as_json)


def _by(reason: str | None) -> By:
    if reason is not None and not (3 <= len(reason) <= 500 and reason.isprintable()):
        raise refuse("agency", "--reason is one line of 3 to 500 characters")
    return By(named_operator(), reason)


def _print(document: Any, lines: str, as_json: bool) -> None:
    written = orjson.dumps(document, option=orjson.OPT_UTC_Z).decode() if as_json else lines
    typer.echo(written)


def _run(ask: Any) -> Any:
    return ask_pool("agency", ask, JoiningRefused)
