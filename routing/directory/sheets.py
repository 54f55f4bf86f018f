"""A directory as it is handed in: two tables of text, and the digest that names exactly them."""

from dataclasses import dataclass
from hashlib import sha256

AGENCIES = "agencies.tsv"
ALIASES = "aliases.tsv"
MOST_BYTES = 32 * 1024 * 1024
"""Of both together. The whole country in both eras takes about 6 MB."""

AGENCY_COLUMNS = (
    "code",
    "level",
    "roles",
    "parent",
    "jurisdiction",
    "begin",
    "end",
    "successors",
    "code_is",
    "certainty",
    "source",
    "name",
)
ALIAS_COLUMNS = ("alias", "code", "form")


@dataclass(frozen=True, slots=True)
class Sheets:
    """The text of agencies.tsv and of aliases.tsv."""

    agencies: str
    aliases: str

    def __repr__(self) -> str:
        return f"<Sheets {self.digest.hex()[:12]}>"

    @property
    def digest(self) -> bytes:
        """sha-256 of both texts in UTF-8, the first ended by a zero byte."""
        return sha256(self.agencies.encode() + b"\0" + self.aliases.encode()).digest()
