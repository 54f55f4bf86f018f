"""Forecast: by when each later hop ends at the latest, if every hop uses its whole budget.

A forecast, never a promise: only the first hop's and the overall deadline are firm.
"""

from datetime import datetime, time, timedelta

from routing.legaltime import Budget, CalendarUnknown, due
from routing.lifecycle.model import Context, Transfer


def latest_ends(transfer: Transfer, context: Context) -> dict[str, datetime]:
    """Return, per step that has an agency and a budget, the latest instant at which it would end.

    Each step is taken to start when the last of its feeders ends, after the longest hand-over and
    receipt that the policies allow. Steps beyond the calendar's known dates are left out, and so
    is everything that waits for them.
    """
    ends: dict[str, datetime] = {}
    unknown: set[str] = set()
    waits = timedelta(minutes=10)
    for step in transfer.itinerary.steps:
        if any(feeder in unknown for feeder in step.after):
            unknown.add(step.id)
            continue
        fed_at = max(
            (ends.get(feeder, transfer.submitted_at) for feeder in step.after),
            default=transfer.submitted_at,
        )
        hop = transfer.current(step.id)
        if hop is not None and hop.clock.deadline_at is not None:
            ends[step.id] = hop.clock.deadline_at
            continue
        if step.budget is None:
            ends[step.id] = fed_at
            continue
        try:
            cutoff = time.fromisoformat(step.cutoff) if step.cutoff else None
            ends[step.id] = due(
                context.calendar, fed_at + waits, Budget.parse(step.budget), cutoff
            ).deadline_at
        except CalendarUnknown:
            unknown.add(step.id)
    return {step: at for step, at in ends.items() if at > transfer.submitted_at}
