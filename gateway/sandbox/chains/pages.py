"""Write docs/chains: a picture and a page per example, and the page that lists them all.

The same values give the same bytes: nothing here reads a clock, and no identifier is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.pictures.drawing import draw
from gateway.pictures.plain_words import sentence, who
from gateway.pictures.story import Entry, tell
from gateway.pictures.words import budget_words, moment
from gateway.rulebook import Rulebook
from gateway.sandbox.chains.cast import Cast
from routing.lifecycle.model import Transfer
from routing.procedures import Procedure

GENERATED = "<!-- written by python -m gateway.sandbox.chains; edit stories.py, not this -->"


@dataclass(frozen=True, slots=True)
class Played:
    """What came of an example: its transfer as stored, and its ledger."""

    cast: Cast
    transfer: Transfer
    ledger: Sequence[Entry]


def files(played: Sequence[Played], rulebook: Rulebook) -> dict[str, str]:
    """Return every file of docs/chains, by name."""
    written: dict[str, str] = {}
    for one in played:
        code = one.cast.example.procedure
        written[f"{code}.svg"] = picture(one, rulebook)
        written[f"{code}.md"] = page(one, rulebook)
    written["README.md"] = _list(played, rulebook)
    return written


def picture(one: Played, rulebook: Rulebook) -> str:
    """Draw an example, in Vietnamese."""
    procedure = _procedure(one, rulebook)
    story = tell(
        one.transfer,
        one.ledger,
        title=procedure.title_vi,
        names=_names(one, rulebook),
        now=one.transfer.last_event_at,
    )
    return draw(story, rulebook.calendar)


def page(one: Played, rulebook: Rulebook) -> str:
    """Write an example's page: what it shows, its picture, and its ledger in plain words."""
    procedure, example = _procedure(one, rulebook), one.cast.example
    total = one.transfer.clock.budget
    limit = budget_words("en", total) if total else "none in law"
    lines = [
        GENERATED,
        "",
        f"# {procedure.code} · {procedure.title_vi}",
        "",
        f"{procedure.title_en}. Chain {procedure.chain}, version {procedure.version}; total: "
        f"{limit}; {procedure.legal_basis} ({procedure.certainty}). People and cases are invented.",
        "",
        f"{example.vi}",
        "",
        f"*{example.en}*",
        "",
        f"![{procedure.title_en}: the way of one dossier over legal time]({procedure.code}.svg)",
        "",
        f"Shows: {', '.join(example.shows)}.",
        "",
        "## Nhật ký · the ledger in plain words",
        "",
        "| lúc · when | bước · step | ai · who | việc · what |",
        "|---|---|---|---|",
        *_rows(one, rulebook),
        "",
    ]
    return "\n".join(lines)


def _rows(one: Played, rulebook: Rulebook) -> Iterator[str]:
    names, zone = _names(one, rulebook), rulebook.calendar.zone
    for entry in one.ledger:
        step = entry["step"] or ""
        if step and entry["round"] != 1:
            step = f"{step} ({entry['round']})"
        vi, en = (sentence(entry, names, zone, language) for language in ("vi", "en"))
        cells = (
            moment(entry["legal_at"], zone),
            step,
            who(entry["actor"], names, "vi"),
            f"{vi}<br>*{en}*",
        )
        yield f"| {' | '.join(cells)} |"


def _list(played: Sequence[Played], rulebook: Rulebook) -> str:
    lines = [
        GENERATED,
        "",
        "# Worked examples, one per chain",
        "",
        "Each is one dossier of a procedure in force at its day, played through a running gateway "
        "with scripted agencies on a clock that steps from instant to instant. The picture is "
        "drawn from what the gateway stored: hops, clocks and ledger. The pages are written by "
        "`python -m gateway.sandbox.chains` (`--check` compares), and tests hold them to the code.",
        "",
        "How to read a picture: time runs to the right, working time to scale, nights and days off "
        "narrow and shaded. A lane is one agency's turn. A green line is the hand-over until the "
        "receipt, a bar the work, hatched while paused, striped red once overdue; a flag is a "
        "deadline, a triangle a warning, a diamond a limit that has passed.",
        "",
        "| procedure | | day | shows |",
        "|---|---|---|---|",
    ]
    for one in sorted(played, key=lambda one: (_procedure(one, rulebook).chain, one.cast.dossier)):
        procedure, example = _procedure(one, rulebook), one.cast.example
        lines.append(
            f"| [{procedure.code}]({procedure.code}.md) | {procedure.title_vi}<br>"
            f"*{procedure.title_en}* | {example.at[:10]} | {', '.join(example.shows)} |"
        )
    return "\n".join([*lines, ""])


def _procedure(one: Played, rulebook: Rulebook) -> Procedure:
    return rulebook.catalogue.get(one.transfer.procedure, one.transfer.procedure_version)


def _names(one: Played, rulebook: Rulebook) -> Mapping[str, str]:
    names: dict[str, Any] = {}
    for code in one.cast.agencies:
        agency = rulebook.directory.agency(code, one.cast.at)
        if agency is not None:
            names[code] = agency.name
    return names
