"""``lienthong stuck``: see what is stuck and why, and free it, one item or many.

Works on the database alone (LIENTHONG_DATABASE_URL), through the same use cases as the API, so it
also works while no gateway runs. Every act has a reason, is kept with an outcome per item, and is
printed with both. Bad input is one line on stderr and exit code 2; an act of which nothing could
be done ends with exit code 1.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer

from gateway.cli import stuck_text as text
from gateway.cli.asking import ask_offline, named_operator, read_id
from gateway.cli.configured import refuse
from gateway.operations.acts import ActRefused, Order, Target
from gateway.operations.causes import Cause
from gateway.operations.offline import Offline
from gateway.pictures.words import Language
from routing.lifecycle.model import Act

app = typer.Typer(help="What is stuck, why, and how to free it.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, not text.")]
Reason = Annotated[str, typer.Option(help="Why, for people. Kept; no personal data.")]
Transfers = Annotated[
    list[str] | None, typer.Argument(metavar="[TRANSFER]...", help="Ids of transfers.")
]
Step = Annotated[str | None, typer.Option(help="The hop's step.")]
Round = Annotated[int, typer.Option(help="The hop's round.", min=1)]
CauseOption = Annotated[
    str | None, typer.Option("--cause", help="All that is stuck for this cause now.")
]
AgencyFilter = Annotated[str | None, typer.Option("--of", help="Only of this agency.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Freeze and show the list; do nothing.")]


@app.command("list")
def list_(
    cause: Annotated[str | None, typer.Argument(help="A cause; without one, counts.")] = None,
    agency: AgencyFilter = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    as_json: AsJson = False,
) -> None:
    """Count what is stuck by cause, or list one cause."""
    wanted = None if cause is None else _cause(cause)

    async def ask(offline: Offline) -> Any:
        if wanted is None:
            return [one.view() for one in await offline.counts()]
        found = await offline.stuck(causes=[wanted], agency=agency, limit=limit)
        return [one.view() for one in found]

    document = _run(ask)
    if as_json:
        _print_json(document)
    elif wanted is None:
        typer.echo(text.counts(document))
    else:
        typer.echo(text.items(wanted, document))


@app.command()
def show(
    transfer: str,
    as_json: AsJson = False,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also draw its way, as SVG, to this file.")
    ] = None,
    english: Annotated[bool, typer.Option(help="Draw in English, not Vietnamese.")] = False,
) -> None:
    """Show a transfer: hops, clocks, deliveries, ledger, and why it is stuck."""
    transfer_id = _id(transfer)
    if picture is not None:
        _draw(transfer_id, picture, "en" if english else "vi")
    view = _run(lambda offline: offline.show(transfer_id))
    if view is None:
        raise _refuse("no transfer has this id")
    if as_json:
        _print_json(view)
    else:
        typer.echo(text.transfer(view))


def _draw(transfer: UUID, file: Path, language: Language) -> None:
    drawn = _run(lambda offline: offline.picture(transfer, language))
    if drawn is None:
        raise _refuse("no transfer has this id")
    try:
        file.write_text(drawn, "utf-8")
    except OSError as error:
        raise _refuse(f"{file} cannot be written: {error.strerror}") from error


@app.command()
def retry(
    reason: Reason,
    transfers: Transfers = None,
    step: Step = None,
    round_: Round = 1,
    delivery: Annotated[list[str] | None, typer.Option(help="Ids of deliveries.")] = None,
    cause: CauseOption = None,
    of: AgencyFilter = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Send again, under the same id; or look for the competent agency again."""
    targets = _targets(transfers, step, round_, needs_step=True)
    targets += [Target(delivery_id=_id(one)) for one in delivery or ()]
    _act(_order(Act.RETRY, reason), targets, cause, of, dry_run=dry_run, as_json=as_json)


