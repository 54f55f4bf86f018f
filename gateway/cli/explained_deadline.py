"""An explained deadline as text for a terminal and as a JSON document."""

from datetime import datetime
from typing import Any

from routing.legaltime import Budget, CountedDay, Explanation, WorkCalendar


def as_text(calendar: WorkCalendar, told: Explanation, budget: str) -> str:
    """Return the whole account: arrival, start and its rule, a line per day, the deadline."""

    def at(instant: datetime) -> str:
        local = instant.astimezone(calendar.zone)
        return f"{local:%a %Y-%m-%d} {_clock(local)}"

    lines = [
        f"calendar  {calendar.name}, version {calendar.version}, "
        f"known until {calendar.known_until}",
        f"budget    {budget}",
        f"arrived   {at(told.arrived_at)}",
        f"started   {at(told.started_at)}  ({told.start_rule})",
        "",
        *(_day_line(day) for day in told.days),
        "",
    ]
    if told.rolled:
        lines.append(
            f"used up   {at(told.used_up_at)}  (a day off: moved to a working day's close)"
        )
    lines.append(f"deadline  {at(told.deadline_at)}  (at this instant it is still on time)")
    lines.append(f"          {told.deadline_at.astimezone(calendar.zone).isoformat()}")
    return "\n".join(lines)


def as_document(calendar: WorkCalendar, told: Explanation) -> dict[str, Any]:
    """Return the same account as a JSON-ready document, instants in the calendar's offset."""
    zone = calendar.zone
    return {
        "calendar": calendar.name,
        "calendar_version": calendar.version,
        "arrived_at": told.arrived_at.astimezone(zone).isoformat(),
        "started_at": told.started_at.astimezone(zone).isoformat(),
        "start_rule": told.start_rule.name.lower(),
        "used_up_at": told.used_up_at.astimezone(zone).isoformat(),
        "deadline_at": told.deadline_at.astimezone(zone).isoformat(),
        "days": [
            {
                "date": day.day.isoformat(),
                "working": day.working,
                "kind": day.note.kind if day.note else None,
                "reason": day.note.reason if day.note else None,
                "source": day.note.source if day.note else None,
                "certainty": day.note.certainty if day.note else None,
                "counted": str(day.counted),
                "paused_seconds": int(day.paused.total_seconds()),
                "total": str(day.total),
            }
            for day in told.days
        ],
    }


def _day_line(day: CountedDay) -> str:
    counted = f"{_amount(day.counted):>12}  total {_amount(day.total):<12}"
    paused = f"  paused {day.paused}" if day.paused else ""
    return f"  {day.day:%a %Y-%m-%d}  {counted}  {_kind(day)}{paused}"


def _kind(day: CountedDay) -> str:
    if day.note is not None:
        off = "working Saturday" if day.working else "day off"
        doubt = "" if day.note.certainty == "confirmed" else f" [{day.note.certainty}]"
        return f"{off}: {day.note.reason}{doubt}"
    return "working day" if day.working else "day off: weekend"


def _amount(budget: Budget) -> str:
    """Write an amount that fits its column, rounded for the eye if its exact form is too long."""
    exact = str(budget)
    return exact if len(exact) <= 12 else f"{float(budget.amount):.4f} {budget.unit}"


def _clock(local: datetime) -> str:
    if local.microsecond:
        return local.strftime("%H:%M:%S.%f")
    return local.strftime("%H:%M:%S" if local.second else "%H:%M")
