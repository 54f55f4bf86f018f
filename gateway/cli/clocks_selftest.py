"""``lienthong clocks selftest``: send synthetic dossiers through every rule now.

Works on the database (LIENTHONG_DATABASE_URL), and needs a gateway that runs. Bad input is one line
on stderr and exit code 2; a self-test that did not pass ends with exit code 1.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

import orjson
import typer

from gateway.cli.asking import ask_pool
from gateway.cli.configured import refuse
from gateway.clock import SystemClock
from gateway.selftest import examinations
from gateway.store.pool import Pool
from routing.data.tables import VIETNAM

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, not text.")]

TAKEN_WITHIN = 30.0
"""Seconds in which a running gateway takes up an examination; it looks every two."""


def selftest(
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait until it is over (about 9 minutes).")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Send synthetic dossiers through every rule now, and say which fired as they should."""
    view = _run(lambda pool: _examine(pool, wait=wait, quiet=as_json))
    if as_json:
        typer.echo(orjson.dumps(view, option=orjson.OPT_UTC_Z).decode())
    else:
        typer.echo(_text(view))
    if view["outcome"] == "failed":
        raise typer.Exit(1)


async def _examine(pool: Pool, *, wait: bool, quiet: bool) -> dict[str, Any]:
    """Begin an examination, or join the one that is under way, and follow it."""
    now = SystemClock().now()
    under_way = await examinations.find(pool)
    begun = under_way["examination"] if under_way else None
    if begun is None:
        begun = await examinations.begin(pool, now=now, since=now)
    until, told = time.monotonic() + TAKEN_WITHIN, False
    while True:
        view = await examinations.find(pool, begun)
        if view is None:
            raise _refuse("somebody else began one at the same moment; ask again")
        if view["finished_at"] is not None or (not wait and view["due_at"] is not None):
            return view
        if view["due_at"] is None and time.monotonic() > until:
            raise _refuse("no gateway takes it up: is one running, and no older than this?")
        if view["due_at"] is not None and not told and not quiet:
            told = True
            typer.echo(f"{len(view['expected'])} × … {_local(view['due_at'])}", err=True)
        await asyncio.sleep(1)


def _text(view: dict[str, Any]) -> str:
    lines = [
        f"{one['rule']:<24} {one['verdict'] or '…':<10} {_local(one['legal_at'])}"
        for one in view["expected"]
    ]
    lines += [
        f"{rule:<24} {fault}"
        for rule, fault in view["faults"].items()
        if rule not in {one["rule"] for one in view["expected"]}
    ]
    words = {
        "passed": "Đạt: mọi quy tắc thời hạn đều hoạt động · every rule fired as it should",
        "failed": "KHÔNG ĐẠT · not every rule fired as it should",
    }
    return "\n".join([*lines, words.get(view["outcome"], "đang chạy · under way")])


def _local(instant: datetime) -> str:
    return f"{instant.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"


def _run(ask: Callable[[Pool], Awaitable[Any]]) -> Any:
    return ask_pool("clocks", ask)


def _refuse(reason: str) -> typer.Exit:
    return refuse("clocks", reason)
