"""JSON Schemas (draft 2020-12) of the wire models."""

from collections.abc import Sequence
from typing import Any, Final, cast

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema

from schemas.form import FORM_TEXT_PATTERN, FORM_VALUE_SCHEMA
from schemas.wire import INTEGER_SCHEMA

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_URN_PREFIX: Final = "urn:lienthong:schema:"


class _PlainSchemas(GenerateJsonSchema):
    """Leaves out the titles that pydantic makes of field names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        """Keep fields and examples in the order in which they were written."""
        return value

    def dict_schema(self, schema: Any) -> JsonSchemaValue:
        """Forbid keys that do not match, instead of saying nothing about their values."""
        written = super().dict_schema(schema)
        patterns = written.pop("patternProperties", None)
        if patterns is not None:
            [(pattern, values)] = patterns.items()
            names = written.get("propertyNames", {})
            written |= {
                "propertyNames": {**names, "pattern": pattern},
                "additionalProperties": values,
            }
        return written

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        """Say no default of null: leaving a field out and sending null mean the same."""
        written = super().default_schema(schema)
        if written.get("default", ...) is None:
            del written["default"]
        return written


def standalone(model: type[BaseModel], name: str) -> dict[str, Any]:
    """Write one model's schema as a document of its own, named by a URN."""
    schemas, definitions = _generated([model], "#/$defs/{model}")
    document = schemas[model]
    reference = document.get("$ref")
    if reference is not None:
        document = definitions.pop(reference.removeprefix("#/$defs/"))
    body = {key: value for key, value in document.items() if key != "$defs"}
    return {
        "$schema": DIALECT,
        "$id": SCHEMA_URN_PREFIX + name,
        **_titled_first(body),
        **({"$defs": definitions} if definitions else {}),
    }


def components(models: Sequence[type[BaseModel]], at: str) -> dict[str, Any]:
    """Write the schemas of many models and of all that they use, each once, by class name.

    `at` is where they will lie, such as `#/components/schemas/{model}`.
    """
    return _generated(models, at)[1]


def _generated(
    models: Sequence[type[BaseModel]], at: str
) -> tuple[dict[Any, dict[str, Any]], dict[str, Any]]:
    by_model, definitions = models_json_schema(
        [(model, "validation") for model in models],
        ref_template=at,
        schema_generator=_PlainSchemas,
    )
    value_at = at.format(model="FormValue")
    named = cast(dict[str, Any], _with_form_values(definitions.get("$defs", {}), value_at))
    if any(_mentions(schema, value_at) for schema in named.values()):
        named["FormValue"] = _form_value(value_at)
    schemas = {model: dict(schema) for (model, _mode), schema in by_model.items()}
    return schemas, {name: _titled_first(named[name]) for name in sorted(named)}


def _titled_first(schema: dict[str, Any]) -> dict[str, Any]:
    first = ("title", "description", "type", "required", "additionalProperties", "properties")
    return {key: schema[key] for key in first if key in schema} | {
        key: value for key, value in schema.items() if key not in first
    }


def _with_form_values(schema: Any, at: str) -> Any:
    if schema == FORM_VALUE_SCHEMA:
        return {"$ref": at}
    if isinstance(schema, dict):
        return {name: _with_form_values(member, at) for name, member in schema.items()}
    if isinstance(schema, list):
        return [_with_form_values(member, at) for member in schema]
    return schema


def _mentions(schema: Any, at: str) -> bool:
    if isinstance(schema, dict):
        return schema.get("$ref") == at or any(_mentions(m, at) for m in schema.values())
    return isinstance(schema, list) and any(_mentions(member, at) for member in schema)


def _form_value(at: str) -> dict[str, Any]:
    return {
        **FORM_VALUE_SCHEMA,
        "anyOf": [
            {"type": "null"},
            {"type": "boolean"},
            INTEGER_SCHEMA,
            {"type": "string", "pattern": FORM_TEXT_PATTERN},
            {"type": "array", "items": {"$ref": at}},
            {
                "type": "object",
                "propertyNames": {"pattern": FORM_TEXT_PATTERN},
                "additionalProperties": {"$ref": at},
            },
        ],
    }
