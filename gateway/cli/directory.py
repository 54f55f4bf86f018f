"""``lienthong directory``: who an agency is, who is competent, who exists, as of an instant.

Asks the directory that rules: approved last if LIENTHONG_DATABASE_URL is set, packaged otherwise;
or one named by path or version. Bad input is one line on stderr and exit code 2; a good question
to which the answer is "nobody" or "several" is answered, with exit code 1. The commands that bring
directories in are in `directory_versions`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
import typer

from gateway.cli import directory_generating, directory_versions
from gateway.cli.chosen_directory import Chosen, chosen_directory
from routing.data.tables import VIETNAM, legal_midnight
from routing.directory import Agency, Directory
from routing.units import UnitAbolished, UnitFound, Units, load_units

app = typer.Typer(help="Agencies, their codes and their jurisdictions.", no_args_is_help=True)

AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="ISO", help="Date, or instant with an offset; default now."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, not text.")]


@app.command()
def show(code: str, as_of: AsOf = None, directory: Chosen = None, as_json: AsJson = False) -> None:
    """Show everything known about the agency with this code or alias."""
    known, instant = chosen_directory(directory), _instant(as_of)
    canonical = known.resolve(code, instant)
    if canonical is None:
        raise _refuse(f"no agency has the code or alias {code[:40]!r}")
    documents = [_document(agency, known, instant) for agency in known.history(canonical)]
    if as_json:
        _print_json({"code": canonical, "asked": code, "versions": documents})
        return
    for document in documents:
        for label, value in document.items():
            if value not in (None, [], ""):
                typer.echo(f"{label:<13} {_as_text(value)}")


@app.command()
def find(
    role: str,
    unit: str,
    as_of: AsOf = None,
    directory: Chosen = None,
    as_json: AsJson = False,
) -> None:
    """Find the agency of a role that is competent for an administrative unit."""
    known, units, instant = chosen_directory(directory), load_units(), _instant(as_of)
    if role not in known.roles():
        raise _refuse(f"no agency has the role {role[:40]!r}, only {', '.join(_placed(known))}")
    name = _unit_name(units, unit, instant)
    found = known.competent(role, unit, instant)
    if as_json:
        _print_json(
            {
                "role": role,
                "unit": {"code": unit, "name": name},
                "covered_through": list(units.ancestors(unit, instant)),
                "as_of": _local(instant),
                "directory": known.version,
                "units": units.version,
                "agencies": [_document(agency, known, instant) for agency in found],
            }
        )
    else:
        line = " < ".join(units.ancestors(unit, instant))
        typer.echo(f"{role} for {unit} {name} ({line}), as of {_local(instant)}:")
        for agency in found:
            typer.echo(f"  {agency.code}  {agency.name}{_mark(agency)}")
        if len(found) != 1:
            typer.echo("  nobody" if not found else "  ambiguous: several are competent")
    if len(found) != 1:
        raise typer.Exit(1)


@app.command("list")
def list_agencies(
    as_of: AsOf = None,
    role: Annotated[str | None, typer.Option(help="Only this role.")] = None,
    directory: Chosen = None,
    as_json: AsJson = False,
) -> None:
    """List the agencies that exist at an instant."""
    known, instant = chosen_directory(directory), _instant(as_of)
    if role is not None and role not in known.roles():
        raise _refuse(f"no agency has the role {role[:40]!r}")
    found = [a for a in known.in_force(instant) if role is None or role in a.roles]
    if as_json:
        _print_json([_document(agency, known, instant) for agency in found])
        return
    for agency in found:
        typer.echo(f"{agency.code:<16} {' '.join(agency.roles):<26} {agency.name}{_mark(agency)}")
    typer.echo(f"{len(found)} agencies as of {_local(instant)} ({known.version})")


directory_versions.add_to(app)
app.command()(directory_generating.generate)


def _document(agency: Agency, directory: Directory, instant: datetime) -> dict[str, Any]:
    return {
        "code": agency.code,
        "name": agency.name,
        "level": agency.level,
        "roles": list(agency.roles),
        "parent": agency.parent,
        "jurisdiction": list(agency.jurisdiction),
        "valid_from": _local(agency.valid_from),
        "valid_to": _local(agency.valid_to) if agency.valid_to else None,
        "in_force": agency.in_force(instant),
        "successors": list(agency.successors),
        "aliases": list(agency.aliases),
        "demo": agency.demo,
        "certainty": agency.certainty,
        "source": agency.source,
        "directory": directory.version,
    }


def _instant(written: str | None) -> datetime:
    if written is None:
        return datetime.now(UTC)
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


def _unit_name(units: Units, code: str, instant: datetime) -> str:
    answer = units.find(code, instant)
    match answer:
        case UnitFound(unit):
            return unit.name
        case UnitAbolished(unit, successors, ambiguous):
            now = " or ".join(successors)
            raise _refuse(
                f"{code} {unit.name} no longer exists at {_local(instant)};"
                f" it lies in {now}{' (ambiguous)' if ambiguous else ''}"
            )
        case _:
            raise _refuse(f"unit {code[:10]!r} is unknown at {_local(instant)}: {answer.because}")


def _placed(directory: Directory) -> Sequence[str]:
    return sorted(role for role in directory.roles() if directory.covered(role))


def _local(instant: datetime) -> str:
    return instant.astimezone(VIETNAM).isoformat()


def _as_text(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return " ".join(str(one) for one in value)
        case _:
            return str(value)


def _mark(agency: Agency) -> str:
    return "  [demo]" if agency.demo else ""


def _print_json(document: object) -> None:
    typer.echo(orjson.dumps(document).decode())


def _refuse(reason: str) -> typer.Exit:
    typer.echo(f"lienthong directory: {' '.join(reason.split())}", err=True)
    return typer.Exit(2)
