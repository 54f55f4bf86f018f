"""/v1/operations/…/letter: the letter of apology of a dossier: draft it, issue it, list them.

Issuing is a person's declaration. The gateway sends a letter to nobody.
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from gateway.api.answers import as_json
from gateway.api.callers import Operator
from gateway.api.documented import PROBLEMS
from gateway.api.problems import Refusal, refuse
from gateway.api.state import State
from gateway.letters.issued import list_letters
from gateway.letters.issuing import Declaration, issue_letter
from gateway.letters.reading import Shown, read_letter, shown_issued
from routing.letters import NoLetter
from schemas.problems import ProblemType, problem
from schemas.receipts import DossierKey
from schemas.wire import LINE_PATTERN

router = APIRouter(prefix="/v1/operations", tags=["operations"])

Language = Literal["vi", "en"]
_COMMON = PROBLEMS(400, 401, 403, 404, 409, 422, 503)
_PDF, _TEXT = "application/pdf", "text/plain"


class LetterOrder(BaseModel):
    """A person's declaration that a letter is issued, which moves the promised date."""

    model_config = ConfigDict(extra="forbid")

    until: AwareDatetime = Field(description="The new date; the date promised to the citizen.")
    reason: str = Field(
        min_length=3,
        max_length=500,
        pattern=LINE_PATTERN,
        description="For people, kept with the act; not in the letter. No personal data.",
        examples=["Chi nhánh đăng ký đất đai đề nghị gia hạn"],
    )

    @field_validator("until")
    @classmethod
    def _known(cls, until: datetime) -> datetime:
        if not 1900 <= until.year <= 2199:
            raise ValueError("until lies beyond the years that are known here")
        return until


class LetterCause(BaseModel):
    """What has cost the dossier most, and the ledger entries that prove it."""

    kind: str
    party: str
    step: str | None
    round: int | None
    agency: str | None
    since: datetime | None = None
    lasted: str | None = Field(None, description="Working time, as a budget.")
    proof: list[dict[str, Any]] = Field(default_factory=list)


class LetterShape(BaseModel):
    """A letter of apology: a draft, or as it was issued."""

    status: Literal["draft", "issued"]
    letter: UUID | None = None
    transfer: UUID
    dossier: DossierKey
    needed: bool = Field(description="As things stand the dossier will not make it.")
    due_at: datetime
    forecast: datetime
    new_date: datetime
    author: str
    legal_basis: str
    cause: LetterCause
    form: dict[str, str]
    digest: str = Field(description="sha-256 of the Vietnamese text.")
    seq: int | None = Field(None, description="The ledger entry that moved the date.")
    issued_at: datetime | None = None
    issued_by: str | None = None
    language: Language
    text: str


class LetterSummary(BaseModel):
    """One letter that was issued."""

    letter: UUID
    transfer: UUID
    dossier: DossierKey
    seq: int
    issued_at: datetime
    issued_by: str
    due_at: datetime
    new_date: datetime
    digest: str
    cause: LetterCause
    form: str


class LetterPage(BaseModel):
    """Letters, newest first; `next` is null on the last page."""

    letters: list[LetterSummary]
    next: UUID | None


@router.get(
    "/transfers/{transfer}/letter",
    summary="Read or draft a letter of apology",
    operation_id="readLetter",
    responses={
        200: {"model": LetterShape, "content": {_TEXT: {}, _PDF: {}}},
        **_COMMON,
    },
)
async def get_letter(
    transfer: UUID,
    request: Request,
    _operator: Operator,
    state: State,
    lang: Language = "vi",
    until: Annotated[AwareDatetime | None, Query(description="The new date to draft with.")] = None,
) -> Response:
    """Return the dossier's issued letter, or what one would say now; nothing is written.

    JSON, text/plain or application/pdf, as `Accept` asks. `lang=en` is a courtesy translation.
    """
    services = state.services
    shown = await read_letter(
        services.pool, services.rulebook, transfer, now=services.clock.now(), until=until
    )
    return await _answer(request, _found(shown), lang)


@router.post(
    "/transfers/{transfer}/letter",
    summary="Issue a letter of apology",
    operation_id="issueLetter",
    status_code=201,
    responses={201: {"model": LetterShape}, **_COMMON},
)
async def post_letter(
    transfer: UUID, ordered: LetterOrder, operator: Operator, state: State
) -> Response:
    """Issue it, once per dossier, and move the promised date in one go; it is sent to nobody."""
    services = state.services
    declared = Declaration(f"operator:{operator.client_id}", ordered.until, ordered.reason)
    issued = await issue_letter(
        services.pool,
        services.rulebook,
        state.runner,
        transfer,
        declared,
        now=services.clock.now(),
    )
    services.wake_dispatch()
    if issued is None or isinstance(issued, NoLetter):
        shown = _found(issued)
    else:
        shown = shown_issued(issued)
    return as_json(shown.document("vi"), status=201)


@router.get(
    "/letters",
    summary="List letters of apology",
    operation_id="listLetters",
    responses={200: {"model": LetterPage}, **PROBLEMS(400, 401, 403, 503)},
)
async def get_letters(
    _operator: Operator,
    state: State,
    before: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """Return the letters that were issued."""
    found = await list_letters(state.services.pool, before=before, limit=limit)
    following = found[-1]["letter"] if len(found) == limit else None
    return as_json({"letters": found, "next": following})


async def _answer(request: Request, shown: Shown, language: Language) -> Response:
    wanted = _wanted(request.headers.get("accept", ""))
    if wanted == _PDF:
        name = f"letter-{shown.view['transfer']}-{shown.status}.pdf"
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        return Response(await shown.pdf(language), media_type=_PDF, headers=headers)
    if wanted == _TEXT:
        return Response(shown.text(language), media_type=f"{_TEXT}; charset=utf-8")
    return as_json(shown.document(language))


def _wanted(accept: str) -> str:
    """Return the first of our media types that is asked for; JSON where none is."""
    for one in accept.split(","):
        media = one.partition(";")[0].strip().lower()
        if media in (_PDF, _TEXT, "application/json"):
            return media
    return "application/json"


def _found(shown: Shown | NoLetter | None) -> Shown:
    if shown is None:
        raise refuse(ProblemType.NOT_FOUND, "no transfer has this id")
    if isinstance(shown, NoLetter):
        raise Refusal(problem(ProblemType(shown.slug), shown.detail))
    return shown
