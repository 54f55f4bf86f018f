"""The calls of an agency's software: what to ask, and how the answer is read. No I/O.

Each is a flow for `Client.do` or `AsyncClient.do`; `events` and `mailbox` are pages for `each`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote
from uuid import UUID

import orjson

from connectors.client import shapes
from connectors.client.failures import Declined
from connectors.client.flows import Answer, Flow, Request, document_of, problem_in, problem_of
from connectors.client.shapes import Told
from schemas.envelope import (
    BATCH_MEDIA_TYPE,
    STRUCTURED_MEDIA_TYPE,
    Envelope,
    write_structured,
)
from schemas.receipts import Receipt

T = TypeVar("T")
S = TypeVar("S", bound=shapes.Shape)

MOST_ROUNDS = 5
"""How often what a batch left unanswered is sent again."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list, and the call for what follows; `is_last` says that nothing waits now."""

    items: Sequence[T]
    following: Callable[[], "Flow[Page[T]]"]
    is_last: bool


# Messages


def send(event: Envelope) -> Flow[Told]:
    """Send a message. The receipt, or the problem that it was refused with.

    What is no judgement of the message (no room, not signed in) is raised, once patience has ended:
    it may be sent again under the same id.
    """
    answer = yield _posted("/v1/messages", _written(event), STRUCTURED_MEDIA_TYPE)
    if answer.is_good:
        return _receipt(document_of(answer))
    found = problem_in(answer.body, answer.status)
    if not _is_judged(answer):
        raise Declined(found)
    return found


def send_batch(events: Sequence[Envelope]) -> Flow[list[Told]]:
    """Send messages together; one answer each, in order. What found no room is sent again."""
    told: dict[int, Told] = {}
    left = list(range(len(events)))
    for _ in range(MOST_ROUNDS):
        body = b"[" + b",".join(_written(events[place]) for place in left) + b"]"
        document = document_of((yield _posted("/v1/messages", body, BATCH_MEDIA_TYPE)))
        told.update(zip(left, map(_told, document), strict=True))
        left = [place for place in left if _is_unanswered(told[place])]
        if not left:
            break
    return [told[place] for place in range(len(events))]


def validate(event: Envelope) -> Flow[shapes.Validation]:
    """Ask what would become of a message, without sending it."""
    request = _posted("/v1/messages/validate", _written(event), STRUCTURED_MEDIA_TYPE)
    return shapes.Validation.model_validate_json(_body(document_of((yield request))))


def validate_batch(events: Sequence[Envelope]) -> Flow[list[shapes.Validation]]:
    """Ask what would become of messages, each as if those before it had been taken."""
    body = b"[" + b",".join(map(_written, events)) + b"]"
    document = document_of((yield _posted("/v1/messages/validate", body, BATCH_MEDIA_TYPE)))
    return [shapes.Validation.model_validate_json(_body(one)) for one in document]


# What stands


def transfer(id_: UUID) -> Flow[shapes.Transfer]:
    """Read a transfer that concerns you."""
    return (yield from _read(shapes.Transfer, f"/v1/transfers/{id_}"))


def dossier(code: str, *, system: str | None = None) -> Flow[shapes.Dossier]:
    """Read the runs of a dossier; with `system`, by the code that this other system has for it."""
    return (yield from _read(shapes.Dossier, f"/v1/dossiers/{quote(code)}", system=system))


def transfer_documents(id_: UUID) -> Flow[shapes.TransferDocuments]:
    """Name the documents that a transfer refers to, and which of them you have already."""
    return (yield from _read(shapes.TransferDocuments, f"/v1/transfers/{id_}/documents"))


def agency(code: str, *, as_of: datetime | None = None) -> Flow[shapes.Agency]:
    """Look an agency up by its code or alias."""
    return (yield from _read(shapes.Agency, f"/v1/agencies/{quote(code)}", as_of=as_of))


def route(
    procedure: str,
    *,
    places: Mapping[str, str] | None = None,
    facts: Mapping[str, str | int | bool] | None = None,
    originator: str | None = None,
    received_at: datetime | None = None,
    as_of: datetime | None = None,
) -> Flow[shapes.Route]:
    """Ask where a dossier would go, by when, and why."""
    return (
        yield from _read(
            shapes.Route,
            "/v1/route",
            procedure=procedure,
            place=[f"{name}:{unit}" for name, unit in (places or {}).items()],
            fact=[f"{name}:{_fact(value)}" for name, value in (facts or {}).items()],
            originator=originator,
            received_at=received_at,
            as_of=as_of,
        )
    )


def procedures(
    *, as_of: datetime | None = None, after: str | None = None, limit: int = 100
) -> Flow[Page[shapes.ProcedureLine]]:
    """List the procedures in force."""
    page = yield from _read(
        shapes.ProcedurePage, "/v1/procedures", as_of=as_of, after=after, limit=limit
    )
    return Page(
        page.procedures,
        lambda: procedures(as_of=as_of, after=page.next, limit=limit),
        is_last=page.next is None,
    )


