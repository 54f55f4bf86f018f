"""The client asks only what the published OpenAPI document has, all of it, and reads it rightly.

Every call is made against answers that are drawn from nothing: what counts is what it asks.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from connectors.client import calls, documents, new_event, shapes
from connectors.client.flows import Answer, Flow, Request
from schemas.kinds import TransferWithdrawn
from schemas.publish import PUBLISHED

OPENAPI: dict[str, Any] = json.loads((PUBLISHED / "openapi.json").read_text("utf-8"))
ID = UUID("0195b0c4-7c00-7000-8000-000000000001")
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
EVENT = new_event(
    "H31.144",
    TransferWithdrawn(transfer=ID, reason="Rút hồ sơ"),
    subject="H31.144-260302-0001",
)
ITEM = shapes.MailboxItem(delivery=ID, lease=1, lease_until=NOW, event={})
DIGEST = "0" * 64
UPLOAD = {"upload": str(ID), "document": "d", "received": 0, "size": 3, "complete": False}
CALLS: list[tuple[Flow[Any], list[Any]]] = [
    (calls.send(EVENT), []),
    (calls.send_batch([EVENT]), []),
    (calls.validate(EVENT), []),
    (calls.validate_batch([EVENT]), []),
    (calls.transfer(ID), []),
    (calls.transfer_documents(ID), []),
    (calls.dossier("H31.144-260302-0001", system="portal"), []),
    (calls.agency("H31.144", as_of=NOW), []),
    (
        calls.route(
            "2.000987",
            places={"applicant": "11953"},
            facts={"identity_card": True},
            originator="H31.144",
            received_at=NOW,
            as_of=NOW,
        ),
        [],
    ),
    (calls.procedures(as_of=NOW, after="2.000987"), []),
    (calls.procedure("2.000987", as_of=NOW, version="2026-09-01"), []),
    (calls.units("A Sào", code="12499", parent="33", as_of=NOW, after="12448"), []),
    (calls.unit("12499", as_of=NOW), []),
    (calls.events("latest"), []),
    (calls.event_page("latest"), []),
    (calls.mailbox(wait=20), []),
    (calls.ack(ITEM), []),
    (calls.nack(ITEM, "form-not-readable", permanent=True), []),
    (calls.schemas(), []),
    (calls.schema("hop.received.v1"), []),
    (documents.upload(lambda *_: b"abc", size=3, digest=DIGEST, media_type="text/plain"), [UPLOAD]),
    (
        documents.upload(lambda *_: b"abc", size=3, digest=DIGEST, media_type="text/plain"),
        [UPLOAD, 409],
    ),
    (documents.give_up(ID), []),
    (documents.largest(), []),
    (documents.size_of(DIGEST), []),
    (documents.fetch(DIGEST, lambda _: None), [{}]),
]
NOT_OURS = {
    "getHealth": "for whoever runs the gateway",
    "getReadiness": "for whoever runs the gateway",
    "getMetrics": "for whoever runs the gateway",
    "sendPieceByPost": "for those whose network has no PATCH; what it does is the same",
}
NOT_FOR_AGENCIES = ("/v1/operations/", "/v1/partners/")
"""Of operators, and of partners that speak a dialect of their own."""
ANSWERS = {
    shapes.Transfer: "TransferShape",
    shapes.Hop: "HopShape",
    shapes.Clock: "Clock",
    shapes.LedgerEntry: "LedgerEntry",
    shapes.TransferSummary: "TransferSummary",
    shapes.Dossier: "DossierShape",
    shapes.DossierKey: "Dossier",
    shapes.Event: "EventShape",
    shapes.EventPage: "EventPage",
    shapes.Mailbox: "Mailbox",
    shapes.MailboxItem: "MailboxItem",
    shapes.Settled: "Settled",
    shapes.Agency: "Capabilities",
    shapes.Route: "RouteShape",
    shapes.ProcedureLine: "ProcedureLine",
    shapes.ProcedurePage: "ProcedurePage",
    shapes.Procedure: "ProcedureShape",
    shapes.Unit: "UnitShape",
    shapes.UnitPage: "UnitPage",
    shapes.ServedUnit: "ServedUnit",
    shapes.ServedBy: "ServedBy",
    shapes.Validation: "ValidationShape",
    shapes.Follows: "FollowsShape",
    shapes.OwedMessage: "OwedShape",
    shapes.TransferDocument: "TransferDocument",
    shapes.TransferDocuments: "TransferDocuments",
    shapes.Upload: "UploadShape",
    shapes.Token: "Token",
}


def _asked() -> list[Request]:
    return [request for call, answers in CALLS for request in _requests(call, answers)]


def _requests(call: Flow[Any], answers: list[Any]) -> Iterator[Request]:
    """Drive a call as far as the given answers lead; return what it asked."""
    given = iter(answers)
    try:
        request = next(call)
        while True:
            yield request
            document = next(given)
            status = document if isinstance(document, int) else 200
            headers = {"content-length": "3", "upload-offset": "0"}
            request = call.send(Answer(status, headers, json.dumps(document).encode()))
    except StopIteration:
        return


def _operation(request: Request) -> dict[str, Any] | None:
    parts = request.path.split("/")
    for path, methods in OPENAPI["paths"].items():
        named = path.split("/")
        if len(named) == len(parts) and all(
            name == part or name.startswith("{") for name, part in zip(named, parts, strict=True)
        ):
            operation: dict[str, Any] | None = methods.get(request.method.lower())
            if operation is not None:
                return operation
    return None


@pytest.fixture(scope="module")
def asked() -> list[tuple[Request, dict[str, Any]]]:
    """Every request with the operation that it is."""
    found = [(request, _operation(request)) for request in _asked()]
    assert [request.path for request, operation in found if operation is None] == []
    return [(request, operation) for request, operation in found if operation is not None]


def test_every_request_is_a_published_operation_with_its_parameters(
    asked: list[tuple[Request, dict[str, Any]]],
) -> None:
    for request, operation in asked:
        known = {(one["in"], one["name"]) for one in operation.get("parameters", [])}
        needed = {
            (one["in"], one["name"])
            for one in operation.get("parameters", [])
            if one.get("required") and one["in"] != "path"
        }
        given = {("query", name) for name in request.params} | {
            ("header", name) for name in request.headers if name != "content-type"
        }
        assert given <= known, operation["operationId"]
        assert needed <= given, operation["operationId"]
        if request.content:
            media = request.headers["content-type"]
            assert media in operation["requestBody"]["content"], operation["operationId"]


def test_every_public_operation_has_a_call(asked: list[tuple[Request, dict[str, Any]]]) -> None:
    public = {
        operation["operationId"]
        for path, methods in OPENAPI["paths"].items()
        if not path.startswith(NOT_FOR_AGENCIES)
        for operation in methods.values()
    }

    called = {operation["operationId"] for _, operation in asked} | {"getToken"}

    assert public - called == set(NOT_OURS)


@pytest.mark.parametrize("shape", ANSWERS, ids=lambda shape: shape.__name__)
def test_every_field_that_is_read_is_published_and_of_the_same_type(
    shape: type[shapes.Shape],
) -> None:
    published = OPENAPI["components"]["schemas"][ANSWERS[shape]]
    ours = shape.model_json_schema(mode="validation")

    for name, schema in ours["properties"].items():
        theirs = published["properties"][name]
        assert _types(schema, ours) == _types(theirs, OPENAPI["components"]["schemas"]), name
        if name in ours.get("required", []):
            assert name in published["required"], name


def test_every_shape_is_compared() -> None:
    made = {
        one
        for one in vars(shapes).values()
        if isinstance(one, type) and issubclass(one, shapes.Shape) and one is not shapes.Shape
    }

    assert made == set(ANSWERS)


def _types(schema: Any, document: Any) -> set[str]:
    """Name the JSON types and formats that a schema allows; what it refers to is followed."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        known = document.get("$defs", document)
        return _types(known[name], document)
    for together in ("anyOf", "oneOf", "allOf"):
        if together in schema:
            return set().union(*(_types(one, document) for one in schema[together]))
    if "type" not in schema:
        return {"anything"}
    inner = ""
    if schema["type"] == "array":
        inner = "/".join(sorted(_types(schema["items"], document)))
    return {f"{schema['type']}:{schema.get('format', '')}:{inner}"}
