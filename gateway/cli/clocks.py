"""``lienthong clocks``: prove that every clock is what its ledger gives, and tell a clock's story.

Works on the database alone (LIENTHONG_DATABASE_URL), reading only. Bad input is one line on stderr
and exit code 2; a clock, a chain or a column that differs is listed, and the exit code is 1.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer
from rich.console import Console
from rich.progress import Progress

from gateway.cli import time_text
from gateway.cli.asking import ask_pool, read_id
from gateway.cli.clocks_selftest import selftest
from gateway.cli.configured import refuse
from gateway.clock import SystemClock
from gateway.duties.librarian import Librarian
from gateway.operations.clock_check import Finding, check_clocks, count_transfers
from gateway.operations.clock_story import tell_clocks
from gateway.rulebook import load_rulebook
from gateway.store.pool import Pool

app = typer.Typer(help="Does legal time run as it should?", no_args_is_help=True)
app.command()(selftest)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, not text.")]

_NAMED = 1000
"""So many findings are listed; all are counted."""


@app.command()
def verify(
    transfer: Annotated[str | None, typer.Option(help="Only this transfer.")] = None,
    only_open: Annotated[
        bool, typer.Option("--open/--all", help="Only transfers that are open, or all.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Derive every clock from its ledger again, and list what is stored otherwise."""
    wanted = None if transfer is None else _id(transfer)
    view = _run(lambda pool, rules: _verify(pool, rules, wanted, only_open=only_open))
    if wanted is not None and view["transfers"] == 0:
        raise _refuse("no transfer has this id")
    typer.echo(_json(view) if as_json else _told(view))
    if view["differences"]:
        raise typer.Exit(1)


@app.command()
def show(transfer: str, as_json: AsJson = False) -> None:
    """Tell what happened to each clock of a transfer, and whose time it was."""
    wanted = _id(transfer)
    now = SystemClock().now()
    view = _run(lambda pool, rules: tell_clocks(pool, rules.rulebook.calendars, wanted, now))
    if view is None:
        raise _refuse("no transfer has this id")
    typer.echo(_json(view) if as_json else "\n".join(time_text.story(view)))


async def _verify(
    pool: Pool, librarian: Librarian, transfer: UUID | None, *, only_open: bool
) -> dict[str, Any]:
    began = time.monotonic()
    sums = {"transfers": 0, "clocks": 0, "entries": 0}
    named: list[Finding] = []
    differences = 0
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("đồng hồ · clocks", total=await count_transfers(pool) or None)
        pages = check_clocks(
            pool, librarian.rulebook.calendars, transfer=transfer, only_open=only_open
        )
        async for page in pages:
            for name in sums:
                sums[name] += getattr(page, name)
            differences += len(page.findings)
            named.extend(page.findings[: _NAMED - len(named)])
            progress.advance(task, page.transfers)
    return {
        **sums,
        "differences": differences,
        "seconds": round(time.monotonic() - began, 3),
        "found": [one.view() for one in named],
    }


def _told(view: dict[str, Any]) -> str:
    lines = [
        f"{view['transfers']} hồ sơ · transfers, {view['clocks']} đồng hồ · clocks,"
        f" {view['entries']} ledger entries: {view['differences']} khác biệt · differences"
        f" ({view['seconds']} s)"
    ]
    lines += [
        f"  {one['transfer']}  {one['what']:<7}"
        f" {'entry ' + str(one['entry']) if one['entry'] else '':<10} {one['detail']}"
        for one in view["found"]
    ]
    if view["differences"] > len(view["found"]):
        lines.append(f"  … {view['differences'] - len(view['found'])} more")
    return "\n".join(lines)


def _json(document: Any) -> str:
    return orjson.dumps(document, option=orjson.OPT_UTC_Z).decode()


def _run(ask: Callable[[Pool, Librarian], Awaitable[Any]]) -> Any:
    async def with_rules(pool: Pool) -> Any:
        librarian = Librarian(load_rulebook("thai-binh-hung-yen", "vn"), pool)
        await librarian.refresh()
        return await ask(pool, librarian)

    return ask_pool("clocks", with_rules, size=2)


def _id(written: str) -> UUID:
    return read_id("clocks", written)


def _refuse(reason: str) -> typer.Exit:
    return refuse("clocks", reason)
