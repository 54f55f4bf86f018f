"""What a partner's post amounts to, as messages for the ordinary intake.

The event is ours, the words are the partner's: its id derives from the partner's own, so that a
replay is a duplicate, and what was posted is stored beside it, byte for byte, in the same payload;
files that came along are documents, and stand there by their digests.
"""

import base64
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import orjson

from connectors.protocol import Message
from gateway.commit.items import Enclosed, Incoming, Judged
from gateway.dispatch.parcels import said_in
from gateway.intake.reading import LONGEST_ID, MAX_BYTES, Resolve, read_message
from gateway.intake.turns import Turn, choose_turn
from gateway.store.pool import Connection
from gateway.store.sql import statement
from routing.lifecycle.model import ORIGIN, HopState, TransferState
from schemas.identifiers import agency_urn
from schemas.kinds import Kind
from schemas.problems import Problem, ProblemType, problem

_NAMES: Final = ("transfer", "step", "round", "to_step")


def event_id(dialect: str, message_id: str) -> str:
    """Return the id of the event that a partner's message becomes.

    The dialect's name keeps it apart from ids that the agency gives by itself.
    """
    derived = f"{dialect}:{message_id}"
    if len(derived) <= LONGEST_ID and derived.isprintable():
        return derived
    return f"{dialect}:sha256:{sha256(message_id.encode()).hexdigest()}"


def partners_id(dialect: str, event: str) -> str | None:
    """Return the partner's own id that an event's id derives from; None if it does not say it."""
    prefix = f"{dialect}:"
    is_named = event.startswith(prefix) and not event.startswith(f"{prefix}sha256:")
    return event.removeprefix(prefix) if is_named else None


async def find_turn(
    connection: Connection, agency: str, id_: str, message: Message
) -> Mapping[str, Any] | Problem:
    """Return what names the turn (or transfer) in a message's data, and the dossier's code.

    A partner that gives a dossier back and names no step gives it back to whom it had it from.
    What was said under the same id before is about the same turn as then, whatever has become of
    it: a replay is a duplicate, not another message.
    """
    if message.kind is Kind.TRANSFER_SUBMITTED or "transfer" in message.data:
        return {}
    again = await _found_before(connection, agency, id_)
    if again is not None:
        return again
    if not message.subject:
        return problem(ProblemType.MISSING_FIELD, "the dossier is not named", "/subject")
    if "\0" in message.subject:
        return problem(ProblemType.INVALID_VALUE, "has a character that no text has", "/subject")
    found = await connection.execute(
        statement("list_turns_meant"), {"agency": agency, "code": message.subject}, prepare=True
    )
    turns = [_turn(row) for row in await found.fetchall()]
    meant = choose_turn(message.kind, agency, turns, message.data.get("step"))
    if isinstance(meant, Problem):
        return meant
    named: dict[str, Any] = {"transfer": str(meant.transfer), "code": meant.code}
    if message.kind in (Kind.TRANSFER_CORRECTED, Kind.TRANSFER_WITHDRAWN):
        return named
    if message.kind is Kind.HOP_RETURNED and "to_step" not in message.data:
        named["to_step"] = meant.fed_by or ORIGIN
    return {**named, "step": meant.step, "round": meant.round}


def judged_of(
    message: Message,
    named: Mapping[str, Any] | Problem,
    incoming: Incoming,
    resolve: Resolve,
    enclosed: tuple[Enclosed, ...] = (),
) -> Judged:
    """Judge one message; `incoming` is the post as it came, and stays beside what it became.

    `enclosed` are the documents that came with it and are in the gateway's keeping by now.
    """
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": incoming.message_id,
        "source": agency_urn(incoming.agency),
        "type": message.kind.type,
        "data": message.data,
    }
    if message.subject:
        event["subject"] = message.subject
    if message.claimed_at is not None:
        event["time"] = message.claimed_at
    if not isinstance(named, Problem) and named:
        event["data"] = {**message.data, **{n: named[n] for n in _NAMES if n in named}}
        event["subject"] = named.get("code", message.subject)
    ours = replace(incoming, media="application/cloudevents+json", body=_written(event))
    judged = read_message(ours, resolve)
    if isinstance(named, Problem):
        judged = replace(judged, kind=message.kind, data=None, problem=named)
    kept = _written({**event, "posted": posted(incoming)})
    return replace(
        judged,
        incoming=replace(ours, body=kept),
        body_digest=sha256(kept).digest(),
        enclosed=enclosed,
    )


def unread(incoming: Incoming, found: Problem) -> Judged:
    """A post that amounts to nothing: stored as a refusal, and kept if it is small enough."""
    kept = len(incoming.body) <= MAX_BYTES
    return Judged(incoming, sha256(incoming.body).digest(), problem=found, keep_body=kept)


async def _found_before(connection: Connection, agency: str, id_: str) -> Mapping[str, Any] | None:
    found = await connection.execute(
        statement("find_partner_message"), {"agency": agency, "message": id_}, prepare=True
    )
    row = await found.fetchone()
    if row is None:
        return None
    body = bytes(row[1])
    _, data = said_in(row[0], body)
    named = {name: data[name] for name in _NAMES if name in data}
    subject = orjson.loads(body).get("subject")
    return {**named, "code": subject} if named and subject else None


def _turn(row: tuple[Any, ...]) -> Turn:
    transfer, code, transfer_state, originator, step, round_, agency, state, fed_by = row
    assert isinstance(transfer, UUID)
    return Turn(
        transfer,
        code,
        TransferState(transfer_state),
        originator,
        step,
        round_,
        agency,
        HopState(state),
        fed_by,
    )


def posted(incoming: Incoming) -> dict[str, Any]:
    """Write down what was posted: as text where it is text."""
    told: dict[str, Any] = {"media": incoming.media, "size": len(incoming.body)}
    if len(incoming.body) > MAX_BYTES:
        return {**told, "sha256": sha256(incoming.body).hexdigest()}
    try:
        return {**told, "text": incoming.body.decode("utf-8")}
    except UnicodeDecodeError:
        return {**told, "base64": base64.b64encode(incoming.body).decode()}


def _written(event: Mapping[str, Any]) -> bytes:
    return orjson.dumps(event, option=orjson.OPT_UTC_Z)
