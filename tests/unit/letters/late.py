"""Dossiers that will be late, and what a letter would say of them."""

from dataclasses import replace
from datetime import datetime

from routing.letters import Apology, NoLetter, Recorded, draft_apology
from routing.lifecycle.model import Context
from tests.unit.lifecycle.journey import ALLOCATION, Journey, submit, vn

BEFORE = "2026-03-06 09:00"
"""Three days before the date promised to the citizen: Monday 9 March, 08:30."""
PROMISED = vn("2026-03-09 08:30")


def at_the_land_office(now: str = BEFORE) -> Journey:
    """An allocation whose second step should have ended on Tuesday; the third is still to come."""
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake")
    journey.later(seconds=5).delivered("land-extract")
    journey.later(minutes=5).receives("land-extract")
    journey.time(now)
    return journey


def record(journey: Journey) -> list[Recorded]:
    return [
        Recorded(seq, entry.act, entry.legal_at, entry.step, entry.round, f"{seq:064x}")
        for seq, entry in enumerate(journey.entries, 1)
    ]


def context(journey: Journey) -> Context:
    return replace(journey.context, now=journey.now)


def drafted(journey: Journey, until: datetime | None = None) -> Apology:
    found = draft_apology(journey.transfer, record(journey), context(journey), until)
    assert isinstance(found, Apology), found
    return found


def not_drafted(journey: Journey, until: datetime | None = None) -> NoLetter:
    found = draft_apology(journey.transfer, record(journey), context(journey), until)
    assert isinstance(found, NoLetter)
    return found
