"""``lienthong reorganise``: what is at agencies that close goes to their successors.

Without `--apply` it only shows what would move, and changes nothing. With it the list is frozen and
carried out here, with an outcome per transfer; what is left when this process ends goes on in a
gateway. Works on the database alone. Bad input is one line on stderr and exit code 2.
"""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gateway.cli import reorganise_text as text
from gateway.cli.asking import ask_offline, named_operator
from gateway.cli.configured import refuse
from gateway.collector import calm_collector
from gateway.operations import reorganise as use
from gateway.operations.acts import ActRefused
from gateway.operations.offline import Offline
from gateway.operations.reorganise import ReformRefused
from routing.data.tables import legal_midnight
from routing.reform import Plan, PlanInvalid, plan_from_directory, read_plan

_PATIENCE = 6 * 3600.0
"""Seconds that applying may take here; what is left then goes on in a gateway."""
_MOST_BYTES = 16 * 1024 * 1024


def reorganise(
    effective: Annotated[str, typer.Option(metavar="DATE", help="The date the agencies close.")],
    plan: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A reviewed plan (docs/reorganisation.md).")
    ] = None,
    from_directory: Annotated[
        bool, typer.Option("--from-directory", help="Follow the directory's successors alone.")
    ] = False,
    legal_basis: Annotated[
        str | None, typer.Option(help="With --from-directory: e.g. NQ 202/2025/QH15.")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Do it, not only show it.")] = False,
    reason: Annotated[str | None, typer.Option(help="With --apply: why, for the audit.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --apply: freeze the list, and wait for resume.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not text.")] = False,
) -> None:
    """Show, or do, what becomes of open dossiers when agencies close."""
    chosen = _plan(plan, effective, legal_basis, from_directory=from_directory)
    if apply and not (reason or "").strip():
        raise _refuse("applying needs a --reason")

    async def ask(offline: Offline) -> Any:
        calm_collector()  # hundreds of thousands of transfers may be read
        with _progress() as progress:
            reading = progress.add_task("đọc · reads", total=None)
            summary = await use.preview(
                offline.pool,
                chosen,
                offline.rulebook,
                on_read=lambda read: progress.advance(reading, read),
            )
            view = summary.view(chosen, offline.rulebook)
            if apply:
                view["acts"] = await _apply(
                    offline, chosen, summary, reason or "", progress, dry_run=dry_run
                )
            return view

    view = ask_offline("reorganise", ask, ReformRefused, ActRefused)
    typer.echo(_json(view) if as_json else text.summary(view))


async def _apply(
    offline: Offline,
    plan: Plan,
    summary: use.Summary,
    reason: str,
    progress: Progress,
    *,
    dry_run: bool,
) -> list[use.View]:
    order = use.ordered(plan, named_operator(), reason)
    acts = await use.freeze_moves(
        offline.pool, order, plan, summary, offline.rulebook, now=offline.now, dry_run=dry_run
    )
    acting = progress.add_task("chuyển · moves", total=summary.count)
    return await use.run_acts(
        offline.pool,
        offline.runner,
        acts,
        seconds=0.0 if dry_run else _PATIENCE,
        on_acted=lambda acted: progress.update(acting, completed=acted),
    )


def _plan(
    file: Path | None, effective: str, legal_basis: str | None, *, from_directory: bool
) -> Plan:
    try:
        instant = legal_midnight(effective)
    except ValueError:
        raise _refuse(f"{effective[:40]!r} is no date as YYYY-MM-DD") from None
    if (file is None) != from_directory:
        raise _refuse("name a --plan, or else say --from-directory")
    if file is None:
        if not (legal_basis or "").strip():
            raise _refuse("--from-directory needs a --legal-basis")
        return plan_from_directory(instant, legal_basis or "")
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise _refuse(f"{file} is larger than {_MOST_BYTES >> 20} MiB")
        plan = read_plan(file.read_text("utf-8"))
    except PlanInvalid as invalid:
        raise _refuse(f"{file}: {invalid}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise _refuse(f"{file} cannot be read: {type(error).__name__}") from None
    if plan.effective != instant:
        raise _refuse(f"{file} takes effect on {plan.day}, not on {effective}")
    return plan


def _progress() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal)


def _json(document: Any) -> str:
    return orjson.dumps(document, option=orjson.OPT_UTC_Z).decode()


def _refuse(reason: str) -> typer.Exit:
    return refuse("reorganise", reason)
