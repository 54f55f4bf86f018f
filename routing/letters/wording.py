"""Put a letter into words: the form's text, with its slots filled, in Vietnamese or English.

The wording is data (`routing/data/letters/form-04.toml`) with its source and how sure that is.
Values are put into slots once and never read again, so nothing in them can become wording.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from importlib import resources
from typing import Any, Final, Literal

from routing.legaltime import Budget, WorkCalendar
from routing.letters.apology import Apology
from routing.lifecycle.draft import ORIGIN_STEP
from routing.lifecycle.events import Context

Language = Literal["vi", "en"]
NOMINAL_HOURS: Final = 8

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of the form."""

    version: str
    form: str
    certainty: str
    source: str
    texts: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, part by part, as it stands on the page; dotted lines are for a person to fill."""

    language: Language
    nation: str
    motto: str
    author: str
    number: str
    place_date: str
    title: str
    subject: str
    addressee: str
    paragraphs: tuple[str, ...]
    recipients_title: str
    recipients: tuple[str, ...]
    signature: tuple[str, ...]
    footer: str


def load_wording() -> Wording:
    """Read the packaged form."""
    text = resources.files("routing.data").joinpath("letters", "form-04.toml").read_text("utf-8")
    document = tomllib.loads(text)
    form = document["form"]
    return Wording(
        version=document["version"],
        form=f"{form['number']}/{document['version']}",
        certainty=form["certainty"],
        source=form["source"],
        texts={language: document[language] for language in ("vi", "en")},
    )


def write_letter(
    apology: Apology, context: Context, wording: Wording, language: Language
) -> Letter:
    """Fill the form's slots."""
    text = wording.texts[language]
    slots = _slots(apology, context, wording, language)

    def filled(name: str) -> str:
        line: str = text[name]
        return line.format_map(slots)

    return Letter(
        language=language,
        nation=text["nation"],
        motto=text["motto"],
        author=slots["author"],
        number=text["number"],
        place_date=text["place_date"],
        title=text["title"],
        subject=filled("subject"),
        addressee=text["addressee"],
        paragraphs=tuple(one.format_map(slots) for one in text["paragraphs"]),
        recipients_title=text["recipients_title"],
        recipients=tuple(one.format_map(slots) for one in text["recipients"]),
        signature=tuple(text["signature"]),
        footer=filled("footer"),
    )


def spoken_instant(instant: datetime, calendar: WorkCalendar, language: Language) -> str:
    """Write an instant as a letter does, in the calendar's own time."""
    local = instant.astimezone(calendar.zone)
    if language == "vi":
        day = f"ngày {local.day:02} tháng {local.month:02} năm {local.year}"
        return f"{local:%H} giờ {local:%M} phút, {day}"
    return f"{local:%H:%M} on {local.day} {_MONTHS[local.month - 1]} {local.year}"


def spoken_span(span: Budget, text: Mapping[str, Any], language: Language) -> str:
    """Write working days as days, hours or minutes, whichever a person would say."""
    days = span.amount
    hours = days * NOMINAL_HOURS
    units: Mapping[str, str] = text["units"]
    if days >= 1:
        return units["working_day"].format(amount=_decimal(days, language))
    if hours >= 1:
        return units["working_hour"].format(amount=_decimal(hours, language))
    return units["minute"].format(amount=_decimal(Fraction(round(hours * 60)), language))


def _slots(
    apology: Apology, context: Context, wording: Wording, language: Language
) -> dict[str, str]:
    transfer, calendar = apology.transfer, context.calendar
    procedure = context.catalogue.get(transfer.procedure, transfer.procedure_version)
    seqs = ", ".join(f"{one.seq} ({one.hash[:12]})" for one in apology.delay.proof)
    slots = {
        "dossier": transfer.code,
        "transfer": str(transfer.id),
        "procedure": getattr(procedure, f"title_{language}"),
        "procedure_code": transfer.procedure,
        "one_stop": _name(context, transfer.originator),
        "author": _name(context, apology.author),
        "received": spoken_instant(apology.received_at, calendar, language),
        "due": spoken_instant(apology.due_at, calendar, language),
        "new_date": spoken_instant(apology.new_date, calendar, language),
        "legal_basis": apology.legal_basis,
        "proof": seqs or wording.texts[language]["no_proof"],
        "form": wording.form,
    }
    return {**slots, "cause": _cause(apology, context, wording, language)}


def _cause(apology: Apology, context: Context, wording: Wording, language: Language) -> str:
    delay, text = apology.delay, wording.texts[language]
    step = apology.transfer.itinerary.by_id.get(delay.step or "", ORIGIN_STEP)
    sentence: str = text["causes"][delay.kind.value]
    since = delay.since or apology.decided_at
    return sentence.format_map(
        {
            "step": getattr(step, f"title_{language}"),
            "agency": _name(context, delay.agency or apology.author),
            "since": spoken_instant(since, context.calendar, language),
            "lasted": spoken_span(delay.lasted, text, language),
            "reason": text["reasons"].get(delay.reason, ""),
        }
    )


def _name(context: Context, code: str) -> str:
    agency = context.directory.agency(code, context.now)
    if agency is None:
        known = context.directory.history(code)
        agency = known[-1] if known else None
    return agency.name if agency is not None else code


def _decimal(amount: Fraction, language: Language) -> str:
    """One decimal, rounded; a decimal comma in Vietnamese."""
    written = f"{float(round(amount, 1)):.1f}".removesuffix(".0")
    return written.replace(".", ",") if language == "vi" else written
