"""``lienthong directory generate``: writes a directory constructed from the unit tables.

For demonstrations and tests at the size of the country, and as a form to fill in: units are real,
codes and areas are not confirmed and marked so.
"""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.configured import refuse
from routing.directory.sheets import AGENCIES, ALIASES


def generate(
    what: Annotated[
        list[str],
        typer.Argument(metavar="national|PROVINCE...", help="Or unit codes of provinces of today."),
    ],
    out: Annotated[Path, typer.Option(help="The folder to write; made if it is not there.")],
) -> None:
    """Write the directory of the whole country, or of provinces and what they were made of."""
    from routing.data.generators import national
    from routing.data.generators.eras import provinces
    from routing.data.generators.rows import REFORM

    known = {unit.code for unit in provinces(REFORM)}
    whole = what == ["national"]
    if not whole and (wrong := sorted(set(what) - known)):
        raise refuse("directory", f"{wrong[0][:20]!r} is no unit code of a province of today")
    sheets = national.sheets(() if whole else sorted(set(what)))
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / AGENCIES).write_text(sheets.agencies, "utf-8")
        (out / ALIASES).write_text(sheets.aliases, "utf-8")
    except OSError as error:
        raise refuse("directory", f"{out}: {error.strerror}") from None
    rows = sum(1 for line in sheets.agencies.splitlines() if not line.startswith("#")) - 1
    typer.echo(f"{out}: {rows} dòng · rows, sha-256 {sheets.digest.hex()}")
