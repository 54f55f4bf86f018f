"""Codes that no table lists: a person is told once, until a version knows them.

An agency whose codes are ever others (a counter in the field, or bad faith) is told of as such: no
partner fills the list of alarms.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final

import psycopg
import structlog

from connectors.protocol import Caller
from gateway.operations.alarm_kinds import AlarmKind
from gateway.operations.alarms import clear_alarm, list_alarms, raise_alarm
from gateway.store.pool import Pool

log = structlog.get_logger()

MOST: Final = 20
"""Codes of one agency that each get an alarm of their own."""


class Unlisted:
    """Raises an alarm per connector and code, the first time this process meets it."""

    def __init__(self, pool: Pool, callers: Mapping[str, Caller]) -> None:
        self._pool = pool
        self._callers = callers
        self._told: set[str] = set()
        self._codes: Counter[str] = Counter()

    async def note(self, connector: str, code: str, agency: str) -> None:
        """Tell of one. The delivery it answered must not suffer if that fails."""
        subject = f"{connector}:{code}"
        if subject not in self._told and self._codes[agency] >= MOST:
            subject, code = f"{connector}:ever-other-codes-of-{agency}", "many"
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
        self._codes[agency] += 1

    async def clear_listed(self) -> None:
        """Close the alarms of codes that a table lists by now."""
        for alarm in await list_alarms(self._pool, kind=AlarmKind.UNLISTED_CODE, limit=1000):
            connector, _, code = str(alarm["subject"]).partition(":")
            caller = self._callers.get(connector)
            if caller is not None and code in caller.codes:
                await clear_alarm(self._pool, AlarmKind.UNLISTED_CODE, str(alarm["subject"]))
