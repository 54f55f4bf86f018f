"""``lienthong stuck``: see what is stuck and why, and free it, one item or many.

Works on the database alone (LIENTHONG_DATABASE_URL), through the same use cases as the API, so it
also works while no gateway runs. Every act has a reason, is kept with an outcome per item, and is
printed with both. Bad input is one line on stderr and exit code 2; an act of which nothing could
be done ends with exit code 1.
"""

import getpass
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer

from gateway.cli import stuck_text as text
from gateway.cli.asking import ask_offline, named_operator, read_id
from gateway.cli.configured import refuse
from gateway.cli.stuck_choices import AgencyFilter, CauseOption, Where, read_cause, read_choice
from gateway.operations.acts import CONTROLS, ActRefused, DeskAct, Order, Target
from gateway.operations.notes import LONGEST as LONGEST_NOTE
from gateway.operations.notes import list_notes
from gateway.operations.offline import Offline
from gateway.operations.stuck_filter import BadFilter, StuckFilter, read_filter
from gateway.operations.stuck_views import list_views
from gateway.pictures.words import Language
from routing.lifecycle.model import Act
from routing.policies import load_policies

app = typer.Typer(help="What is stuck, why, and how to free it.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, not text.")]
Reason = Annotated[str, typer.Option(help="Why, for people. Kept; no personal data.")]
Transfers = Annotated[
    list[str] | None, typer.Argument(metavar="[TRANSFER]...", help="Ids of transfers.")
]
Step = Annotated[str | None, typer.Option(help="The hop's step.")]
Round = Annotated[int, typer.Option(help="The hop's round.", min=1)]
ViewName = Annotated[
    str | None, typer.Option("--view", metavar="NAME", help="What this view asks for.")
]
Whose = Annotated[
    str | None, typer.Option(help="Whose views, by the name they sign in with; else yours.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Freeze and show the list; do nothing.")]


@app.command("list")
def list_(
    cause: Annotated[str | None, typer.Argument(help="A cause; without one, counts.")] = None,
    agency: AgencyFilter = None,
    where: Where = None,
    view: ViewName = None,
    whose: Whose = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    as_json: AsJson = False,
) -> None:
    """Count what is stuck by cause, or list one cause, or what a view of somebody's asks."""
    wanted = _chosen(cause, agency, where, view, whose)

    async def ask(offline: Offline) -> Any:
        if not wanted.causes:
            return [one.view() for one in await offline.counts(wanted)]
        return [one.view() for one in await offline.stuck(wanted, limit=limit)]

    document = _run(ask)
    if as_json:
        _print_json(document)
    elif not wanted.causes:
        typer.echo(text.counts(document))
    else:
        typer.echo(text.items(wanted.asked[0], document))


@app.command()
def groups(
    cause: Annotated[str | None, typer.Argument(help="A cause; without one, all.")] = None,
    agency: AgencyFilter = None,
    where: Where = None,
    view: ViewName = None,
    whose: Whose = None,
    as_json: AsJson = False,
) -> None:
    """Group what is stuck by cause, agency and failure: what to act on together."""
    wanted = _chosen(cause, agency, where, view, whose)
    found = _run(lambda offline: offline.groups(wanted))
    if as_json:
        _print_json({"groups": [one.view() for one in found.groups], "capped": found.capped})
    else:
        typer.echo(text.groups([one.view() for one in found.groups], capped=found.capped))


@app.command()
def views(whose: Whose = None, as_json: AsJson = False) -> None:
    """List the questions that somebody keeps, in the console or by the API."""
    found = _run(lambda offline: list_views(offline.pool, whose or getpass.getuser()))
    if as_json:
        _print_json({"views": found})
        return
    lines = [
        f"{one['name']}: {', '.join(map(_condition, sorted(one['filter'].items())))}"
        for one in found
    ]
    typer.echo("\n".join(lines) or "Chưa lưu câu hỏi nào · no views yet")


def _condition(asked: tuple[str, Any]) -> str:
    what, value = asked
    return f"{what}={'+'.join(value) if isinstance(value, list) else value}"


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
    _show(view, text.transfer, as_json=as_json)


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
    where: Where = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Send again, under the same id; or look for the competent agency again."""
    targets = _targets(transfers, step, round_, needs_step=True)
    targets += [Target(delivery_id=_id(one)) for one in delivery or ()]
    _act(
        _order(Act.RETRY, reason),
        targets,
        _choice_or_none(cause, of, where),
        dry_run=dry_run,
        as_json=as_json,
    )


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
    _act(_order(Act.RESOLVE, reason, agency), targets, None, as_json=as_json)


@app.command()
def confirm(
    reason: Reason,
    delivery: Annotated[list[str] | None, typer.Option(help="Ids of deliveries.")] = None,
    cause: CauseOption = None,
    of: AgencyFilter = None,
    where: Where = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Say that a delivery of unknown outcome has arrived: the receiver has it."""
    targets = [Target(delivery_id=_id(one)) for one in delivery or ()]
    _act(
        _order(Act.RESOLVE, reason),
        targets,
        _choice_or_none(cause, of, where),
        dry_run=dry_run,
        as_json=as_json,
    )


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
    _act(_order(Act.REDIRECT, reason, agency), targets, None, as_json=as_json)


