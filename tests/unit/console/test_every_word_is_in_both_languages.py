"""Catalogues and screens agree: every id that is used exists, in both languages, and no other."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from jinja2 import Environment, nodes

import gateway.console
from gateway import people
from gateway.console.agency_query import CONDITIONS, STATES
from gateway.console.dossier_rows import (
    ATTEMPT_COLUMNS,
    ATTEMPTED,
    SENDINGS,
    TABLES,
    TURN_COLUMNS,
    WHY_COLUMNS,
)
from gateway.console.navigation import SCREENS
from gateway.console.outcome_words import COUNTED
from gateway.console.overviews import GRAINS
from gateway.console.problems import TOLD
from gateway.console.route_words import REFUSALS
from gateway.console.screens import calendar, reorganisation
from gateway.console.screens.acts import COLUMNS, OUTCOMES, UNAPPROVED
from gateway.console.screens.admission import ACTS, MAKE_SECRETS, MISSING, NUMBERS
from gateway.console.screens.agencies import STRIP
from gateway.console.screens.agency import DEEDS, OPEN_TURNS
from gateway.console.screens.agency_outages import WRONG
from gateway.console.screens.audit import COLUMNS as AUDIT_COLUMNS
from gateway.console.screens.dossier_content import PAPER_COLUMNS, PAPER_STATES, REASONS
from gateway.console.screens.dossier_letter import WHY_NONE
from gateway.console.screens.dossiers import LIST_COLUMNS
from gateway.console.screens.now import HANDED
from gateway.console.screens.orders import FIELDS, OFFERED, PAUSES, RETURN_TO, RETURNS
from gateway.console.screens.procedures import STANDINGS
from gateway.console.screens.report_overview import FIGURES
from gateway.console.screens.stuck import CHIPS
from gateway.console.words import LANGUAGES, words_of
from gateway.console.year import DayKind
from gateway.joining.capabilities import TO_AGENCIES
from gateway.operations import boards
from gateway.operations.acts import CONTROLS, DeskAct
from gateway.operations.causes import Whose
from gateway.operations.look_up import Progress, Standing
from gateway.operations.trail import KINDS
from gateway.operations.wellness import Organ
from gateway.people.by_provider import Turned
from gateway.people.four_eyes import Irrevocable
from gateway.people.passwords import PasswordFault
from gateway.people.rights import Role
from gateway.reports.making import ReportName
from gateway.reports.names import LEVELS
from gateway.reports.spans import Grain
from routing import lint
from routing.directory import load_directory
from routing.directory.findings import Severity
from routing.itinerary import FailureKind
from routing.lifecycle.model import Act, HopState, TransferState
from routing.outages import OutageKind
from routing.procedures import Certainty, load_catalogue
from routing.procedures.model import PauseReason, PlaceName, StartRule
from routing.units import UnknownBecause
from schemas.kinds import FROM_AGENCIES, Kind
from schemas.registry import REGISTRY


def refusals_of_people() -> set[str]:
    """Return the words by which acts on accounts are refused."""
    places = [Path(people.__path__[0]), Path(gateway.console.__path__[0]) / "screens"]
    raised = re.compile(r'(?:PersonRefused|super\(\).__init__)\(\s*"([a-z-]+)"')
    return {
        one
        for place in places
        for path in place.glob("*.py")
        for one in raised.findall(path.read_text("utf-8"))
    }


def kinds_of_findings() -> set[str]:
    """Return what lint can find: each kind stands in its module as it is."""
    named = re.compile(r'Severity\.[A-Z]+,\s+"([a-z-]+)"')
    text = Path(lint.__file__).read_text("utf-8")
    return {*named.findall(text), *re.findall(r'\("([a-z-]+)", (?:nobody|several)\)', text)}


def words_of_the_tables() -> set[str]:
    """Return the ids of what the packaged procedures and agencies speak of in codes."""
    catalogue = load_catalogue()
    versions = [one for code in catalogue.codes() for one in catalogue.versions(code)]
    facts = [fact for one in versions for fact in one.facts.values()]
    return {
        *(f"competence.{role}" for role in load_directory().roles()),
        *(f"competence.{step.role}" for one in versions for step in one.steps if step.role),
        *(f"choice.{choice}" for fact in facts for choice in fact.choices),
        *(f"place.{place}" for place in get_args(PlaceName)),
        *(f"procedure.pause.{reason}" for reason in get_args(PauseReason)),
        *(f"procedure.standing.{standing}" for standing in STANDINGS),
        *(f"step.start.{start}" for start in get_args(StartRule)),
        *(f"certainty.{certainty}" for certainty in Certainty),
        *(f"findings.severity.{severity}" for severity in Severity),
        *(f"finding.{kind}" for kind in kinds_of_findings()),
        *(f"route.{part}.{kind}" for part in ("failure", "to-do") for kind in FailureKind),
        *(f"route.refused.{slug}" for slug in REFUSALS),
        *(f"what-if.unit-unknown.{because}" for because in UnknownBecause),
    }


def said_in_messages() -> set[str]:
    """Return the words for every field of an agency's message, and for what has a few values."""
    found: set[str] = set()
    ahead: list[Any] = [
        version.model.model_json_schema()
        for version in REGISTRY.versions
        if version.kind in FROM_AGENCIES
    ]
    while ahead:
        match ahead.pop():
            case dict() as one:
                for name, field in one.get("properties", {}).items():
                    found.add(f"dossier.field.{name}")
                    if name in ("kind", "channel", "outcome"):
                        found |= {
                            f"dossier.value.{name}.{value}" for value in field.get("enum", ())
                        }
                ahead.extend(one.values())
            case list() as many:
                ahead.extend(many)
    return {one.replace("_", "-") for one in found}


