"""Many repairs in few calls: definitions, which RabbitMQ takes in whole. No I/O.

An import makes what is missing and replaces what differs; it removes nothing and cuts nobody off.
What needs either is done by itself.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from gateway.broker.rights import MARK, Act, Found, House, Repair
from gateway.broker.topology import EVENTS, MESSAGES, arguments_of
from gateway.identity.broker_users import all_topic_permissions_of, permissions_of

Definitions = Mapping[str, Sequence[Mapping[str, Any]]]

EACH: Final = 100
"""Repairs of one import: a few seconds of a slow broker's time."""
_OURS: Final = frozenset({MESSAGES, EVENTS})
_OF_USERS: Final = frozenset({Act.ADMIT, Act.CONFINE})
_OF_QUEUES: Final = frozenset({Act.DECLARE, Act.BIND})


def is_importable(repair: Repair, found: Found) -> bool:
    """Whether an import does all that the repair needs."""
    name = repair.subject
    if repair.act is Act.CONFINE and name in found.users:
        # A channel remembers what it was allowed, and rights at other exchanges would stay.
        has_other = any(one.exchange not in _OURS for one in found.topics.get(name, ()))
        return not (repair.drifted or has_other)
    return repair.act in _OF_USERS | _OF_QUEUES


def bundles_of(repairs: Iterable[Repair]) -> Iterator[list[Repair]]:
    """Bundle repairs: users before queues, each in the order in which they came."""
    listed = list(repairs)
    for acts in (_OF_USERS, _OF_QUEUES):
        chosen = [one for one in listed if one.act in acts]
        for first in range(0, len(chosen), EACH):
            yield chosen[first : first + EACH]


def definitions_of(bundle: Sequence[Repair], house: House, vhost: str) -> list[Definitions]:
    """Write a bundle as what is imported, one after the other.

    A user's rights at topics come before its others, which without them are worth more.
    """
    admitted = [one.subject for one in bundle if one.act is Act.ADMIT]
    confined = [(one.subject, one.agency or "") for one in bundle if one.act is Act.CONFINE]
    declared = [one.subject for one in bundle if one.act is Act.DECLARE]
    bound = [one.binding for one in bundle if one.act is Act.BIND and one.binding is not None]
    steps: list[Definitions] = [
        {
            "users": [
                {
                    "name": name,
                    "password_hash": house.users[name].password_hash,
                    "hashing_algorithm": "rabbit_password_hashing_sha256",
                    "tags": MARK,
                }
                for name in admitted
            ],
            "topic_permissions": [
                {
                    "user": name,
                    "vhost": vhost,
                    "exchange": topic.exchange,
                    "write": topic.write,
                    "read": topic.read,
                }
                for name, code in confined
                for topic in all_topic_permissions_of(code)
            ],
        },
        {"permissions": [_permission(name, code, vhost) for name, code in confined]},
        {
            "queues": [_queue(name, vhost) for name in declared],
            "bindings": [
                {
                    "vhost": vhost,
                    "source": one.exchange,
                    "destination": one.queue,
                    "destination_type": "queue",
                    "routing_key": one.routing_key,
                    "arguments": {},
                }
                for one in bound
            ],
        },
    ]
    return [_filled(step) for step in steps if _filled(step)]


def _permission(name: str, code: str, vhost: str) -> Mapping[str, Any]:
    rights = permissions_of(code)
    told = {"configure": rights.configure, "write": rights.write, "read": rights.read}
    return {"user": name, "vhost": vhost, **told}


def _queue(name: str, vhost: str) -> Mapping[str, Any]:
    arguments = arguments_of(name)
    told = {"durable": True, "auto_delete": False, "arguments": arguments}
    return {"name": name, "vhost": vhost, **told}


def _filled(step: Definitions) -> Definitions:
    return {name: rows for name, rows in step.items() if rows}
