"""What every simulated agency is made of, whichever door deliveries come in by."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Protocol

from connectors.simulators.behaviour import Behaviour
from connectors.simulators.bustle import Bustle
from connectors.simulators.messages import derived_id, write_message
from connectors.simulators.office import Office
from connectors.simulators.outbox import Outbox, Road
from connectors.simulators.record import Record, Sent
from connectors.simulators.wake import SystemWake, Wake
from schemas.kinds import Kind


class SimulatedAgency(Protocol):
    """The face that all kinds of simulated agencies share."""

    @property
    def code(self) -> str: ...

    @property
    def desk(self) -> "Desk": ...

    @property
    def record(self) -> Record: ...

    @property
    def in_flight(self) -> int:
        """Messages without receipt and deliveries being handled; 0 is still."""
        ...

    @property
    def started(self) -> asyncio.Event:
        """Set once it takes deliveries for the first time."""
        ...

    async def run(self) -> None:
        """Work until cancelled; end within two seconds then. May be run again."""
        ...


class Desk:
    """An agency's office and outbox, around one record."""

    def __init__(
        self,
        code: str,
        road: Road,
        *,
        behaviour: Behaviour | None = None,
        wake: Wake | None = None,
        record: Record | None = None,
        on_change: Callable[[], None] = lambda: None,
        resend_after: float = 5.0,
    ) -> None:
        self.code = code
        self.behaviour = behaviour or Behaviour()
        self.wake = wake or SystemWake()
        self.record = record or Record()
        self.bustle = Bustle(self.wake, on_change)
        self.outbox = Outbox(
            road,
            record=self.record,
            bustle=self.bustle,
            wake=self.wake,
            resend_after=resend_after,
        )
        self.office = Office(
            code,
            behaviour=self.behaviour,
            wake=self.wake,
            outbox=self.outbox,
            record=self.record,
            bustle=self.bustle,
        )

    def say(self, kind: Kind, subject: str, data: dict[str, Any], *, id: str | None = None) -> str:
        """Send a message of the agency's own accord; return its id."""
        message_id = id or derived_id(self.code, subject, f"{kind.value}/{len(self.record.sent)}")
        message = write_message(
            agency=self.code,
            id=message_id,
            kind=kind,
            subject=subject,
            time=self.wake.now(),
            data=data,
        )
        self.outbox.post(message)
        return message_id

    async def receipt_of(self, message_id: str) -> Sent:
        """Return how a message fared, once its receipt is here."""
        return await self.outbox.wait_for_receipt(message_id)


async def run_together(*duties: Coroutine[Any, Any, None]) -> None:
    """Run duties that never end by themselves, until one fails or all are cancelled."""
    async with asyncio.TaskGroup() as tasks:
        for duty in duties:
            tasks.create_task(duty)


@asynccontextmanager
async def running(*agencies: SimulatedAgency) -> AsyncIterator[None]:
    """Run agencies for the length of a block, which begins once all of them have started."""
    async with asyncio.TaskGroup() as tasks:
        runs = [tasks.create_task(agency.run(), name=agency.code) for agency in agencies]
        for agency in agencies:
            await agency.started.wait()
        try:
            yield
        finally:
            for run in runs:
                run.cancel()
