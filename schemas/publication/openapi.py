"""The message bodies as OpenAPI 3.1 components, for documents that describe HTTP roads.

The gateway's own document of its HTTP API is made by the gateway; it can take these in.
"""

from typing import Any

from schemas.problems import Problem
from schemas.publication.envelope_schema import ENVELOPE_SCHEMA
from schemas.publication.model_schemas import components
from schemas.receipts import Receipt
from schemas.registry import REGISTRY
from schemas.wire import StrictModel

AT = "#/components/schemas/{model}"


def component_schemas() -> dict[str, Any]:
    """Write every message body, the envelope, the receipt and the problem by name."""
    models: list[type[StrictModel]] = [v.model for v in REGISTRY.versions]
    models += [model for model in (Receipt, Problem) if model not in models]
    return {"Envelope": ENVELOPE_SCHEMA, **components(models, AT)}


def openapi_components(version: str) -> dict[str, Any]:
    """Write an OpenAPI document that holds nothing but components."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Liên Thông: message bodies",
            "version": version,
            "description": "What is sent to and from agencies, as CloudEvents with JSON data.",
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "paths": {},
        "components": {"schemas": component_schemas()},
    }