def procedure(
    code: str, *, as_of: datetime | None = None, version: str | None = None
) -> Flow[shapes.Procedure]:
    """Read which places and facts a procedure asks for, and its steps."""
    path = f"/v1/procedures/{quote(code)}"
    return (yield from _read(shapes.Procedure, path, as_of=as_of, version=version))


def units(
    name: str | None = None,
    *,
    code: str | None = None,
    parent: str | None = None,
    as_of: datetime | None = None,
    after: str | None = None,
    limit: int = 20,
) -> Flow[Page[shapes.Unit]]:
    """Find administrative units by words of their names, with or without accents."""
    page = yield from _read(
        shapes.UnitPage,
        "/v1/units",
        name=name,
        code=code,
        parent=parent,
        as_of=as_of,
        after=after,
        limit=limit,
    )
    return Page(
        page.units,
        lambda: units(name, code=code, parent=parent, as_of=as_of, after=page.next, limit=limit),
        is_last=page.next is None,
    )


def unit(code: str, *, as_of: datetime | None = None) -> Flow[shapes.ServedUnit]:
    """Look a unit up, and which agencies serve it."""
    return (yield from _read(shapes.ServedUnit, f"/v1/units/{quote(code)}", as_of=as_of))


def events(cursor: str | None = None, *, limit: int = 100) -> Flow[Page[shapes.Event]]:
    """Read what happened after a cursor (none: from the beginning; `latest`: from now on)."""
    page = yield from _read(shapes.EventPage, "/v1/events", cursor=cursor, limit=limit)
    return Page(page.events, lambda: events(page.next, limit=limit), is_last=not page.more)


def event_page(cursor: str | None = None, *, limit: int = 100) -> Flow[shapes.EventPage]:
    """Read one page of what happened, with the cursor behind it."""
    return (yield from _read(shapes.EventPage, "/v1/events", cursor=cursor, limit=limit))


# The mailbox


def mailbox(*, limit: int = 10, wait: int = 0) -> Flow[Page[shapes.MailboxItem]]:
    """Fetch what is owed to you, leased; wait up to 20 seconds for the first."""
    found = yield from _read(
        shapes.Mailbox, "/v1/mailbox", waits=float(wait), limit=limit, wait=wait
    )
    return Page(found.items, lambda: mailbox(limit=limit, wait=wait), is_last=not found.items)


def ack(item: shapes.MailboxItem) -> Flow[shapes.Settled]:
    """Say that you have it. Act on it only after this: Declined means that it was taken back."""
    body = orjson.dumps({"lease": item.lease})
    request = _posted(f"/v1/mailbox/{item.delivery}/ack", body, "application/json")
    return shapes.Settled.model_validate_json(_body(document_of((yield request))))


def nack(item: shapes.MailboxItem, reason: str, *, permanent: bool = False) -> Flow[shapes.Settled]:
    """Give it back, with a code for the reason; `permanent`: until a person has looked at it."""
    body = orjson.dumps({"lease": item.lease, "reason": reason, "permanent": permanent})
    request = _posted(f"/v1/mailbox/{item.delivery}/nack", body, "application/json")
    return shapes.Settled.model_validate_json(_body(document_of((yield request))))


# What is published


def schemas() -> Flow[list[str]]:
    """Name the published schemas."""
    names: list[str] = document_of((yield Request("GET", "/schemas/")))["schemas"]
    return names


def schema(name: str) -> Flow[dict[str, Any]]:
    """Read a published schema, as `hop.received.v1`."""
    document: dict[str, Any] = document_of((yield Request("GET", f"/schemas/{quote(name)}")))
    return document


def _read(shape: type[S], path: str, *, waits: float = 0.0, **params: Any) -> Flow[S]:
    named = {name: _param(value) for name, value in params.items() if value not in (None, [])}
    answer = yield Request("GET", path, params=named, waits=waits)
    return shape.model_validate_json(_body(document_of(answer)))


def _param(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _fact(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _posted(path: str, content: bytes, media: str) -> Request:
    return Request("POST", path, headers={"content-type": media}, content=content)


def _written(event: Envelope) -> bytes:
    return orjson.dumps(write_structured(event))


def _body(document: Any) -> bytes:
    return orjson.dumps(document)


def _receipt(document: Mapping[str, Any]) -> Receipt:
    own = {name: value for name, value in document.items() if name in Receipt.model_fields}
    return Receipt.model_validate_json(orjson.dumps(own))


def _told(document: Mapping[str, Any]) -> Told:
    return _receipt(document) if "verdict" in document else problem_of(document)


def _is_unanswered(told: Told) -> bool:
    return not isinstance(told, Receipt) and told.status == 503


def _is_judged(answer: Answer) -> bool:
    """Whether a refusal is the message's own: then its receipt is beside the problem."""
    return "receipt" in orjson.loads(answer.body)
