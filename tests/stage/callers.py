"""A caller whose partner does what a test says, and that keeps what was sent and asked."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from connectors.codes import CodeTable
from connectors.protocol import Asked, Delivered, Endpoint, Outcome, Parcel, Unreachable

CUT = Unreachable("cut", "cut off during the exchange", unknown=True)
DOWN = Unreachable("no-connection", "nobody listens")


class ScriptedCaller:
    """Answers a call with the next outcome of its script, then with `Delivered`."""

    def __init__(self, name: str, *script: Outcome, idempotent: bool = False) -> None:
        self.name = name
        self.codes = CodeTable(name, ())
        self.script = deque(script)
        self.sent: list[UUID] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self._idempotent = idempotent

    def is_idempotent(self, endpoint: Endpoint) -> bool:
        return self._idempotent

    async def send(self, endpoint: Endpoint, parcels: Sequence[Parcel]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for parcel in parcels:
            self.sent.append(parcel.delivery)
            await self.may_answer.wait()
            outcomes.append(self.script.popleft() if self.script else Delivered("scripted"))
        return outcomes

    async def aclose(self) -> None:
        return


class AskableCaller(ScriptedCaller):
    """One whose partner can be asked, and answers from a second script, then that it has it."""

    def __init__(self, name: str, *script: Outcome, says: Sequence[Asked | None] = (), **how: Any):
        super().__init__(name, *script, **how)
        self.says = deque(says)
        self.asked: list[UUID] = []

    async def ask(self, endpoint: Endpoint, parcel: Parcel) -> Asked | None:
        self.asked.append(parcel.delivery)
        return self.says.popleft() if self.says else Delivered("status: there")
