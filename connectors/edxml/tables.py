"""The code tables of the dialect, read from the data that ships with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from connectors.edxml.model import BusinessType, StatusCode
from schemas.kinds import Kind


@dataclass(frozen=True, slots=True)
class StatusLine:
    """What a status code says, and the message that it amounts to; None: an event only."""

    code: StatusCode
    text: str
    event: str
    kind: Kind | None


@dataclass(frozen=True, slots=True)
class LetterLine:
    """How a message to an agency is written as a letter; `type` None: it is not."""

    kind: Kind
    type: BusinessType | None
    reason: str
    subject: str


@cache
def statuses() -> Mapping[StatusCode, StatusLine]:
    lines = (
        StatusLine(
            StatusCode(row["code"]),
            row["text"],
            row["event"],
            None if row["kind"] == "-" else Kind(row["kind"]),
        )
        for row in rows("statuses.tsv")
    )
    return MappingProxyType({line.code: line for line in lines})


@cache
def letters() -> Mapping[Kind, LetterLine]:
    lines = (
        LetterLine(
            Kind(row["kind"]),
            None if row["type"] == "-" else BusinessType(row["type"]),
            row["reason"],
            row["subject"],
        )
        for row in rows("letters.tsv")
    )
    return MappingProxyType({line.kind: line for line in lines})


@cache
def delivery_states() -> Mapping[str, str]:
    """Return `delivered` or `failed` for each state that a node may answer with."""
    return MappingProxyType({row["state"]: row["outcome"] for row in rows("delivery-states.tsv")})


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table by column; lines that begin with # are about the table."""
    file = resources.files("connectors.edxml") / "data" / name
    lines = [
        line.split("\t")
        for line in file.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