@app.command()
def resolve(
    transfer: str,
    step: Annotated[str, typer.Option(help="The hop's step.")],
    agency: Annotated[str, typer.Option(help="The competent agency's code.")],
    reason: Reason,
    round_: Round = 1,
    as_json: AsJson = False,
) -> None:
    """Name the competent agency of a hop that the tables could not name one for."""
    targets = _targets([transfer], step, round_, needs_step=True)
    _act(_order(Act.RESOLVE, reason, agency), targets, None, None, as_json=as_json)


@app.command()
def confirm(
    reason: Reason,
    delivery: Annotated[list[str] | None, typer.Option(help="Ids of deliveries.")] = None,
    cause: CauseOption = None,
    of: AgencyFilter = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Say that a delivery of unknown outcome has arrived: the receiver has it."""
    targets = [Target(delivery_id=_id(one)) for one in delivery or ()]
    _act(_order(Act.RESOLVE, reason), targets, cause, of, dry_run=dry_run, as_json=as_json)


@app.command()
def redirect(
    transfer: str,
    step: Annotated[str, typer.Option(help="The hop's step.")],
    agency: Annotated[str, typer.Option(help="Whose turn it is from now on.")],
    reason: Reason,
    round_: Round = 1,
    as_json: AsJson = False,
) -> None:
    """Take a hop from its agency and give it to another; its time runs on."""
    targets = _targets([transfer], step, round_, needs_step=True)
    _act(_order(Act.REDIRECT, reason, agency), targets, None, None, as_json=as_json)


@app.command()
def archive(
    reason: Reason,
    transfers: Transfers = None,
    delivery: Annotated[list[str] | None, typer.Option(help="Ids of failed deliveries.")] = None,
    message: Annotated[list[str] | None, typer.Option(help="Ids of poison messages.")] = None,
    cause: CauseOption = None,
    of: AgencyFilter = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take off the lists what nobody will act on any more; nothing is deleted."""
    targets = _targets(transfers, None, 1)
    targets += [Target(delivery_id=_id(one)) for one in delivery or ()]
    targets += [Target(inbox_id=_id(one)) for one in message or ()]
    _act(_order(Act.ARCHIVE, reason), targets, cause, of, dry_run=dry_run, as_json=as_json)


def _act(
    order: Order,
    targets: list[Target],
    cause: str | None,
    of: str | None,
    *,
    as_json: bool,
    dry_run: bool = False,
) -> None:
    if bool(targets) == (cause is not None):
        raise _refuse("name transfers, deliveries or messages, or else a --cause")
    wanted = None if cause is None else _cause(cause)

    async def act(offline: Offline) -> Any:
        return await offline.act(order, targets, cause=wanted, agency=of, dry_run=dry_run)

    view = _run(act)
    if as_json:
        _print_json(view)
    else:
        typer.echo(text.act(view))
    if not dry_run and not view["outcomes"].get("done"):
        raise typer.Exit(1)


def _order(act: Act, reason: str, agency: str | None = None) -> Order:
    return Order(act, named_operator(), reason, agency=agency)


def _targets(
    transfers: list[str] | None, step: str | None, round_: int, *, needs_step: bool = False
) -> list[Target]:
    if needs_step and transfers and step is None:
        raise _refuse("name the hop's --step")
    round_or_none = None if step is None else round_
    return [Target(_id(one), step, round_or_none) for one in transfers or ()]


def _cause(written: str) -> Cause:
    try:
        return Cause(written)
    except ValueError:
        raise _refuse(f"no such cause; there are {', '.join(Cause)}") from None


def _print_json(document: Any) -> None:
    typer.echo(orjson.dumps(document, option=orjson.OPT_UTC_Z).decode())


def _run(ask: Callable[[Offline], Awaitable[Any]]) -> Any:
    return ask_offline("stuck", ask, ActRefused)


def _id(written: str) -> UUID:
    return read_id("stuck", written)


def _refuse(reason: str) -> typer.Exit:
    return refuse("stuck", reason)
