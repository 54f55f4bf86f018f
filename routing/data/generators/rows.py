"""One row of the agency table, and the words that every row needs."""

from dataclasses import dataclass, fields

KNOWN_FROM = "2025-03-01"
REFORM = "2025-07-01"
LAW = "NQ 202/2025/QH15"

CONSTRUCTED = "constructed from the unit tables"
SEEN = "seen in public material of 2025-2026"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyRow:
    """The columns of agencies.tsv, in their order."""

    code: str
    level: str
    roles: str
    parent: str = ""
    jurisdiction: str = ""
    begin: str
    end: str = ""
    successors: str = ""
    code_is: str = "demo"
    certainty: str = "unverified"
    source: str = CONSTRUCTED
    name: str

    @staticmethod
    def columns() -> tuple[str, ...]:
        """The column names, as the table's first line has them."""
        return tuple(field.name for field in fields(AgencyRow))

    def fields(self) -> tuple[str, ...]:
        """The row's values in the order of the columns."""
        return tuple(getattr(self, name) for name in self.columns())


def in_sentence(unit_name: str) -> str:
    """Return a unit's name as it stands inside a sentence: "Xã Minh Thọ" → "xã Minh Thọ"."""
    return unit_name[0].lower() + unit_name[1:]
