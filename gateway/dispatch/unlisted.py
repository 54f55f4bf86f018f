"""Codes that no table lists: a person is told once, until a version knows them."""

from collections.abc import Mapping

import psycopg
import structlog

from connectors.protocol import Caller
from gateway.operations.alarm_kinds import AlarmKind
from gateway.operations.alarms import clear_alarm, list_alarms, raise_alarm
from gateway.store.pool import Pool

log = structlog.get_logger()


class Unlisted:
    """Raises an alarm per connector and code, the first time this process meets it."""

    def __init__(self, pool: Pool, callers: Mapping[str, Caller]) -> None:
        self._pool = pool
        self._callers = callers
        self._told: set[str] = set()

    async def note(self, connector: str, code: str, agency: str) -> None:
        """Tell of one. The delivery it answered must not suffer if that fails."""
        subject = f"{connector}:{code}"
        if subject in self._told:
            return
        try:
            await raise_alarm(
                self._pool, AlarmKind.UNLISTED_CODE, subject, {"agency": agency, "code": code}
            )
        except psycopg.Error as error:
            log.warning("alarm.not_raised", alarm=AlarmKind.UNLISTED_CODE, error=str(type(error)))
            return
        self._told.add(subject)

    async def clear_listed(self) -> None:
        """Close the alarms of codes that a table lists by now."""
        for alarm in await list_alarms(self._pool, kind=AlarmKind.UNLISTED_CODE, limit=1000):
            connector, _, code = str(alarm["subject"]).partition(":")
            caller = self._callers.get(connector)
            if caller is not None and code in caller.codes:
                await clear_alarm(self._pool, AlarmKind.UNLISTED_CODE, str(alarm["subject"]))
