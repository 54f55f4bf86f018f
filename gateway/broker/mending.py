"""Mend the broker: do what a comparison says, in as few calls as that takes.

What is taken away, and what cuts somebody off, goes one by one and first; the rest is imported in
bundles. A refusal keeps nothing else from being done: a bundle that is refused is done singly.
"""

import time
from collections.abc import Awaitable, Callable, Collection
from typing import Final

import structlog

from connectors.rabbitmq_admin import AdminRefused, RabbitMQAdmin
from gateway.broker.definitions import bundles_of, definitions_of, is_importable
from gateway.broker.rights import MARK, Act, Comparison, Found, House, Repair
from gateway.broker.topology import arguments_of
from gateway.identity.broker_users import all_topic_permissions_of, permissions_of

log = structlog.get_logger()

_NO_USER: Final = "no longer a user of this gateway"
_FEW: Final = 5
"""Users whose connections are asked for one by one; of more, all that is open is listed."""

_OF_WHO_LEFT: Final = frozenset({Act.UNBIND, Act.SETTLE, Act.REMOVE})

OnLeft = Callable[[Repair], Awaitable[bool]]


class Mender:
    """Repairs one virtual host. `on_left` sees to the queue of an agency that has left.

    It says whether there was anything to do.
    """

    def __init__(self, admin: RabbitMQAdmin, vhost: str, on_left: OnLeft) -> None:
        self._admin = admin
        self._vhost = vhost
        self._on_left = on_left
        self.repairs = 0
        self.refused: list[str] = []
        """What the broker would not do in the last round."""

    def __repr__(self) -> str:
        return f"<Mender of {self._vhost!r}, {self.repairs} repairs>"

    async def expel(self, names: Collection[str]) -> None:
        """Remove users, and what they have open."""
        # Its call for many users refuses all of them if one is not there.
        for name in sorted(names):
            await self._admin.delete_user(name)
        if len(names) > _FEW:
            await self._admin.close_connections_of(names, _NO_USER)
        else:
            for name in names:
                await self._admin.close_connections(name, _NO_USER)
        self.repairs += len(names)
        log.info("doorkeeper.expelled", count=len(names), first=min(names))

    async def mend(
        self, comparison: Comparison, house: House, found: Found, *, until: float
    ) -> bool:
        """Repair; False if it is later than `until` before all was done."""
        self.refused = []
        alone = [one for one in comparison.repairs if not is_importable(one, found)]
        for repair in alone:
            if time.monotonic() > until:
                return False  # stopped meanwhile, or much to do: what is wanted may be other
            await self._try(repair, house)
        together = [one for one in comparison.repairs if is_importable(one, found)]
        for bundle in bundles_of(together):
            if time.monotonic() > until:
                return False
            await self._import(bundle, house)
        return True

    async def _import(self, bundle: list[Repair], house: House) -> None:
        try:
            for step in definitions_of(bundle, house, self._vhost):
                await self._admin.import_definitions(step)
        except AdminRefused:
            for repair in bundle:
                await self._try(repair, house)
            return
        self.repairs += len(bundle)
        drifted = sum(one.drifted for one in bundle)
        told = log.warning if drifted else log.info
        first = bundle[0].subject
        told("doorkeeper.imported", repairs=len(bundle), first=first, drifted=drifted)

    async def _try(self, repair: Repair, house: House) -> None:
        try:
            if repair.act in _OF_WHO_LEFT and not await self._on_left(repair):
                return
            await self._repair(repair, house)
        except AdminRefused as error:
            self.refused.append(repair.subject)
            log.warning("doorkeeper.refused", subject=repair.subject, why=str(error))
            return
        self.repairs += 1
        told = log.warning if repair.drifted else log.info
        told(
            "doorkeeper.repaired",
            act=repair.act.value,
            subject=repair.subject,
            drifted=repair.drifted,
        )

    async def _repair(self, repair: Repair, house: House) -> None:
        admin, name = self._admin, repair.subject
        match repair:
            case Repair(Act.EXPEL):
                await admin.delete_user(name)
                await admin.close_connections(name, _NO_USER)
            case Repair(Act.ADMIT):
                await admin.put_hashed_user(name, house.users[name].password_hash, MARK)
            case Repair(Act.CONFINE, agency=str(code)):
                await self._confine(name, code)
                if repair.drifted:  # a channel remembers what it was allowed
                    await admin.close_connections(name, "rights were put right")
            case Repair(Act.DECLARE):
                await admin.put_queue(self._vhost, name, arguments_of(name))
            case Repair(Act.BIND, binding=binding) if binding is not None:
                await admin.bind(self._vhost, binding)

    async def _confine(self, name: str, code: str) -> None:
        """Give a user exactly its rights. Topics first: without them the others are worth more."""
        admin, vhost = self._admin, self._vhost
        await admin.clear_topic_permissions(vhost, name)
        for topic in all_topic_permissions_of(code):
            await admin.set_topic_permissions(vhost, name, topic)
        await admin.set_permissions(vhost, name, permissions_of(code))
