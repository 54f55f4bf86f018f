"""The incident watch: alarms when an incident lasts longer than the law gives to mend it.

One alarm per system that is away, cleared when its outage is ended or withdrawn.
"""

from gateway.clock import LegalClock
from gateway.duties.librarian import Librarian
from gateway.operations.alarm_kinds import AlarmKind
from gateway.operations.alarms import Detail, clear_alarm, list_alarms, raise_alarm
from gateway.operations.outages import list_outages
from gateway.store.pool import Pool

OURS = "gateway"
"""The subject of an alarm about this gateway's own outage."""

_MOST = 500


class IncidentWatch:
    """Looks at what is open; decides nothing about clocks."""

    def __init__(self, pool: Pool, clock: LegalClock, librarian: Librarian) -> None:
        self._pool = pool
        self._clock = clock
        self._librarian = librarian

    async def look(self) -> bool:
        """Raise what lasts for too long, and clear what no longer does."""
        policies = self._librarian.rulebook.policies
        now = self._clock.now()
        last = await list_outages(self._pool, now=now, policies=policies, limit=_MOST)
        late = {one["agency"] or OURS: one for one in last if one["late"]}
        raised = await list_alarms(self._pool, kind=AlarmKind.INCIDENT_LASTS, limit=_MOST)
        for subject, one in late.items():
            hours = int((now - one["starts_at"]).total_seconds() // 3600)
            detail: Detail = {"outage": str(one["outage"]), "hours": hours}
            await raise_alarm(self._pool, AlarmKind.INCIDENT_LASTS, subject, detail)
        for alarm in raised:
            if alarm["subject"] not in late:
                await clear_alarm(self._pool, AlarmKind.INCIDENT_LASTS, alarm["subject"])
        return False