@app.command()
def archive(
    reason: Reason,
    transfers: Transfers = None,
    delivery: Annotated[list[str] | None, typer.Option(help="Ids of failed deliveries.")] = None,
    message: Annotated[list[str] | None, typer.Option(help="Ids of poison messages.")] = None,
    cause: CauseOption = None,
    of: AgencyFilter = None,
    where: Where = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take off the lists what nobody will act on any more; nothing is deleted."""
    targets = _targets(transfers, None, 1)
    targets += [Target(delivery_id=_id(one)) for one in delivery or ()]
    targets += [Target(inbox_id=_id(one)) for one in message or ()]
    _act(
        _order(Act.ARCHIVE, reason),
        targets,
        _choice_or_none(cause, of, where),
        dry_run=dry_run,
        as_json=as_json,
    )


@app.command()
def pause(
    reason: Reason,
    pause_reason: Annotated[
        str, typer.Option("--for", help="supplement, payment, confirmation, publication, outage.")
    ],
    legal_basis: Annotated[str, typer.Option(help="By which article the clock stands.")],
    transfers: Transfers = None,
    step: Step = None,
    round_: Round = 1,
    cause: CauseOption = None,
    of: AgencyFilter = None,
    where: Where = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Let the clock of a hop stand, on a legal basis."""
    order = replace(_order(Act.PAUSE, reason), pause_reason=pause_reason, legal_basis=legal_basis)
    targets = _targets(transfers, step, round_, needs_step=True)
    _act(order, targets, _choice_or_none(cause, of, where), dry_run=dry_run, as_json=as_json)


@app.command()
def resume(
    reason: Reason,
    transfers: Transfers = None,
    step: Step = None,
    round_: Round = 1,
    cause: CauseOption = None,
    of: AgencyFilter = None,
    where: Where = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Let the clock of a paused hop go on."""
    targets = _targets(transfers, step, round_, needs_step=True)
    wanted = _choice_or_none(cause, of, where)
    _act(_order(Act.RESUME, reason), targets, wanted, dry_run=dry_run, as_json=as_json)


@app.command()
def extend(
    reason: Reason,
    until: Annotated[str, typer.Option(help="With its offset: 2026-03-06T17:30+07:00.")],
    legal_basis: Annotated[str, typer.Option(help="By which article it moves.")],
    transfers: Transfers = None,
    step: Step = None,
    round_: Round = 1,
    cause: CauseOption = None,
    of: AgencyFilter = None,
    where: Where = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Move the deadline of a hop, or without a step the date promised to the citizen."""
    order = replace(_order(Act.EXTEND, reason), until=_instant(until), legal_basis=legal_basis)
    targets = _targets(transfers, step, round_)
    _act(order, targets, _choice_or_none(cause, of, where), dry_run=dry_run, as_json=as_json)


@app.command("return")
def give_back(
    reason: Reason,
    return_reason: Annotated[
        str, typer.Option(help="wrong_data, upstream_error, wrong_procedure or incomplete.")
    ],
    legal_basis: Annotated[str, typer.Option(help="By which article it goes back.")],
    to_step: Annotated[
        str | None, typer.Option(help="The earlier step, or origin; else whoever fed the turn.")
    ] = None,
    transfers: Transfers = None,
    step: Step = None,
    round_: Round = 1,
    cause: CauseOption = None,
    of: AgencyFilter = None,
    where: Where = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Give a turn back to an earlier step for its agency, on a legal basis."""
    if return_reason not in load_policies().returns:
        raise _refuse(f"--return-reason: one of {', '.join(load_policies().returns)}")
    order = replace(
        _order(Act.RETURN, reason),
        return_reason=return_reason,
        legal_basis=legal_basis,
        to_step=to_step,
    )
    targets = _targets(transfers, step, round_, needs_step=True)
    _act(order, targets, _choice_or_none(cause, of, where), dry_run=dry_run, as_json=as_json)


@app.command()
def assign(
    person: Annotated[str, typer.Argument(help="Who works on it; nobody ends it.")],
    transfers: Transfers = None,
    cause: CauseOption = None,
    of: AgencyFilter = None,
    where: Where = None,
    as_json: AsJson = False,
) -> None:
    """Say who works on it."""
    to = None if person == "nobody" else person
    order = replace(_order(DeskAct.ASSIGN, "assigned"), person=to)
    targets = _targets(transfers, None, 1)
    _act(order, targets, _choice_or_none(cause, of, where), as_json=as_json)


@app.command()
def note(
    words: Annotated[str, typer.Argument(metavar="TEXT", help="What is to be noted.")],
    transfers: Transfers = None,
    cause: CauseOption = None,
    of: AgencyFilter = None,
    where: Where = None,
    as_json: AsJson = False,
) -> None:
    """Note something; the words are kept apart, and shown to who may see them."""
    if not 0 < len(words.strip()) <= LONGEST_NOTE:
        raise _refuse(f"a note has 1 to {LONGEST_NOTE} characters")
    order = replace(_order(DeskAct.NOTE, "noted"), note=words)
    targets = _targets(transfers, None, 1)
    _act(order, targets, _choice_or_none(cause, of, where), as_json=as_json)


@app.command()
def notes(subject: str, as_json: AsJson = False) -> None:
    """Read what was noted of a transfer, delivery or message."""
    subject_id = _id(subject)
    found = _run(lambda offline: list_notes(offline.pool, subject_id))
    _show(found, text.notes, as_json=as_json)


@app.command()
def act(
    which: Annotated[str, typer.Argument(metavar="ACT", help="The id of an act.")],
    how: Annotated[str, typer.Argument(help="pause, resume or cancel.")],
    as_json: AsJson = False,
) -> None:
    """Stop an act between two items, let it go on, or end it; what is done stays done."""
    if how not in CONTROLS:
        raise _refuse(f"{how[:40]!r}: pause, resume or cancel")
    act_id = _id(which)
    view = _run(lambda offline: offline.control(act_id, how))
    if view is None:
        raise _refuse("no act has this id")
    _show(view, text.act, as_json=as_json)


def _act(
    order: Order,
    targets: list[Target],
    wanted: StuckFilter | None,
    *,
    as_json: bool,
    dry_run: bool = False,
) -> None:
    if bool(targets) == (wanted is not None):
        raise _refuse("name transfers, deliveries or messages, or else a --cause")

    async def act(offline: Offline) -> Any:
        return await offline.act(order, targets, wanted=wanted, dry_run=dry_run)

    view = _run(act)
    _show(view, text.act, as_json=as_json)
    if not dry_run and not view["outcomes"].get("done"):
        raise typer.Exit(1)


def _choice(cause: str | None, of: str | None, where: list[str] | None) -> StuckFilter:
    try:
        return read_choice(cause, of, where)
    except BadFilter as error:
        raise _refuse(str(error)) from None


def _chosen(
    cause: str | None, of: str | None, where: list[str] | None, view: str | None, whose: str | None
) -> StuckFilter:
    """Read what is meant from the options, or from a view; a cause narrows a view further."""
    if view is None:
        return _choice(cause, of, where)
    if of is not None or where:
        raise _refuse("--view says all of it but the cause")
    kept = _run(lambda offline: list_views(offline.pool, whose or getpass.getuser()))
    found = next((one["filter"] for one in kept if one["name"] == view), None)
    if found is None:
        raise _refuse(f"there is no view {view[:60]!r}; `lienthong stuck views` lists them")
    try:
        return read_filter(found) if cause is None else read_filter(found).of(read_cause(cause))
    except BadFilter as error:
        raise _refuse(str(error)) from None


def _choice_or_none(
    cause: str | None, of: str | None, where: list[str] | None
) -> StuckFilter | None:
    if cause is None and (of is not None or where):
        raise _refuse("name the --cause that it is for")
    return None if cause is None else _choice(cause, of, where)


def _instant(written: str) -> datetime:
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        raise _refuse(f"{written[:40]!r} is not an instant") from None
    if read.utcoffset() is None:
        raise _refuse(f"{written[:40]!r} needs its offset, as in 2026-03-02T08:00+07:00")
    return read


def _order(act: Act | DeskAct, reason: str, agency: str | None = None) -> Order:
    return Order(act, named_operator(), reason, agency=agency)


def _targets(
    transfers: list[str] | None, step: str | None, round_: int, *, needs_step: bool = False
) -> list[Target]:
    if needs_step and transfers and step is None:
        raise _refuse("name the hop's --step")
    round_or_none = None if step is None else round_
    return [Target(_id(one), step, round_or_none) for one in transfers or ()]


def _show(view: Any, words: Callable[[Any], str], *, as_json: bool) -> None:
    """Print what was found, for machines or in words."""
    if as_json:
        _print_json(view)
    else:
        typer.echo(words(view))


def _print_json(document: Any) -> None:
    typer.echo(orjson.dumps(document, option=orjson.OPT_UTC_Z).decode())


def _run(ask: Callable[[Offline], Awaitable[Any]]) -> Any:
    return ask_offline("stuck", ask, ActRefused, BadFilter)


def _id(written: str) -> UUID:
    return read_id("stuck", written)


def _refuse(reason: str) -> typer.Exit:
    return refuse("stuck", reason)
