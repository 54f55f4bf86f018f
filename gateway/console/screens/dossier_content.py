"""Bodies and documents of a transfer: for a reason, on record before they are shown, shown once.

The reason comes in a form's body, the answer to the form shows what was asked for, and nobody keeps
it: it is at no address, in no cache, and asking again is another entry in the trail. Who may not
read a transfer's content is told what they would be told if there were none.
"""

import re
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Path, Response
from starlette.responses import StreamingResponse

from gateway.api.documents import depository_of, describe, readable
from gateway.api.problems import refuse
from gateway.api.state import ApiState, State
from gateway.console.content_words import ContentWords
from gateway.console.dossier_rows import Teller
from gateway.console.forms import Form, read_form
from gateway.console.pages import Crumb, Page, PageMaker
from gateway.console.procedure_words import ProcedureWords
from gateway.console.route_words import RouteWords
from gateway.console.visitors import allowed
from gateway.documents.depository import Access, find_content
from gateway.documents.serving import Span, begin, serve
from gateway.operations.audit import By
from gateway.operations.dossier import find_within
from gateway.operations.dossier_content import Content, refers_to, show_content
from gateway.operations.transfer_view import Found
from gateway.people.rights import Ability, reach
from gateway.people.signed_in import SignedIn
from schemas.problems import ProblemType
from schemas.wire import LINE_PATTERN

router = APIRouter(prefix="/console/transfers")

Reading = Annotated[SignedIn, allowed(Ability.SEE_CONTENT)]

REASONS: Final = ("stuck", "complaint", "reconcile", "inspection", "authority", "other")
"""Why one looks; more is told in words."""
PAPER_COLUMNS: Final = ("name", "type", "size", "since", "fetch")
PAPER_STATES: Final = ("quarantined", "infected", "purging", "purged")
"""What a document that cannot be fetched is."""
_ENDINGS: Final = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/xml": "xml",
    "text/xml": "xml",
}
_NEVER_KEPT: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@router.get("/{transfer}/content")
async def ask(transfer: UUID, page: Page, who: Reading, state: State) -> Response:
    """Ask for the reason."""
    return _page(page, state, await _found(state, who, transfer), Form())


@router.post("/{transfer}/content")
async def show(transfer: UUID, page: Page, who: Reading, state: State) -> Response:
    """Show what messages said of the citizen, once; the reason is on record before."""
    found, form = await _found(state, who, transfer), await read_form(page.request)
    by = _reason(form, who)
    if by is None:
        return _page(page, state, found, form, wrong=True)
    after = form.one("after")
    content = await show_content(
        state.services.pool, transfer, by, after=int(after) if after.isdecimal() else 0
    )
    return _page(page, state, found, form, content)


@router.post("/{transfer}/documents/{sha256}")
async def fetch(
    transfer: UUID,
    sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    page: Page,
    who: Reading,
    state: State,
) -> Response:
    """Hand out a document that the transfer refers to; on record first, as everything served."""
    found, form = await _found(state, who, transfer), await read_form(page.request)
    by, digest = _reason(form, who), bytes.fromhex(sha256)
    if by is None:
        return _page(page, state, found, form, wrong=True)
    depository = depository_of(state)
    if not await refers_to(state.services.pool, transfer, digest):
        raise refuse(ProblemType.NOT_FOUND, "the transfer refers to no such document")
    content = readable(await find_content(depository, digest, None))
    access = Access(
        "shown",
        by.actor,
        digest,
        depository.clock.now(),
        transfer=transfer,
        reason=by.reason,
        first=0,
        past=content.size,
    )
    await begin(depository, access)
    ending = _ENDINGS.get(content.media_type, "bin")
    headers = {
        **describe(content),
        **_NEVER_KEPT,
        "Content-Length": str(content.size),
        "Content-Disposition": f'attachment; filename="{sha256[:12]}.{ending}"',
    }
    pieces = serve(depository, content, access, Span(0, content.size))
    return StreamingResponse(pieces, headers=headers, media_type=content.media_type)


async def _found(state: ApiState, who: SignedIn, transfer: UUID) -> Found:
    found = await find_within(state.services.pool, transfer, reach(who, Ability.SEE_CONTENT))
    if found is None:
        raise refuse(ProblemType.NOT_FOUND, "no transfer within reach has this id")
    return found


def _reason(form: Form, who: SignedIn) -> By | None:
    """Return who looks and why; None without a reason."""
    why, words = form.one("why"), form.one("words")
    if why not in REASONS or not 3 <= len(words) <= 400 or not re.fullmatch(LINE_PATTERN, words):
        return None
    return By(who.actor, f"{why}: {words}")


def _words(page: PageMaker, state: ApiState, found: Found) -> ContentWords:
    transfer, rulebook = found.transfer, state.services.rulebook
    says = ProcedureWords(page.words, page.language)
    return ContentWords(
        page.words,
        says,
        RouteWords(page.words, says, rulebook, transfer.itinerary.as_of),
        Teller(transfer, rulebook, page.language),
        rulebook.catalogue.get(transfer.procedure, transfer.procedure_version),
    )


def _page(
    page: PageMaker,
    state: ApiState,
    found: Found,
    form: Form,
    content: Content | None = None,
    *,
    wrong: bool = False,
) -> Response:
    """Make the page: the form that asks, or with content what was asked for."""
    here = f"/console/transfers/{found.transfer.id}"
    return page.show(
        "dossier_content.html",
        title="dossier.content.title",
        screen="dossiers",
        trail=[
            Crumb(page.words("dossiers.title"), "/console/dossiers"),
            Crumb(found.transfer.code, here),
        ],
        status=422 if wrong else 200,
        headers=_NEVER_KEPT,
        here=here,
        form=form,
        wrong=wrong,
        reasons=REASONS,
        columns=PAPER_COLUMNS,
        content=content,
        say=_words(page, state, found),
    )
