"""What the tests of this folder share: versions, examples, published schemas."""

import json
from functools import cache
from pathlib import Path
from typing import Any, cast

import jsonschema_rs
from pydantic import BaseModel

from schemas.publish import PUBLISHED, schema_name
from schemas.registry import REGISTRY, Version

VERSIONS = REGISTRY.versions


def examples_of(model: type[BaseModel]) -> list[dict[str, Any]]:
    extra = model.model_config["json_schema_extra"]
    assert isinstance(extra, dict)
    return cast(list[dict[str, Any]], extra["examples"])


def published(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((PUBLISHED / f"{name}.json").read_text("utf-8"))
    return document


@cache
def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(published(name), validate_formats=True)


def validator_of(version: Version) -> jsonschema_rs.Draft202012Validator:
    return validator(schema_name(version.type))


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def published_files() -> list[Path]:
    return sorted(PUBLISHED.iterdir())
