"""Loads a packaged directory: routing/data/directory/<name>/{agencies,aliases}.tsv."""

from functools import cache

from routing.data.tables import legal_midnight, legal_midnight_or_open, read_table
from routing.directory.directory import Directory
from routing.directory.model import Agency
from routing.units import load_units


@cache
def load_directory(name: str = "thai-binh-hung-yen") -> Directory:
    """Load the packaged directory of this name (the same object every time)."""
    table = read_table("directory", name, "agencies.tsv")
    aliases: dict[str, list[str]] = {}
    for alias, code, _form in read_table("directory", name, "aliases.tsv").rows:
        aliases.setdefault(code, []).append(alias)
    agencies = tuple(
        Agency(
            code=code,
            name=label,
            level=level,
            roles=tuple(roles.split(" ")),
            parent=parent or None,
            jurisdiction=tuple(jurisdiction.split()),
            valid_from=legal_midnight(begin),
            valid_to=legal_midnight_or_open(end),
            successors=tuple(successors.split()),
            aliases=tuple(aliases.get(code, ())),
            demo=code_is == "demo",
            certainty=certainty,
            source=source,
        )
        for (
            code,
            level,
            roles,
            parent,
            jurisdiction,
            begin,
            end,
            successors,
            code_is,
            certainty,
            source,
            label,
        ) in table.rows
    )
    return Directory(version=table.header["version"], agencies=agencies, units=load_units())
