"""The credential watch: warns before a credential ends, and ends the overlap of webhook secrets.

One alarm from 30 days before; from 7 another takes its place, so that a person who took note of the
first is told again, and no credential is told of twice. It is over when the credential was rotated,
renewed or revoked.
"""

from typing import Final

from gateway.joining.showing import URGENT_DAYS, WARNED_DAYS
from gateway.operations.alarm_kinds import AlarmKind
from gateway.operations.alarms import Detail, clear_alarm, list_alarms, raise_alarm
from gateway.store.pool import Pool
from gateway.store.sql import statement

_MOST: Final = 500


class CredentialWatch:
    """Looks, raises, clears; what has ended counts no more without it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def look(self) -> bool:
        """Look once at what ends; False: there is nothing more to do at once."""
        async with self._pool.connection() as connection:
            await connection.execute(statement("drop_former_webhook_secrets"), prepare=True)
            asked = {"days": WARNED_DAYS, "limit": _MOST}
            found = await connection.execute(statement("list_ending_credentials"), asked)
            rows = await found.fetchall()
        ending: dict[AlarmKind, set[str]] = {kind: set() for kind in _KINDS}
        for road, name, agency, expires_at, left in rows:
            subject = f"{name}/{road}"
            detail: Detail = {
                "agency": agency,
                "expires_at": expires_at.isoformat(),
                "days_left": left,
            }
            kind = next(kind for kind, days in _KINDS.items() if left <= days)
            ending[kind].add(subject)
            await raise_alarm(self._pool, kind, subject, detail)
        for kind in _KINDS:
            for alarm in await list_alarms(self._pool, kind=kind, limit=_MOST):
                if alarm["subject"] not in ending[kind]:
                    await clear_alarm(self._pool, kind, alarm["subject"])
        return False


_KINDS: Final = {
    AlarmKind.CREDENTIAL_ENDS_SOON: URGENT_DAYS,
    AlarmKind.CREDENTIAL_ENDS: WARNED_DAYS,
}
"""Of each kind from how many days before the end it holds; the nearest first."""
