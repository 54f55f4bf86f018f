"""What the broker should have, what it has, and what to do about the difference. No I/O.

Ours is who bears our mark (a tag) or an agency's name; everybody else is a stranger, whom we
report and leave alone. What is taken away comes first: of two faults, the open door is worse.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from connectors.rabbitmq_admin import Binding, Permissions, TopicPermissions, User
from gateway.broker.topology import agency_queue, bindings_of, events_queue
from gateway.identity.broker_users import all_topic_permissions_of, permissions_of

MARK: Final = "lienthong-agency"
"""The tag of users that this gateway makes. It gives no right; RabbitMQ takes any word."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A user that the broker is to have; `applied` says that it had it before."""

    name: str
    agency: str
    password_hash: str = field(repr=False)
    applied: bool


@dataclass(frozen=True, slots=True)
class House:
    """Who and what is to be in our virtual host."""

    users: Mapping[str, Wanted]
    former: frozenset[str]
    """Users that were ours and are not wanted any more."""
    barred: frozenset[str]
    """Agencies of which no user may be there, whoever made it."""
    codes: frozenset[str]
    """Agencies that may have a user of their own name, set up directly."""
    queues: Mapping[str, bool]
    """Agencies with a queue → whether also one of events."""
    own: frozenset[str]
    """The gateway's own users."""
    gone: frozenset[str] = frozenset()
    """Agencies that have left: their queues go once nothing unresolved lies in them."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the broker has, in our virtual host and around it."""

    vhost: str
    users: Mapping[str, User]
    permissions: Mapping[tuple[str, str], Permissions]
    topics: Mapping[str, set[TopicPermissions]]
    queues: Mapping[str, int]
    """And how many messages each had some seconds ago."""
    bindings: frozenset[Binding]

    def rights(self, user: str) -> Permissions | None:
        return self.permissions.get((self.vhost, user))

    def is_elsewhere(self, user: str) -> bool:
        """Whether the user has rights in another virtual host: then it is another gateway's."""
        return any(name == user and vhost != self.vhost for vhost, name in self.permissions)


class Act(StrEnum):
    """What is done about a difference."""

    EXPEL = "expel"
    """Remove a user and close its connections."""
    ADMIT = "admit"
    """Make a user, or give it back its password and mark."""
    CONFINE = "confine"
    """Give a user exactly its rights; what is open with others is closed."""
    DECLARE = "declare"
    BIND = "bind"
    UNBIND = "unbind"
    """Let nothing more into the queue of who has left."""
    SETTLE = "settle"
    """Let the store say what becomes of what lies in it."""
    REMOVE = "remove"
    """Remove it, if it is still empty."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing to do. `drifted`: not a change of ours, somebody else's."""

    act: Act
    subject: str
    agency: str | None = None
    binding: Binding | None = None
    drifted: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What to do, in order, and who is nobody of ours."""

    repairs: tuple[Repair, ...]
    strangers: tuple[str, ...]


def compare(house: House, found: Found) -> Comparison:
    """Say what brings the broker to what is wanted."""
    unwanted = tuple(_unwanted(house, found))
    gone = {one.subject for one in unwanted}
    left = _left(house, found)
    repairs = [*unwanted, *_users(house, found), *_queues(house, found), *left]
    strangers = sorted(name for name in found.users if _is_stranger(name, gone, house, found))
    return Comparison(tuple(repairs), tuple(strangers))


def _unwanted(house: House, found: Found) -> Iterable[Repair]:
    for name, user in sorted(found.users.items()):
        if name in house.users or name in house.own:
            continue
        is_marked = MARK in user.tags and not found.is_elsewhere(name)
        if is_marked or agency_named(name) in house.barred:
            # Marked and never ours: somebody uses our mark to hide.
            drifted = name not in house.former and agency_named(name) not in house.barred
            yield Repair(Act.EXPEL, name, drifted=drifted)


def _users(house: House, found: Found) -> Iterable[Repair]:
    for name, wanted in sorted(house.users.items()):
        user = found.users.get(name)
        if user is None or user.password_hash != wanted.password_hash or user.tags != {MARK}:
            yield Repair(Act.ADMIT, name, wanted.agency, drifted=wanted.applied)
        topics = set(all_topic_permissions_of(wanted.agency))
        is_confined = (
            found.rights(name) == permissions_of(wanted.agency)
            and found.topics.get(name, set()) == topics
        )
        if not is_confined:
            yield Repair(Act.CONFINE, name, wanted.agency, drifted=wanted.applied)


def _queues(house: House, found: Found) -> Iterable[Repair]:
    for code, events in sorted(house.queues.items()):
        names = [agency_queue(code), events_queue(code)] if events else [agency_queue(code)]
        for name in names:
            if name not in found.queues:
                yield Repair(Act.DECLARE, name, code)
        for exchange, queue, routing_key in bindings_of(code, events=events):
            binding = Binding(exchange, queue, routing_key)
            if binding not in found.bindings:
                yield Repair(Act.BIND, queue, code, binding)


def _left(house: House, found: Found) -> Iterable[Repair]:
    """Queues of who has left: cut off first, and looked into when that is a while ago."""
    for code in sorted(house.gone - house.queues.keys()):
        for name in (agency_queue(code), events_queue(code)):
            heard = [one for one in found.bindings if one.queue == name]
            for binding in heard:
                yield Repair(Act.UNBIND, name, code, binding)
            if name in found.queues and not heard:
                yield Repair(Act.SETTLE if found.queues[name] else Act.REMOVE, name, code)


def _is_stranger(name: str, gone: set[str], house: House, found: Found) -> bool:
    """Whether nobody of ours explains this user's rights in our virtual host."""
    rights, user = found.rights(name), found.users[name]
    if rights is None or name in house.own or name in house.users or name in gone:
        return False
    if "administrator" in user.tags:
        return False  # who runs the broker may do everything anyway
    is_direct = name in house.codes and rights == permissions_of(name)
    return not (is_direct and found.topics.get(name, set()) == set(all_topic_permissions_of(name)))


def agency_named(user: str) -> str:
    """Return the agency that a user's name speaks of: `<code>` or `<code>-<number>`."""
    code, dash, number = user.rpartition("-")
    return code if dash and number.isdecimal() else user
