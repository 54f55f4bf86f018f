"""The broker's management, as an operator at the console has it."""

from types import TracebackType
from typing import Self
from urllib.parse import quote

import aio_pika
import httpx

from connectors.broker import broker_url
from tests.broker import Broker
from tests.stage.facts import eventually


class Rabbit:
    """Looks at and changes one virtual host."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._vhost = quote(broker.vhost, safe="")
        self._http = httpx.AsyncClient(base_url=broker.admin_url, timeout=15)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def ready(self, queue: str) -> int:
        """Count the messages of a queue that are not handed out, as the queue itself says."""
        connection = await aio_pika.connect(broker_url(self._broker.url, "operator"))
        async with connection:
            channel = await connection.channel()
            asked = await channel.declare_queue(queue, passive=True)
            return asked.declaration_result.message_count or 0

    async def connections(self, part: str) -> list[str]:
        """Return the names of connections whose client calls itself something with `part`."""
        answer = await self._http.get(f"/api/vhosts/{self._vhost}/connections")
        answer.raise_for_status()
        return [
            one["name"]
            for one in answer.json()
            if part in one.get("client_properties", {}).get("connection_name", "")
        ]

    async def close(self, connection: str) -> None:
        """Close a client's connection, as an operator would."""
        await self._http.delete(f"/api/connections/{quote(connection, safe='')}")

    async def limit_deliveries(self, queue: str, times: int) -> None:
        """Dead-letter what was handed out so often without being acknowledged."""
        answer = await self._http.put(
            f"/api/policies/{self._vhost}/limit",
            json={
                "pattern": f"^{queue}$",
                "definition": {"delivery-limit": times},
                "apply-to": "queues",
            },
        )
        answer.raise_for_status()

    async def delete(self, queue: str) -> None:
        connection = await aio_pika.connect(broker_url(self._broker.url, "operator"))
        async with connection:
            channel = await connection.channel()
            await channel.queue_delete(queue)

    async def keeps(self, *queues: str) -> None:
        """Return once queues survive a power failure of the broker.

        RabbitMQ 3.10 writes the register of its quorum queues half a second after a declaration;
        one that was killed before that never finds the queue's leader again.
        """
        names = [f"{self._broker.vhost}_{queue}".encode() for queue in queues]

        def are_written() -> bool:
            files = self._broker.server.folder.glob("data/*/quorum/*/names.dets")
            written = b"".join(file.read_bytes() for file in files)
            return all(name in written for name in names)

        await eventually(are_written, within=15)
