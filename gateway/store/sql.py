"""The SQL statements: one file each under queries/, named as a verb phrase."""

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> bytes:
    """Return the text of queries/<name>.sql, read once."""
    return files("gateway.store.queries").joinpath(f"{name}.sql").read_bytes()
