"""What if (Thử tuyến): where a dossier of a procedure would go from a unit on a day, and why.

A form that is sent as an address, so that an answer can be handed to a colleague. Nothing is
submitted and nothing in it names a person.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from gateway.api.state import State
from gateway.console.formats import ZONE
from gateway.console.pages import Crumb, Page, PageMaker
from gateway.console.procedure_words import ProcedureWords
from gateway.console.route_picture import RoutePicture, RouteStep, numbered, picture_of_route
from gateway.console.route_words import RouteWords
from gateway.console.screens.procedures import PROCEDURES, TONES, Seeing
from gateway.operations.what_if import (
    Foretold,
    FoundUnits,
    Outcome,
    Question,
    foretell,
    look_for_units,
    procedures_at,
)
from gateway.rulebook import Rulebook
from routing.procedures import FactValue, Procedure
from routing.units import Unit

WHAT_IF: Final = PROCEDURES + "/what-if"
FACT: Final = "fact."
"""What a field of a fact begins with."""
_YEARS: Final = range(1990, 2100)

router = APIRouter(prefix=WHAT_IF)


@router.get("")
async def show(request: Request, page: Page, state: State, _who: Seeing) -> Response:
    """Show the form, and below it what it asks for."""
    given = {name: value.strip()[:100] for name, value in request.query_params.items()}
    rulebook, now = state.services.rulebook, state.services.clock.now()
    at = _instant(given, now)
    asked = at or now
    procedure = rulebook.catalogue.in_force(given.get("procedure", ""), asked)
    unit, found = _unit(given.get("unit", ""), rulebook, asked)
    outcome: Outcome | None = None
    if at is not None and unit is not None and given.get("procedure"):
        facts = _facts(procedure, given)
        outcome = foretell(
            Question(given["procedure"], unit, at, facts, given.get("office", "").upper() or None),
            rulebook,
        )
    return _page(page, rulebook, given, asked, procedure, unit, found, outcome, wrong=at is None)


def _page(
    page: PageMaker,
    rulebook: Rulebook,
    given: Mapping[str, str],
    at: datetime,
    procedure: Procedure | None,
    unit: str | None,
    found: FoundUnits | None,
    outcome: Outcome | None,
    *,
    wrong: bool,
) -> Response:
    words = ProcedureWords(page.words, page.language)
    local = at.astimezone(ZONE)
    listed = sorted(procedures_at(rulebook, at), key=lambda one: (one.field, words.title(one)))
    route = RouteWords(page.words, words, rulebook, at)
    return page.show(
        "what_if.html",
        title="what-if.title",
        screen="procedures",
        trail=[Crumb(page.words("procedures.title"), PROCEDURES)],
        status=400 if wrong else 200,
        given=given,
        wrong=wrong,
        day=given.get("day") or f"{local:%Y-%m-%d}",
        hour=given.get("hour") or f"{local:%H:%M}",
        at=at,
        procedures=[(one.code, f"{words.title(one)} ({one.code})") for one in listed],
        chosen=procedure,
        facts=_fields(procedure, given, words, page),
        unit=unit,
        found=found,
        outcome=outcome,
        kind=type(outcome).__name__,
        picture=_picture(outcome, rulebook, words, page) if isinstance(outcome, Foretold) else None,
        say=words,
        route=route,
        tones=TONES,
        calendar=rulebook.calendar,
        known_from=rulebook.units.known_from,
        last_day=_last_day,
        again=partial(_again, given),
    )


def _again(asked: Mapping[str, str], **changed: str) -> str:
    """Return the address of the same question with something else in it."""
    return f"{WHAT_IF}?{urlencode({**asked, **changed})}"


def _last_day(unit: Unit) -> str:
    """Return the last day on which a unit that has ended was there."""
    assert unit.valid_to is not None
    return f"{(unit.valid_to - timedelta(days=1)).astimezone(ZONE):%Y-%m-%d}"


def _instant(given: Mapping[str, str], now: datetime) -> datetime | None:
    """Read the day and the hour, which are Vietnam's; None if they are none."""
    local = now.astimezone(ZONE)
    day, hour = given.get("day") or f"{local:%Y-%m-%d}", given.get("hour") or f"{local:%H:%M}"
    try:
        at = datetime.strptime(f"{day} {hour[:5]}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
    except ValueError:
        return None
    return at if at.year in _YEARS else None


def _unit(text: str, rulebook: Rulebook, at: datetime) -> tuple[str | None, FoundUnits | None]:
    """Read a code, or look for a name; a name that only one unit in force has is that unit."""
    if not text:
        return None, None
    if rulebook.units.versions(text):
        return text, None
    found = look_for_units(rulebook.units, text, at)
    if len(found.units) == 1 and found.units[0].in_force(at):
        return found.units[0].code, None
    return None, found


def _facts(procedure: Procedure | None, given: Mapping[str, str]) -> dict[str, FactValue]:
    """Read each fact that was said by its declared type; the planner judges what does not fit."""
    facts: dict[str, FactValue] = {}
    for fact in procedure.facts.values() if procedure else ():
        said = given.get(FACT + fact.name, "")
        match fact.kind:
            case "bool" if said in ("true", "false"):
                facts[fact.name] = said == "true"
            case "int" if said.isascii() and said.isdecimal():
                facts[fact.name] = int(said)
            case _ if said:
                facts[fact.name] = said
    return facts


def _fields(
    procedure: Procedure | None, given: Mapping[str, str], words: ProcedureWords, page: PageMaker
) -> list[dict[str, Any]]:
    """Return what the form asks of the procedure's facts."""
    fields = []
    for fact in procedure.facts.values() if procedure else ():
        options: Sequence[FactValue] = (True, False) if fact.kind == "bool" else fact.choices
        fields.append(
            {
                "name": FACT + fact.name,
                "title": words.title(fact),
                "value": given.get(FACT + fact.name, ""),
                "options": [
                    ("", page.words("what-if.fact.unsaid")),
                    *((_written(one), words.value(one)) for one in options),
                ],
                "number": fact.kind == "int",
                "required": fact.required,
            }
        )
    return fields


def _written(value: FactValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _picture(
    foretold: Foretold, rulebook: Rulebook, words: ProcedureWords, page: PageMaker
) -> RoutePicture | None:
    """Draw the steps that run; None where the calendar does not reach."""
    walked, itinerary = foretold.walk, foretold.itinerary
    if walked is None:
        return None
    running = [step for step in itinerary.steps if step.expected]
    fed_by = numbered(
        [step.id for step in running], {step.id: step.after for step in itinerary.steps}
    )
    overall = walked.overall
    office = rulebook.directory.agency(itinerary.originator, itinerary.as_of)
    lanes = [
        RouteStep(
            page.words("what-if.whole"),
            office.name if office else itinerary.originator,
            itinerary.as_of,
            overall.started_at if overall else None,
            overall.deadline_at if overall else None,
            page.words("what-if.promised" if overall else "procedures.total.none"),
            "whole",
        )
    ]
    for step in running:
        due = walked.due.get(step.id)
        agency = rulebook.directory.agency(step.agency, itinerary.as_of) if step.agency else None
        outside = step.outside_total or step.publication
        lanes.append(
            RouteStep(
                words.title(step),
                agency.name if agency else page.words("what-if.nobody"),
                foretold.arrives[step.id],
                due.started_at if due else None,
                due.deadline_at if due else None,
                page.words("what-if.due") if due else page.words("step.limit.none"),
                "bad" if step.failure else "outside" if outside else "inside",
                fed_by[step.id],
            )
        )
    return picture_of_route(lanes, rulebook.calendar, page.language)
