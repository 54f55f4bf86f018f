"""What is to be expected of a dossier under way: when it ends as things stand, and why then.

The same forecast and the same cause as a letter of apology would name, whether or not the rules
let one be written now: who reads a dossier's page must not tell a citizen another day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from routing.legaltime import CalendarUnknown
from routing.letters.causes import Delay, find_delay
from routing.letters.forecast import forecast_end
from routing.lifecycle.events import Context
from routing.lifecycle.model import Transfer, TransferState


@dataclass(frozen=True, slots=True)
class Outlook:
    """When the rest ends if everybody takes all the time they have; why, where that is late."""

    due_at: datetime
    ends_at: datetime
    delay: Delay | None

    @property
    def is_late(self) -> bool:
        return self.ends_at > self.due_at


def look_ahead(transfer: Transfer, context: Context) -> Outlook | None:
    """Return what is to be expected; None where nothing was promised, or nobody can say."""
    due_at = transfer.clock.deadline_at
    if transfer.state is not TransferState.OPEN or due_at is None:
        return None
    try:
        ends_at = forecast_end(transfer, context.calendars, context.now)
    except CalendarUnknown:
        return None
    delay = find_delay(transfer, (), context.calendar, context.now) if ends_at > due_at else None
    return Outlook(due_at, ends_at, delay)