_ROOM = Path(gateway.console.__path__[0])
_TEMPLATES = sorted((_ROOM / "templates").rglob("*.html"))
_ID = re.compile(r'"([a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+)"')
ACT_STATES = (
    "unproposed",
    "done-some",
    "done-none",
    "frozen",
    "running",
    "paused",
    "held",
    "cancelled",
    "done",
)
DECIDED = ("approved", "refused", "withdrawn", "expired", "failed")
_PUT_TOGETHER = {
    *(f"problem.{status}.{part}" for status in TOLD for part in ("title", "text")),
    *(f"frame.theme.{theme}" for theme in ("light", "dark")),
    *(f"nav.{screen.name}" for screen in SCREENS),
    *(f"lookup.standing.{standing}" for standing in Standing),
    *(f"board.standing.{standing}" for standing in boards.Standing),
    *(f"lookup.stage.{progress}" for progress in Progress),
    *(f"chart.{kind}" for kind in ("submitted", *HANDED)),
    *(f"organ.{organ}" for organ in Organ),
    *(f"side.{side}" for side in get_args(Whose)),
    *(f"role.{role}" for role in Role),
    *(f"approvals.kind.{kind}" for kind in Irrevocable),
    *(
        f"approvals.refused.{word}"
        for word in ("no-such", "their-own", "no-reason", "open-already")
    ),
    *(f"people.refused.{word}" for word in refusals_of_people()),
    *(f"provider.{turned}{part}" for turned in Turned for part in ("", ".do")),
    *(f"password.{fault}" for fault in PasswordFault),
    *(f"act.name.{act}" for act in (*Act, *DeskAct)),
    *(f"act.does.{act}" for act in OFFERED),
    *(f"act.state.{state}" for state in (*ACT_STATES, *UNAPPROVED)),
    *(f"act.do.{how}" for how in ("start", *CONTROLS)),
    *(f"act.outcome.{outcome}" for outcome in ("all", *OUTCOMES)),
    *(f"act.unapproved.{state}" for state in ("refused", "withdrawn", "expired")),
    *(f"act.decided.{state}" for state in ("approved", "refused")),
    *(f"approvals.column.{name}" for name in ("what", "proposer", "came", "at")),
    *(f"approvals.state.{state}" for state in DECIDED),
    *(f"act.column.{name}" for name in COLUMNS),
    *(f"act.recent.{name}" for name in ("order", "by", "at", "stands")),
    *(f"act.counted.{name}" for name in COUNTED),
    *(f"order.pause.{reason}" for reason in PAUSES),
    *(f"order.return.{reason}" for reason in RETURNS),
    *(f"order.return-to.{place}" for place in RETURN_TO),
    *(f"order.agency.hint.{act}" for act in ("redirect", "resolve")),
    *(f"order.wrong.{field}" for field in FIELDS),
    *(f"stuck.chip.{name}" for name in CHIPS),
    *words_of_the_tables(),
    *(f"reform.part.{part}" for part in reorganisation.PARTS),
    *(f"reform.wait.{kind}" for kind in reorganisation.WAITS),
    *(f"calendar.kind.{kind}" for kind in DayKind),
    *(f"calendar.note.{note}" for note in calendar.NOTES),
    *(f"calendar.certainty.{certainty}" for certainty in calendar.CERTAINTIES),
    *(f"calendar.state.{state}" for state in calendar.STATES),
    *(f"agencies.strip.{name}" for name in STRIP),
    *(f"agency.level.{level}" for level in LEVELS if level != "unknown"),
    *(f"agency.connector.{name}" for name in ("amqp", "mailbox", "webhook", "http")),
    *(f"agency.state.{state}" for state in STATES),
    *(f"agency.condition.{one}" for one in (*CONDITIONS, "beyond")),
    *(f"agency.turn.{state}" for state in OPEN_TURNS),
    *(f"agency.kind.{kind}" for kind in TO_AGENCIES),
    *(f"agency.certainty.{one}" for one in Certainty),
    *(f"agency.deed.{deed}" for deed in (*DEEDS, "probe")),
    *(f"agency.{did}.{deed}" for did in ("does", "done") for deed in DEEDS),
    *(f"agency.outage.kind.{kind}" for kind in OutageKind),
    *(f"outage.wrong.{word}" for word in (*WRONG.values(), "refused", "below", "kind", "instant")),
    *(f"outage.done.{how}" for how in ("declare", "end", "withdraw")),
    *(f"admission.missing.{one}" for one in MISSING),
    *(
        f"admission.wrong.{one}"
        for one in ("reason", "refused", "not-ready", "connector", "address")
    ),
    *(f"admission.wrong.{one}" for one in ("road", *NUMBERS)),
    *(f"admission.done.{act}" for act in ACTS if act not in MAKE_SECRETS),
    *(f"agency.outage.{state}" for state in ("open", "announced", "over", "withdrawn")),
    *(f"dossier.state.{state}" for state in TransferState),
    *(f"dossier.turn.{state}" for state in HopState),
    *(f"dossier.kind.{kind.replace('.', '-')}" for kind in Kind),
    *(f"dossier.sending.{state}" for state in SENDINGS),
    *(f"dossier.outcome.{outcome}" for outcome in ATTEMPTED),
    *(f"dossier.versions.{table}" for table in TABLES),
    *(f"dossier.column.{name}" for name in TURN_COLUMNS),
    *(f"dossier.why.{name}" for name in WHY_COLUMNS),
    *(f"dossier.attempt.{name}" for name in ATTEMPT_COLUMNS),
    *(f"dossiers.column.{name}" for name in LIST_COLUMNS),
    *(f"reports.tab.{name}" for name in ReportName),
    *(f"audit.kind.{kind}" for kind in KINDS),
    *(f"audit.act.{act}" for acts in KINDS.values() for act in acts if not act.startswith("act.")),
    *(f"audit.column.{name}" for name in AUDIT_COLUMNS),
    *(
        str(one)
        for one in words_of("vi").ids
        if str(one).startswith(("audit.field.", "audit.value."))
    ),
    *(f"reports.{said}.{name}" for said in ("figure", "means") for name in FIGURES),
    *(f"reports.this.{grain}" for grain in GRAINS),
    *(f"reports.bar.{kind}" for kind in ("received", "in-time", "late", "worked", "lay")),
    *(f"reports.moved.{way}" for way in ("up", "down", "points-up", "points-down")),
    *(f"reports.grain.{grain}" for grain in Grain),
    *(f"reports.take.{how}" for how in ("csv", "xlsx")),
    *(f"dossier.content.why.{reason}" for reason in REASONS),
    *(f"dossier.papers.{name}" for name in PAPER_COLUMNS),
    *(f"dossier.papers.state.{state}" for state in PAPER_STATES),
    *(f"dossier.letter.none.{word}" for word in (*WHY_NONE.values(), "other")),
    *said_in_messages(),
}
"""Ids that templates and modules put together from parts; all others stand there whole."""


