"""May the promised date move, is it needed, to when, and why: all that a letter of apology says.

NĐ 61/2018 Art. 19.9: at least one day before the date expires, with the reason and the new date,
once per dossier. The rule itself is the lifecycle's: a letter may be written exactly if the
operator's act `extend` would be taken, so that letter and clock cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from routing.legaltime import CalendarUnknown, WorkCalendar
from routing.letters.causes import Delay, Recorded, find_delay
from routing.letters.forecast import forecast_end, proposed_date
from routing.lifecycle.charges import Party
from routing.lifecycle.events import Act, Context, Declined, Operated
from routing.lifecycle.fold import fold
from routing.lifecycle.model import HopClock, Transfer, TransferState

ARTICLE: Final = "NĐ 61/2018 Điều 19 khoản 9"
"""Sourced; that NĐ 118/2025 repeats it word for word is not verified."""
REASON: Final = "apology-letter"
"""What the ledger calls the extension that a letter announces."""

_APOLOGISES: Final = frozenset({Party.SENDER, Party.RECEIVER})


@dataclass(frozen=True, slots=True)
class Apology:
    """What a letter says, before it is put into words."""

    transfer: Transfer
    received_at: datetime
    due_at: datetime
    """The date promised so far."""
    new_date: datetime
    forecast: datetime
    """When the rest of the itinerary ends if everybody takes all the time they have."""
    delay: Delay
    legal_basis: str
    decided_at: datetime

    @property
    def is_needed(self) -> bool:
        """Whether the dossier will not make it as things stand."""
        return self.forecast > self.due_at

    @property
    def author(self) -> str:
        """The agency that has to write it: the one whose delay it is, else the one-stop's."""
        own = self.delay.agency if self.delay.party in _APOLOGISES else None
        return own or self.transfer.originator


@dataclass(frozen=True, slots=True)
class NoLetter:
    """Why no letter may be written: a code, in words, and the article."""

    slug: str
    detail: str
    legal_basis: str = ARTICLE


def draft_apology(
    transfer: Transfer, record: Iterable[Recorded], context: Context, until: datetime | None = None
) -> Apology | NoLetter:
    """Decide what a letter would say now, with the new date that a person named, or our own."""
    now, calendar = context.now, context.calendar
    if transfer.state is not TransferState.OPEN:
        return NoLetter("illegal-transition", f"the transfer is over: {transfer.state}")
    due_at = transfer.clock.deadline_at
    if due_at is None:
        return NoLetter("illegal-transition", _why_no_deadline(transfer.clock))
    try:
        forecast = forecast_end(transfer, context.calendars, now)
        new_date = until or _proposal(calendar, forecast, due_at)
    except CalendarUnknown:
        return NoLetter("invalid-value", "the working calendar does not reach that far")
    if new_date is None:
        return NoLetter(
            "invalid-value",
            "what is left of the plan ends by the promised date: name a new date to write one",
        )
    asked = Operated(Act.EXTEND, "operator:draft", REASON, until=new_date, legal_basis=ARTICLE)
    allowed = fold(transfer, asked, context)
    if isinstance(allowed, Declined):
        return NoLetter(allowed.slug, f"{allowed.detail} ({ARTICLE})")
    return Apology(
        transfer,
        transfer.received_at,
        due_at,
        new_date,
        forecast,
        find_delay(transfer, record, calendar, now),
        ARTICLE,
        now,
    )


def _proposal(calendar: WorkCalendar, forecast: datetime, due_at: datetime) -> datetime | None:
    if forecast <= due_at:
        return None
    return proposed_date(calendar, forecast)


def _why_no_deadline(clock: HopClock) -> str:
    if clock.paused_at is not None:
        return "the total stands still: there is no date to move while it does"
    if clock.calendar_missing:
        return "the working calendar does not reach the promised date"
    return "nothing was promised: the procedure has no total"
