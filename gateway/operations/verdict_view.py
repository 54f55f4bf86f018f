"""Whether a transfer was in time, as it may be shown: two judgements side by side."""

from datetime import datetime
from typing import Any

from routing.legaltime import Calendars
from routing.lifecycle.model import Transfer
from routing.lifecycle.verdict import Judgement, verdict

View = dict[str, Any]


def verdict_view(transfer: Transfer, calendars: Calendars, now: datetime) -> View:
    """Show the operational deadline's judgement and that of QĐ 766, as of now."""
    judged = verdict(transfer, calendars, now)
    return {
        "operational": _judgement_view(judged.operational),
        "reporting": _judgement_view(judged.reporting),
        "supplements": judged.supplements,
    }


def _judgement_view(one: Judgement) -> View:
    return {"late": one.late, "due_at": one.due_at, "at": one.at, "judged": one.judged}