def words_of_failures() -> set[str]:
    """Return the ids of codes that have words: a partner's code may have any."""
    return {one for one in map(str, words_of("vi").ids) if one.startswith("failure.")}


def asked_by_templates() -> dict[str, str]:
    """Return every id that a template says as a constant, with the template."""
    found: dict[str, str] = {}
    for path in _TEMPLATES:
        tree = Environment(autoescape=True).parse(path.read_text("utf-8"))
        for call in tree.find_all(nodes.Call):
            is_text = isinstance(call.node, nodes.Name) and call.node.name == "t"
            if is_text and not isinstance(call.args[0], nodes.Concat):
                said = [call.args[0], *call.args[0].find_all(nodes.Const)]
                found |= {one.value: path.name for one in said if isinstance(one, nodes.Const)}
    return found


def said_in_modules() -> set[str]:
    """Return every constant of the modules that looks like an id; some are something else."""
    return {one for path in _ROOM.rglob("*.py") for one in _ID.findall(path.read_text("utf-8"))}


def test_both_catalogues_have_the_same_ids() -> None:
    vi, en = (words_of(one).ids for one in LANGUAGES)

    assert len(vi) > 30
    assert sorted(vi ^ en) == []


def test_every_id_that_is_asked_for_is_there() -> None:
    known = words_of("vi").ids

    missing = {id_: where for id_, where in asked_by_templates().items() if id_ not in known}

    assert missing == {}
    assert sorted(_PUT_TOGETHER - known) == []


