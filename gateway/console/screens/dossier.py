"""A transfer's page: its way as a picture, every turn, and all that proves it.

    /console/transfers/{id}

The address is the one that people share: it names nobody, and who may not see the transfer is told
what they would be told of one that does not exist. Nothing of the citizen's is on the page; bodies
and documents are shown for a reason, elsewhere (dossier_content.py).
"""

from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Response

from gateway.api.problems import refuse
from gateway.api.state import ApiState, State
from gateway.console.dossier_acts import deeds_on, noted_as
from gateway.console.dossier_rows import (
    ATTEMPT_COLUMNS,
    TONES,
    TURN_COLUMNS,
    WHY_COLUMNS,
    Teller,
    anchor_of,
    sums_of,
)
from gateway.console.failure_words import name_code
from gateway.console.pages import Crumb, Page, PageMaker
from gateway.console.procedure_words import ProcedureWords
from gateway.console.route_words import RouteWords
from gateway.console.screens.notes import NOTES
from gateway.console.visitors import allowed
from gateway.operations.causes import Cause
from gateway.operations.deliveries import page_deliveries
from gateway.operations.dossier import Opened, open_dossier
from gateway.operations.stuck import Asking, Stuck, list_stuck
from gateway.people.rights import Ability, may, reach
from gateway.people.signed_in import SignedIn
from gateway.pictures.lanes import draw_lanes
from gateway.pictures.story import tell
from routing.letters import look_ahead
from routing.lifecycle.model import TransferState
from routing.lifecycle.verdict import verdict
from schemas.problems import ProblemType

router = APIRouter(prefix="/console/transfers")

Seeing = Annotated[SignedIn, allowed(Ability.SEE_WORK)]

ENTRIES: Final = 40
DELIVERIES: Final = 25


@router.get("/{transfer}")
async def show(
    transfer: UUID,
    page: Page,
    who: Seeing,
    state: State,
    before: int | None = None,
    sent_before: UUID | None = None,
) -> Response:
    """Show a transfer; `before` and `sent_before` page through its evidence and deliveries."""
    services = state.services
    opened = await opened_for(state, who, transfer)
    sent = await page_deliveries(services.pool, transfer, before=sent_before, limit=DELIVERIES + 1)
    stuck = await _stuck(state, who, opened)
    now = services.clock.now()
    return page.show(
        "dossier.html",
        title="dossier.title",
        screen="dossiers",
        trail=[Crumb(page.words("dossiers.title"), "/console/dossiers")],
        **_facts(state, page, opened, now),
        **_evidence(page, state, opened, before),
        sent=sent[:DELIVERIES],
        sent_following=sent[DELIVERIES - 1]["delivery"] if len(sent) > DELIVERIES else None,
        sent_first=sent_before is None,
        attempt_columns=ATTEMPT_COLUMNS,
        stuck=[one for one in stuck if one.cause is not Cause.LETTER_DUE],
        letter_due=any(one.cause is Cause.LETTER_DUE for one in stuck),
        deeds=deeds_on(opened.found.transfer, reach(who, Ability.ACT)),
        notes=_notes(opened, who),
        may_act=may(who, Ability.ACT, opened.agencies),
        may_read=may(who, Ability.SEE_CONTENT, opened.agencies),
    )


async def opened_for(state: ApiState, who: SignedIn, transfer: UUID) -> Opened:
    """Open a transfer for somebody; beyond their reach it is as if there were none."""
    opened = await open_dossier(state.services.pool, transfer, reach(who, Ability.SEE_WORK))
    if opened is None:
        raise refuse(ProblemType.NOT_FOUND, "no transfer within reach has this id")
    return opened


async def _stuck(state: ApiState, who: SignedIn, opened: Opened) -> list[Stuck]:
    """Return what holds an open transfer; nothing holds one that has ended."""
    transfer = opened.found.transfer
    if transfer.state is not TransferState.OPEN:
        return []
    services = state.services
    asking = Asking.of(services.rulebook, services.clock.now(), reach=reach(who, Ability.SEE_WORK))
    return await list_stuck(services.pool, asking, transfer=transfer.id, limit=20)


def _facts(state: ApiState, page: PageMaker, opened: Opened, now: datetime) -> dict[str, Any]:
    transfer, rulebook = opened.found.transfer, state.services.rulebook
    teller = Teller(transfer, rulebook, page.language)
    procedure = rulebook.catalogue.get(transfer.procedure, transfer.procedure_version)
    says = ProcedureWords(page.words, page.language)
    title = says.title(procedure)
    story = tell(
        transfer,
        opened.record.entries,
        title=title,
        names=teller.names,
        now=now,
        ours=opened.found.ours,
        english=page.language == "en",
    )
    turns = teller.turns(story.charges, now)
    present = now if transfer.state is TransferState.OPEN else None
    return {
        "opened": opened,
        "transfer": transfer,
        "titled": title,
        "teller": teller,
        "turns": turns,
        "at_work": [one for one in turns if one.hop.is_running or one.hop.stuck],
        "outlook": look_ahead(transfer, rulebook.at(now)),
        "judged": verdict(transfer, rulebook.calendars, now),
        "sums": sums_of(story.charges),
        "way": draw_lanes(story, rulebook.calendar, now=present, language=page.language),
        "tones": TONES,
        "anchor_of": anchor_of,
        "turn_columns": TURN_COLUMNS,
        "why_columns": WHY_COLUMNS,
        "here": f"/console/transfers/{transfer.id}",
        "failed": lambda code: name_code(page.words, code),
        "route": RouteWords(page.words, says, rulebook, transfer.itinerary.as_of),
        "says": says,
        "procedure": procedure,
        "now": now,
    }


def _notes(opened: Opened, who: SignedIn) -> str | None:
    """Return where the notes are; None for who may not act here."""
    item = noted_as(opened.found.transfer, reach(who, Ability.ACT))
    return None if item is None else f"{NOTES}?{urlencode({'item': item})}"


def _evidence(
    page: PageMaker, state: ApiState, opened: Opened, before: int | None
) -> dict[str, Any]:
    teller = Teller(opened.found.transfer, state.services.rulebook, page.language)
    shown = opened.record.before(before, ENTRIES)
    return {
        "lines": [teller.line(one) for one in shown],
        "following": shown[-1]["seq"] if shown and shown[-1]["seq"] > 1 else None,
        "is_newest": before is None,
    }
