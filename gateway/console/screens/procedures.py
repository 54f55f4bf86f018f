"""Procedures (Thủ tục): the catalogue with its versions, each with its law and its steps drawn.

What is carried is public knowledge: whoever may see work at all sees every procedure.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from gateway.api.state import ApiState, State
from gateway.console.pages import Crumb, Page, PageMaker
from gateway.console.procedure_words import ProcedureWords
from gateway.console.step_graph import lay_out
from gateway.console.visitors import HOME, allowed
from gateway.operations.proofreader import TablesRead
from gateway.people.rights import Ability
from gateway.people.signed_in import SignedIn
from routing.lint import Finding
from routing.procedures import Catalogue, Procedure
from routing.synthetic import is_synthetic_procedure
from routing.units import folded

PROCEDURES: Final = HOME + "/procedures"
TONES: Final = {
    "sourced": "good",
    "secondary": "info",
    "observed": "info",
    "computed": "info",
    "memory": "warn",
    "unverified": "warn",
    "demo": "quiet",
}
"""How sure a row is of its law, as a badge."""
SEVERITIES: Final = {"error": "bad", "warning": "warn", "note": "info"}
"""How bad a finding is, as a badge."""
STANDINGS: Final = ("in-force", "coming", "ended")

router = APIRouter(prefix=PROCEDURES)

Seeing = Annotated[SignedIn, allowed(Ability.SEE_WORK)]


@dataclass(frozen=True, slots=True)
class Entry:
    """A code of the catalogue: the version that is shown of it, and how many there are."""

    shown: Procedure
    standing: str
    versions: int


@router.get("")
async def show_all(request: Request, page: Page, state: State, _who: Seeing) -> Response:
    """List the catalogue, narrowed by words of a title or code, and by field."""
    now = state.services.clock.now()
    catalogue = state.services.rulebook.catalogue
    words = ProcedureWords(page.words, page.language)
    text, field = request.query_params.get("text", "")[:100], request.query_params.get("field", "")
    entries = [_entry(catalogue.versions(code), now) for code in catalogue.codes()]
    fields = sorted({one.shown.field for one in entries}, key=words.field)
    asked = folded(text)
    return page.show(
        "procedures.html",
        title="procedures.title",
        screen="procedures",
        entries=[
            one
            for one in entries
            if field in ("", one.shown.field) and asked in folded(_searched(one.shown))
        ],
        of=len(entries),
        text=text,
        field=field,
        fields=[("", page.words("procedures.field.all")), *((f, words.field(f)) for f in fields)],
        tones=TONES,
        catalogue=catalogue.version,
        **_proof(page, state),
    )


@router.get("/findings")
async def show_findings(page: Page, state: State, _who: Seeing) -> Response:
    """Show what lint found, for the page to fetch anew while it is being found."""
    return page.part("procedures_findings.html", **_proof(page, state))


def _proof(page: PageMaker, state: ApiState) -> dict[str, Any]:
    """Return the last findings, and whether others are being looked for."""
    services = state.services
    proof = services.proofreader.latest(services.rulebook)
    return {
        "proof": proof,
        "is_present": proof is not None and proof.tables == TablesRead.of(services.rulebook),
        "is_running": services.proofreader.is_running,
        "say": ProcedureWords(page.words, page.language),
        "catalogued": services.rulebook.catalogue,
        "severities": SEVERITIES,
    }


@router.get("/{code}")
async def show(request: Request, page: Page, state: State, _who: Seeing, code: str) -> Response:
    """Show a version whole: the one that is named, else the one in force, else the newest."""
    now = state.services.clock.now()
    versions = _listed(state.services.rulebook.catalogue, code)
    named = request.query_params.get("version")
    found = [one for one in versions if named in (None, one.version)]
    if not found:
        raise HTTPException(404)
    shown = next((one for one in found if one.in_force(now)), found[-1])
    return _page(page, state, shown, versions, now)


def _page(
    page: PageMaker,
    state: ApiState,
    shown: Procedure,
    versions: tuple[Procedure, ...],
    now: datetime,
) -> Response:
    words = ProcedureWords(page.words, page.language)
    directory = state.services.rulebook.directory
    names = {
        step.agency: found.name
        for step in shown.steps
        if step.agency is not None and (found := directory.agency(step.agency, now)) is not None
    }
    return page.show(
        "procedure.html",
        title="procedures.one",
        screen="procedures",
        trail=[Crumb(page.words("procedures.title"), PROCEDURES)],
        shown=shown,
        standing=_standing(shown, now),
        versions=[(one, _standing(one, now)) for one in reversed(versions)],
        graph=lay_out(words.graph_steps(shown, names), page.words("step.origin")),
        names=names,
        say=words,
        tones=TONES,
        titles={step.id: words.title(step) for step in shown.steps},
        findings=_of_version(state, shown),
        severities=SEVERITIES,
    )


def _of_version(state: ApiState, shown: Procedure) -> list[Finding] | None:
    """Return what lint found of a version; None while nobody knows."""
    proof = state.services.proofreader.latest(state.services.rulebook)
    if proof is None:
        return None
    return [
        one for one in proof.findings if (one.procedure, one.version) == (shown.code, shown.version)
    ]


def _entry(versions: tuple[Procedure, ...], now: datetime) -> Entry:
    shown = next((one for one in versions if one.in_force(now)), versions[-1])
    return Entry(shown, _standing(shown, now), len(versions))


def _standing(procedure: Procedure, now: datetime) -> str:
    if procedure.in_force(now):
        return "in-force"
    return "coming" if now < procedure.valid_from else "ended"


def _listed(catalogue: Catalogue, code: str) -> tuple[Procedure, ...]:
    """Return the versions of a code; the examiner's own is in no list."""
    return () if is_synthetic_procedure(code) else catalogue.versions(code)


def _searched(procedure: Procedure) -> str:
    return f"{procedure.code} {procedure.title_vi} {procedure.title_en}"