def test_no_id_is_there_for_nobody() -> None:
    used = set(asked_by_templates()) | said_in_modules() | _PUT_TOGETHER | words_of_failures()

    assert sorted(words_of("vi").ids - used) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_and_none_is_repeated(language: str) -> None:
    text = catalogues_of(language)
    ids = re.findall(r'^msgid "(.+)"$', text, re.M)

    assert len(ids) == len(set(ids))
    assert set(ids) == words_of("vi").ids


def test_a_screen_has_its_catalogue_in_both_languages() -> None:
    vi, en = ({one.name for one in (_ROOM / "locale" / lang).iterdir()} for lang in LANGUAGES)

    assert vi == en


def test_both_languages_put_the_same_values_in() -> None:
    vi, en = (values_of(one) for one in LANGUAGES)

    assert vi == en


def catalogues_of(language: str) -> str:
    room = _ROOM / "locale" / language
    return "".join(path.read_text("utf-8") for path in sorted(room.glob("*.po")))


def values_of(language: str) -> dict[str, set[str]]:
    text = catalogues_of(language)
    entries = re.split(r'^msgid "(.+)"$', text, flags=re.M)
    return {
        id_: set(re.findall(r"\{(\w+)\}", rest))
        for id_, rest in zip(entries[1::2], entries[2::2], strict=True)
    }
