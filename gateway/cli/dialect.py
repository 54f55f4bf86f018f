"""``lienthong dialect``: a partner's mapping file, before the partner sees anything.

Needs neither a database nor the partner. What cannot be read is one line per fault on stderr, each
with its place, and exit code 2.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from connectors.dialects.applying import Unfit
from connectors.dialects.checking import Checked, check_dialect, read_sample
from connectors.dialects.dialect import Dialect
from connectors.dialects.packaged import load_file, load_packaged, packaged_names
from connectors.dialects.reading import NotADialect
from gateway.cli.configured import refuse

app = typer.Typer(help="Mappings of partners' dialects.", no_args_is_help=True)

_COMMAND = "dialect"


@app.callback()
def _commands() -> None:
    """Have `check` named, though it is the only command so far."""


@app.command("check")
def check(
    mapping: Annotated[str, typer.Argument(metavar="FILE", help="A mapping, or the name of ours.")],
    option: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="An option of the endpoint that rules read."),
    ] = None,
    post: Annotated[
        Path | None, typer.Option(help="A partner's post as JSON: show what it is read as.")
    ] = None,
    operation: Annotated[
        str | None, typer.Option(help="The last part of the address it was posted to.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not text.")] = False,
) -> None:
    """Read a mapping strictly; show what is told and heard, how sure it is, and samples."""
    dialect = _read(mapping)
    checked = check_dialect(dialect, _options(option or []))
    heard = None if post is None else _heard(post, operation, dialect)
    typer.echo(_json(dialect, checked, heard) if as_json else _text(dialect, checked, heard))


def _read(named: str) -> Dialect:
    try:
        return load_packaged(named) if named in packaged_names() else load_file(Path(named))
    except NotADialect as error:
        for fault in error.faults[1:]:
            refuse(_COMMAND, f"{named}: {fault}")
        raise refuse(_COMMAND, f"{named}: {error.faults[0]}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise refuse(_COMMAND, f"{named} cannot be read: {_why(error)}") from None


def _why(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else "it is not UTF-8"


def _options(said: list[str]) -> dict[str, str]:
    if wrong := next((one for one in said if "=" not in one), None):
        raise refuse(_COMMAND, f"--option is NAME=VALUE, not {wrong[:60]!r}")
    return dict(one.split("=", 1) for one in said)


def _heard(post: Path, operation: str | None, dialect: Dialect) -> dict[str, Any]:
    try:
        document = orjson.loads(post.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise refuse(_COMMAND, f"{post} cannot be read: {error}") from None
    if not isinstance(document, dict):
        raise refuse(_COMMAND, f"{post} is no JSON object")
    try:
        return read_sample(document, operation, dialect)
    except Unfit as unfit:
        raise refuse(_COMMAND, f"{post}: {unfit.place} {unfit.says}") from None


def _json(dialect: Dialect, checked: Checked, heard: dict[str, Any] | None) -> str:
    document = {"dialect": dialect.name, **asdict(checked), "heard_sample": heard}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _text(dialect: Dialect, checked: Checked, heard: dict[str, Any] | None) -> str:
    lines = [f"{dialect.name}: {dialect.mapping.title}"]
    lines += _named("told", checked.told)
    lines += _named("not told", checked.silent)
    lines += _named("heard", checked.heard)
    back = "each way" if not checked.lossy else "but for"
    lines.append(f"statuses: {len(list(dialect.statuses))} rows, lossless {back}")
    lines += [f"    {one}" for one in checked.lossy]
    counted = (f"{number} {certainty}" for certainty, number in sorted(checked.certainties.items()))
    said = "; to be compared with the partner:" if checked.unsure else ""
    lines.append(f"certainty: {', '.join(counted)}{said}")
    lines += [f"    {one.place}: {one.certainty} ({one.source})" for one in checked.unsure]
    for sample in checked.samples:
        lines.append(f"{sample.call} of an example {sample.kind}, to {sample.path}:")
        lines += [f"    {sample.lacks}"] if sample.lacks else _document(sample.document)
    if heard is not None:
        lines.append(f"the post is read as {heard['kind'] or 'nothing that is asked of us'}:")
        lines += _document(heard["data"])
    return "\n".join(lines)


def _named(what: str, names: tuple[str, ...]) -> list[str]:
    return [f"{what}: {', '.join(names)}"] if names else [f"{what}: nothing"]


def _document(document: Any) -> list[str]:
    written = orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()
    return [f"    {line}" for line in written.splitlines()]
