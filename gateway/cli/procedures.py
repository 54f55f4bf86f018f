"""``lienthong procedures``: what the catalogue says of each procedure, and a lint of the whole.

Reads only the packaged tables. Bad input is one line on stderr and exit code 2; a lint with
errors ends with exit code 1.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import orjson
import typer

from gateway.operations.procedure_view import legal_day, procedure_document, procedure_summary
from routing.data.tables import legal_midnight
from routing.directory import load_directory
from routing.directory.findings import Severity
from routing.legaltime import load_calendar
from routing.lint import lint as lint_catalogue
from routing.procedures import Procedure, Step, load_catalogue
from routing.procedures.conditions import in_words
from routing.units import load_units

app = typer.Typer(help="Procedures, their versions and their steps.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, not text.")]
Date = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Only what is in force then.")
]


@app.command("list")
def list_procedures(as_of: Date = None, as_json: AsJson = False) -> None:
    """List every version of every procedure."""
    catalogue = load_catalogue()
    instant = _day(as_of)
    now = instant or datetime.now(UTC)
    found = [
        one
        for code in catalogue.codes()
        for one in catalogue.versions(code)
        if instant is None or one.in_force(instant)
    ]
    if as_json:
        _print_json([procedure_summary(one, now) for one in found])
        return
    for one in found:
        mark = "  [demo code]" if one.demo else ""
        typer.echo(
            f"{one.code}  {one.version}  to {legal_day(one.valid_to) or 'now':<10}  "
            f"{len(one.steps)} steps  {one.certainty:<10}  {one.title_vi}{mark}"
        )
    typer.echo(f"{len(found)} versions, catalogue {catalogue.version}")


@app.command()
def show(
    code: str,
    version: Annotated[str | None, typer.Option(help="A version's name; default all.")] = None,
    as_of: Date = None,
    as_json: AsJson = False,
) -> None:
    """Show a procedure: facts, places, steps, limits, conditions, and where each row is from."""
    instant = _day(as_of)
    now = instant or datetime.now(UTC)
    found = [
        one
        for one in load_catalogue().versions(code)
        if version in (None, one.version) and (instant is None or one.in_force(instant))
    ]
    if not found:
        raise _refuse(f"the catalogue has no such procedure or version: {code[:40]!r}")
    if as_json:
        _print_json([procedure_document(one, now) for one in found])
        return
    for one in found:
        _print(one, now)


@app.command()
def lint(as_json: AsJson = False) -> None:
    """Check every procedure against the directory, the units and the calendar."""
    findings = lint_catalogue(load_catalogue(), load_directory(), load_units(), load_calendar("vn"))
    if as_json:
        _print_json([asdict(one) for one in findings])
    else:
        for one in findings:
            where = f"{one.procedure} {one.version}" + (f" {one.step}" if one.step else "")
            typer.echo(f"{one.severity:<8} {one.kind:<20} {where}: {one.detail}")
    if any(one.severity is Severity.ERROR for one in findings):
        raise typer.Exit(1)


def _print(procedure: Procedure, now: datetime) -> None:
    mark = "  [demo code]" if procedure.demo else ""
    typer.echo(f"{procedure.code} {procedure.title_vi}{mark}\n  {procedure.title_en}")
    ends = legal_day(procedure.valid_to) or "open"
    since = legal_day(procedure.valid_from)
    typer.echo(f"  version {procedure.version}, [{since}, {ends}){_standing(procedure, now)}")
    typer.echo(f"  law     {procedure.legal_basis} ({procedure.certainty}: {procedure.source})")
    typer.echo(f"  total   {procedure.total or 'none in law'}")
    for case in procedure.total_cases:
        typer.echo(f"          {case.budget} if {in_words(case.when)} ({case.certainty})")
    typer.echo(f"  stops   {', '.join(procedure.total_excludes)}")
    if procedure.note:
        typer.echo(f"  note    {procedure.note}")
    typer.echo(f"  places  {', '.join(procedure.places) or 'none: the receiving agency'}")
    for fact in procedure.facts.values():
        need = "needed" if fact.required else "optional"
        typer.echo(f"  fact    {fact.name}: {fact.expectation} ({need}, from {fact.given_by})")
    for number, step in enumerate(procedure.steps, 1):
        _print_step(number, step)
    typer.echo("")


def _standing(procedure: Procedure, now: datetime) -> str:
    """Mark the version under which a dossier that is received now is handled."""
    if procedure.in_force(now):
        return "  <- in force"
    return "  (not yet in force)" if now < procedure.valid_from else "  (no longer in force)"


def _print_step(number: int, step: Step) -> None:
    typer.echo(f"\n  {number}. {step.id}: {step.title_vi} ({step.title_en})")
    typer.echo(f"     by      {step.agency or f'{step.role} of the {step.place}'}")
    typer.echo(f"     after   {', '.join(step.after) or 'origin'}")
    if step.when is not None:
        typer.echo(f"     if      {in_words(step.when)}")
    typer.echo(f"     time    {_time(step)}")
    for case in step.budget_cases:
        typer.echo(f"             {case.budget} if {in_words(case.when)} ({case.certainty})")
    typer.echo(f"     law     {step.legal_basis} ({step.certainty}: {step.source})")
    if step.note:
        typer.echo(f"     note    {step.note}")


def _time(step: Step) -> str:
    limit = step.budget or ("the same day" if step.same_day else "no limit of its own")
    parts = [limit, f"from when it is {step.start}"]
    parts.append(f"cutoff {step.cutoff}" if step.cutoff else "no cutoff")
    if step.publication:
        parts.append("publication")
    if step.outside_total:
        parts.append("outside the total")
    if step.silence:
        parts.append(f"silence is {step.silence}")
    return ", ".join(parts)


def _day(written: str | None) -> datetime | None:
    if written is None:
        return None
    try:
        return legal_midnight(written)
    except ValueError:
        pass
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        raise _refuse(f"--as-of {written[:40]!r} is neither a date nor an instant") from None
    if instant.tzinfo is None:
        raise _refuse(f"--as-of {written[:40]!r} has no UTC offset, such as +07:00")
    return instant.astimezone(UTC)


def _print_json(document: object) -> None:
    typer.echo(orjson.dumps(document).decode())


def _refuse(reason: str) -> typer.Exit:
    typer.echo(f"lienthong procedures: {' '.join(reason.split())}", err=True)
    return typer.Exit(2)
