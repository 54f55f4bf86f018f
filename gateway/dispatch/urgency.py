"""Urgency: which limit a delivery has still to meet, asked only after a try of it has failed.

Everything it needs is in the delivery already: what was offered says when it has to be done, and
when it was offered is when the hand-over limit began. So nothing is stored or read for it while
all goes well. Limits are legal time; what remains of them is all that machine time takes over.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from gateway.commit.items import Owed
from gateway.dispatch.backoff import SHARE
from routing.legaltime import Budget, Unit
from routing.policies import Policies

HandoverLimit = Callable[[str, str | None, str, str], timedelta | None]
"""(Procedure, step, agency, version) → how long a hand-over may take; None in working time."""

_WARNING: Final = "clock.warned"
_OWN: Final = {Unit.MINUTE: timedelta(minutes=1), Unit.HOUR: timedelta(hours=1)}


def seconds_left(owed: Owed, now: datetime, limit_of: HandoverLimit) -> float | None:
    """Return what remains until the next limit of a hand-over; None where none is to come.

    First the hand-over limit; once that has passed, the hop's deadline as it was offered.
    """
    if not owed.is_handover:
        return None
    data = orjson.loads(owed.data)
    ahead = [left for limit in _limits(owed, data, limit_of) if (left := _seconds(limit - now)) > 0]
    return min(ahead, default=None)


def is_overtaken(owed: Owed, now: datetime) -> bool:
    """Whether it tells of something to come that has come: a warning, once the deadline is there.

    Everything else is owed until it is delivered, however late.
    """
    if owed.kind != _WARNING:
        return False
    return now >= datetime.fromisoformat(orjson.loads(owed.data)["deadline_at"])


def handover_limits(policies: Policies) -> HandoverLimit:
    """Read the hand-over limit of each hop from the policies."""

    def limit_of(procedure: str, step: str | None, agency: str, version: str) -> timedelta | None:
        return _span(policies.handover.of(procedure, step, agency, version))

    return limit_of


def longest_wait(policies: Policies) -> float:
    """Return the most seconds that anything owed to an agency may be left alone.

    A hand-over may come to stand behind any other message of its dossier, or behind an open
    breaker, that failed long before it was offered: neither may use up its limit.
    """
    known = [span for limit in policies.handover.all() if (span := _span(limit)) is not None]
    return min((_seconds(limit) for limit in known), default=float("inf")) / SHARE


def _limits(owed: Owed, data: dict[str, Any], limit_of: HandoverLimit) -> list[datetime]:
    procedure = data["procedure"]
    handover = limit_of(procedure["code"], owed.step, owed.agency, procedure["version"])
    limits = [] if handover is None else [owed.created_at + handover]
    if data.get("complete_by") is not None:
        limits.append(datetime.fromisoformat(data["complete_by"]))
    return limits


def _span(limit: Budget) -> timedelta | None:
    unit = _OWN.get(limit.unit)
    return None if unit is None else unit * float(limit.amount)


def _seconds(span: timedelta) -> float:
    return span.total_seconds()
