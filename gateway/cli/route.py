"""``lienthong route``: plan a route and explain every choice in it.

Reads packaged tables, and the directory that rules: the one approved last if LIENTHONG_DATABASE_URL
is set, the packaged one otherwise; or one named by path or version. Bad input, and a submission
that would be refused, is one line on stderr and exit code 2. A route in which a step that will run
has no agency is explained, with exit code 1.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
import typer

from gateway.cli.chosen_directory import Chosen, chosen_directory
from routing.data.tables import VIETNAM, legal_midnight
from routing.directory import Directory
from routing.explain import ExplainedStep, explain
from routing.itinerary import (
    Itinerary,
    RouteRefused,
    RouteRequest,
    Walk,
    legs_of,
    plan,
    to_document,
    walk,
)
from routing.legaltime import CalendarUnknown, load_calendar
from routing.procedures import Catalogue, FactValue, Procedure, load_catalogue
from routing.units import load_units


def route(
    procedure: Annotated[str, typer.Option(help="Procedure code, such as 2.000987.")],
    sender: Annotated[str, typer.Option("--from", help="Code or alias of the receiving agency.")],
    place: Annotated[
        list[str] | None, typer.Option(help="NAME=UNIT, such as applicant=11953; repeatable.")
    ] = None,
    fact: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE, such as identity_card=true; repeatable.")
    ] = None,
    received: Annotated[
        str | None,
        typer.Option(
            metavar="ISO", help="When the dossier was received: picks the version. Default --as-of."
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="ISO", help="The instant agencies are asked for; default now."
        ),
    ] = None,
    directory: Chosen = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not text.")] = False,
) -> None:
    """Show which agencies a dossier would go to, by when, and why."""
    catalogue, units = load_catalogue(), load_units()
    known = chosen_directory(directory, "route")
    now = _instant("--as-of", as_of) if as_of else datetime.now(UTC)
    received_at = _instant("--received", received) if received else now
    originator = known.resolve(sender, now)
    if originator is None:
        raise _refuse(f"no agency has the code or alias {sender[:40]!r}")
    asked = catalogue.in_force(procedure, received_at)
    planned = plan(
        RouteRequest(
            procedure,
            originator,
            _places(asked, place or []),
            _facts(asked, fact or []),
            received_at,
            now,
        ),
        catalogue,
        known,
        units,
    )
    if isinstance(planned, RouteRefused):
        raise _refuse(f"{planned.slug}: {planned.detail} ({planned.pointer})")
    version = catalogue.get(planned.procedure, planned.procedure_version)
    walked = _walk(planned, received_at)
    steps = explain(planned, version, known, walked)
    if as_json:
        document = _document(planned, version, catalogue, steps, walked, received_at)
        typer.echo(orjson.dumps(document).decode())
    else:
        _print(planned, version, known, steps, walked, received_at)
    if any(step.failure is not None and step.expected for step in planned.steps):
        raise typer.Exit(1)


def _walk(itinerary: Itinerary, received_at: datetime) -> Walk | None:
    legs, calendar = legs_of(itinerary), load_calendar("vn")
    try:
        return walk(legs, itinerary.total, calendar, itinerary.as_of, received_at)
    except CalendarUnknown:
        return None


def _document(
    itinerary: Itinerary,
    procedure: Procedure,
    catalogue: Catalogue,
    steps: tuple[ExplainedStep, ...],
    walked: Walk | None,
    received_at: datetime,
) -> dict[str, Any]:
    overall = walked.overall if walked else None
    return {
        "procedure": {
            "code": procedure.code,
            "version": procedure.version,
            "title": {"vi": procedure.title_vi, "en": procedure.title_en},
            "legal_basis": procedure.legal_basis,
            "source": procedure.source,
            "certainty": procedure.certainty,
            "demo": procedure.demo,
            "catalogue": catalogue.version,
        },
        "received_at": _local(received_at),
        "as_of": _local(itinerary.as_of),
        "originator": itinerary.originator,
        "total": itinerary.total,
        "total_excludes": list(itinerary.total_excludes),
        "overall_due_at": _local(overall.deadline_at) if overall else None,
        "calendar_known": walked is not None,
        "steps": [
            asdict(step)
            | {
                "starts_at": _local(step.starts_at) if step.starts_at else None,
                "due_at": _local(step.due_at) if step.due_at else None,
            }
            for step in steps
        ],
        "itinerary": to_document(itinerary),
    }


def _print(
    itinerary: Itinerary,
    procedure: Procedure,
    directory: Directory,
    steps: tuple[ExplainedStep, ...],
    walked: Walk | None,
    received_at: datetime,
) -> None:
    mark = "  [demo code]" if procedure.demo else ""
    typer.echo(f"{procedure.code} {procedure.title_vi}{mark}\n  {procedure.title_en}")
    typer.echo(f"  version {procedure.version}, picked by the receipt at {_local(received_at)}")
    typer.echo(f"  law     {procedure.legal_basis} ({procedure.certainty}: {procedure.source})")
    sender = directory.agency(itinerary.originator, itinerary.as_of)
    typer.echo(f"  from    {itinerary.originator} {sender.name if sender else '(not in force)'}")
    typer.echo(
        f"  tables  directory {itinerary.directory_version}, units {itinerary.units_version}, "
        f"as of {_local(itinerary.as_of)}"
    )
    typer.echo(f"  total   {_total(itinerary, walked)}")
    if walked is None:
        typer.echo("  the calendar does not reach far enough: no deadlines")
    for number, step in enumerate(steps, 1):
        _print_step(number, step)


def _total(itinerary: Itinerary, walked: Walk | None) -> str:
    if itinerary.total is None:
        return "none in law"
    due = f", due {_local(walked.overall.deadline_at)}" if walked and walked.overall else ""
    return f"{itinerary.total}{due}; does not count {', '.join(itinerary.total_excludes)}"


def _print_step(number: int, step: ExplainedStep) -> None:
    typer.echo(f"\n{number}. {step.step}: {step.title_vi} ({step.title_en})")
    typer.echo(
        f"   to      {step.agency} {step.agency_name}"
        if step.agency
        else f"   to      NOBODY: {step.failure}"
    )
    typer.echo(f"   rule    {step.rule}")
    typer.echo(f"   among   {', '.join(step.candidates) or 'no candidates'}")
    typer.echo(f"   why     {step.why}")
    typer.echo(f"   runs    {step.runs}; after {', '.join(step.after)}")
    typer.echo(f"   time    {_time(step)}")
    typer.echo(f"   law     {step.legal_basis} ({step.certainty}: {step.source})")
    if step.note:
        typer.echo(f"   note    {step.note}")


def _time(step: ExplainedStep) -> str:
    parts = [step.budget or ("the same day" if step.same_day else "no limit of its own")]
    if step.budget or step.same_day:
        parts.append(f"from when it is {step.start}")
        parts.append(f"cutoff {step.cutoff}" if step.cutoff else "no cutoff")
    if not step.inside_total:
        parts.append("outside the total")
    if step.silence:
        parts.append(f"silence is {step.silence}")
    if step.due_at:
        parts.append(f"due {_local(step.due_at)} at the latest")
    return ", ".join(parts)


def _places(procedure: Procedure | None, written: list[str]) -> dict[str, str]:
    places = dict(_pair("--place", one) for one in written)
    if procedure is not None:
        for name in places:
            if name not in procedure.places:
                known = ", ".join(procedure.places) or "none"
                raise _refuse(f"--place {name[:64]!r}: {procedure.code} asks for {known}")
    return places


def _facts(procedure: Procedure | None, written: list[str]) -> dict[str, FactValue]:
    """Read each fact by its declared type; the planner judges what does not fit."""
    facts: dict[str, FactValue] = {}
    for one in written:
        name, value = _pair("--fact", one)
        declared = procedure.facts.get(name) if procedure else None
        if procedure is not None and declared is None:
            known = ", ".join(procedure.facts) or "none"
            raise _refuse(f"--fact {name[:64]!r}: {procedure.code} declares {known}")
        match declared.kind if declared else None:
            case "bool" if value in ("true", "false"):
                facts[name] = value == "true"
            case "int" if value.isdecimal():
                facts[name] = int(value)
            case _:
                facts[name] = value
    return facts


def _pair(option: str, written: str) -> tuple[str, str]:
    name, equals, value = written.partition("=")
    if not equals or not name or not value:
        raise _refuse(f"{option} {written[:80]!r} is not NAME=VALUE")
    return name, value


def _instant(option: str, written: str) -> datetime:
    try:
        return legal_midnight(written)
    except ValueError:
        pass
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        raise _refuse(f"{option} {written[:40]!r} is neither a date nor an instant") from None
    if instant.tzinfo is None:
        raise _refuse(f"{option} {written[:40]!r} has no UTC offset, such as +07:00")
    return instant.astimezone(UTC)


def _local(instant: datetime) -> str:
    return instant.astimezone(VIETNAM).isoformat()


def _refuse(reason: str) -> typer.Exit:
    typer.echo(f"lienthong route: {' '.join(reason.split())}", err=True)
    return typer.Exit(2)
