"""Finish the OpenAPI document: what FastAPI cannot know of us, and nothing of what it assumes."""

from typing import Any

from schemas.problems import Problem

DESCRIPTION = """\
Liên Thông carries administrative dossiers between one-stop systems and central agencies, and
keeps the legal time of every hop.

Every error is a problem document (RFC 9457): a stable `type`, a JSON `pointer` where there is
one, whose `fault` it is (sender, receiver, gateway, network), and a `remedy`. Instants are
RFC 3339 in UTC. Nothing that identifies a person is ever part of an address or of these views.
"""


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Add our words and our problem documents; take away FastAPI's own validation errors."""
    document["info"]["description"] = DESCRIPTION
    document["info"]["license"] = {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}
    document["servers"] = [{"url": "/"}]
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    ours = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    for name, schema in ours.pop("$defs", {}).items():
        schemas.setdefault(name, schema)
    # Problems carry extension members: `receipt`, `error`, `parts`.
    ours.pop("additionalProperties", None)
    schemas["Problem"] = ours
    for operations in document["paths"].values():
        for operation in operations.values():
            validation = operation.get("responses", {}).get("422", {})
            if "application/json" in validation.get("content", {}):
                del operation["responses"]["422"]
    return document
