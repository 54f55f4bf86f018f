"""``lienthong outage``: declare that a system is away, an agency's or our own, and back again.

Works on the database alone (LIENTHONG_DATABASE_URL), so also while no gateway runs: an outage of
our own is best declared before the gateway starts again. Bad input is one line on stderr and exit
code 2.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer

from gateway.cli.asking import ask_offline, named_operator, read_id
from gateway.cli.configured import refuse
from gateway.operations import outages as use
from gateway.operations.offline import Offline
from gateway.operations.outages import Declaration, OutageRefused, View
from routing.outages import OutageKind

app = typer.Typer(help="Outages of agencies and of this gateway.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, not text.")]
Agency = Annotated[str | None, typer.Option(help="Whose system is away: a code or an alias.")]
Ours = Annotated[bool, typer.Option("--gateway", help="This gateway itself is away.")]
Instant = Annotated[str | None, typer.Option(help="With its offset: 2026-03-02T08:00+07:00.")]


@app.command()
def declare(
    legal_basis: Annotated[str, typer.Option(help="By which article clocks stand meanwhile.")],
    reason: Annotated[str, typer.Option(help="Why, for people. Kept; no personal data.")],
    agency: Agency = None,
    below: Annotated[
        bool, typer.Option(help="Of every agency below it too: they share its system.")
    ] = False,
    ours: Ours = False,
    planned: Annotated[bool, typer.Option(help="Announced ahead, with its end.")] = False,
    from_: Annotated[
        str | None, typer.Option("--from", help="Since when; now if not said.")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", help="Until when, if that is known.")] = None,
    announced: Annotated[
        str | None, typer.Option(help="When it was made public; now if not said.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Declare an outage: the clocks of the hops concerned stand from its start on."""
    if ours == (agency is not None):
        raise _refuse("name the --agency, or say that it is the --gateway")
    if ours and below:
        raise _refuse("nothing is below the gateway")
    if not 3 <= len(legal_basis) <= 500 or not legal_basis.isprintable():
        raise _refuse("--legal-basis is one line of 3 to 500 characters")
    if not 3 <= len(reason) <= 500 or not reason.isprintable():
        raise _refuse("--reason is one line of 3 to 500 characters")
    start, end, announced_at = _instant(from_), _instant(to), _instant(announced)

    async def act(offline: Offline) -> View:
        declared = Declaration(
            agency=agency,
            kind=OutageKind.PLANNED if planned else OutageKind.INCIDENT,
            starts_at=start or offline.now,
            ends_at=end,
            announced_at=announced_at,
            legal_basis=legal_basis,
            reason=reason,
            actor=named_operator(),
            below=below,
        )
        return await use.declare(offline.pool, declared, now=offline.now, rulebook=offline.rulebook)

    view = _run(act)
    _print(view, _line(view), as_json)
    for warning in view["warnings"]:
        typer.echo(f"lienthong outage: {warning}", err=True)


@app.command()
def end(outage: str, at: Instant = None, as_json: AsJson = False) -> None:
    """End an outage: the system is back, and the clocks go on."""
    outage_id, ended_at = _id(outage), _instant(at)

    async def act(offline: Offline) -> View:
        return await use.end(
            offline.pool,
            outage_id,
            at=ended_at,
            actor=named_operator(),
            now=offline.now,
            rulebook=offline.rulebook,
        )

    view = _run(act)
    _print(view, _line(view), as_json)


@app.command()
def withdraw(outage: str, as_json: AsJson = False) -> None:
    """Withdraw an outage that was declared by mistake: what it held is given back."""
    outage_id = _id(outage)

    async def act(offline: Offline) -> View:
        return await use.withdraw(
            offline.pool,
            outage_id,
            actor=named_operator(),
            now=offline.now,
            rulebook=offline.rulebook,
        )

    view = _run(act)
    _print(view, _line(view), as_json)


@app.command("list")
def list_(
    agency: Agency = None,
    all_: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    as_json: AsJson = False,
) -> None:
    """List the outages that last or are to come, newest first."""

    async def ask(offline: Offline) -> list[View]:
        return await use.list_outages(
            offline.pool,
            now=offline.now,
            policies=offline.rulebook.policies,
            agency=agency,
            over=all_,
            limit=limit,
        )

    views = _run(ask)
    text = "\n".join(_line(view) for view in views) or "no outage is declared"
    _print(views, text, as_json)


def _line(view: View) -> str:
    whose = view["agency"] or "this gateway"
    if view["covers"] > 1:
        whose += f" and {view['covers'] - 1} below it"
    ends_at = view["ends_at"]
    until = "…" if ends_at is None else f"{ends_at:%Y-%m-%d %H:%M%z}"
    parts = [
        f"{view['outage']}  {whose}  {view['kind']}, {view['state']}",
        f"{view['starts_at']:%Y-%m-%d %H:%M%z} → {until}",
        view["legal_basis"],
    ]
    if view["late"]:
        parts.append("open for longer than an incident may last")
    if view["settling"]:
        parts.append("clocks are being set")
    return "  ".join(parts)


def _instant(written: str | None) -> datetime | None:
    if written is None:
        return None
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        raise _refuse(f"{written[:40]!r} is not an instant: write 2026-03-02T08:00+07:00") from None
    if instant.tzinfo is None or not 1900 <= instant.year <= 2199:
        raise _refuse(f"{written[:40]!r} has no offset: write 2026-03-02T08:00+07:00")
    return instant


def _print(document: Any, text: str, as_json: bool) -> None:
    typer.echo(orjson.dumps(document, option=orjson.OPT_UTC_Z).decode() if as_json else text)


def _run(ask: Callable[[Offline], Awaitable[Any]]) -> Any:
    return ask_offline("outage", ask, OutageRefused)


def _id(written: str) -> UUID:
    return read_id("outage", written)


def _refuse(reason: str) -> typer.Exit:
    return refuse("outage", reason)
