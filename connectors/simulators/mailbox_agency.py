"""An agency that fetches what lies in its mailbox and answers over HTTP."""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import httpx
import orjson

from connectors.simulators.agency import Desk, run_together
from connectors.simulators.http_road import HttpRoad
from connectors.simulators.office import Taken
from connectors.simulators.record import Record

log = logging.getLogger(__name__)

FETCH_AT_ONCE: Final = 100
LONG_POLL: Final = 5.0


class MailboxAgency:
    """Polls `GET /v1/mailbox`, acknowledges or hands back; keyword arguments are the Desk's.

    `pause` is machine time between two polls that brought nothing.
    """

    def __init__(
        self,
        code: str,
        base_url: str,
        *,
        client_id: str,
        client_secret: str,
        pause: float = 0.2,
        long_poll: float = LONG_POLL,
        transport: httpx.AsyncBaseTransport | None = None,
        **desk: Any,
    ) -> None:
        self.code = code
        self._pause = pause
        self._long_poll = long_poll
        self._road = HttpRoad(
            base_url, client_id=client_id, client_secret=client_secret, transport=transport
        )
        self._nacked: Counter[str] = Counter()
        self.desk = Desk(code, self._road, **desk)
        self.started = asyncio.Event()

    @property
    def record(self) -> Record:
        return self.desk.record

    @property
    def in_flight(self) -> int:
        return self.desk.bustle.in_flight

    async def run(self) -> None:
        try:
            await run_together(
                self.desk.outbox.run(), self.desk.office.run(), self._poll_for_ever()
            )
        finally:
            await self._road.aclose()

    async def _poll_for_ever(self) -> None:
        self.started.set()
        while True:
            try:
                items = await self._fetch()
                for item in items:
                    await self._handle(item)
            except (httpx.HTTPError, KeyError, TypeError, orjson.JSONDecodeError) as error:
                log.info("agency.poll_failed", extra={"code": self.code, "error": repr(error)})
                items = []
            if not items:
                await asyncio.sleep(self._pause)

    async def _fetch(self) -> list[Mapping[str, Any]]:
        answer = await self._road.call(
            "GET",
            "/v1/mailbox",
            params={"limit": str(FETCH_AT_ONCE), "wait": f"{self._long_poll:g}"},
            within=self._long_poll + 10,
        )
        answer.raise_for_status()
        return list(orjson.loads(answer.content)["items"])

    async def _handle(self, item: Mapping[str, Any]) -> None:
        """Take one item and say so; an answer that gets lost means that it is leased again."""
        delivery, event = str(item["delivery"]), item["event"]
        office = self.desk.office
        self.desk.bustle.begin()
        try:
            if self._nacked[delivery] < office.script_of(event).nacks:
                self._nacked[delivery] += 1
                await self._nack(delivery, "busy", permanent=False)
            elif office.take(delivery, orjson.dumps(event)) is Taken.UNREADABLE:
                await self._nack(delivery, "unreadable", permanent=True)
            else:
                await self._road.call("POST", f"/v1/mailbox/{delivery}/ack")
        finally:
            self.desk.bustle.end()

    async def _nack(self, delivery: str, reason: str, *, permanent: bool) -> None:
        body = {"reason": reason, "detail": "simulated agency", "permanent": permanent}
        await self._road.call(
            "POST",
            f"/v1/mailbox/{delivery}/nack",
            content=orjson.dumps(body),
            headers={"content-type": "application/json"},
        )
