"""What is published is what the models say, and validators that nobody here wrote accept it."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from openapi_spec_validator import validate as validate_openapi

from schemas.kinds import Kind
from schemas.publication.yaml_text import yaml_text
from schemas.publish import PUBLISHED, documents, drift, main, schema_name
from schemas.registry import Version
from tests.unit.schemas.cases import VERSIONS, examples_of, published, published_files, validator

NAMES = [*(schema_name(version.type) for version in VERSIONS), "envelope", "receipt", "problem"]
ids = lambda value: value.kind.value if isinstance(value, Version) else str(value)  # noqa: E731


def test_the_published_files_are_what_the_models_say() -> None:
    assert drift(PUBLISHED) == []
    assert main(["--check"]) == 0


def test_every_kind_has_a_schema_of_its_own() -> None:
    assert {schema_name(kind.type) for kind in Kind} < {path.stem for path in published_files()}


def test_drift_names_what_is_missing_stale_or_foreign(tmp_path: Path) -> None:
    for name, text in documents().items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "openapi.json").write_text("{}", "utf-8")
    assert drift(tmp_path) == []

    (tmp_path / "receipt.json").unlink()
    (tmp_path / "problem.json").write_text("{}", "utf-8")
    (tmp_path / "left-over.json").write_text("{}", "utf-8")

    assert set(drift(tmp_path)) == {"receipt.json", "problem.json", "left-over.json"}


@pytest.mark.parametrize("name", NAMES)
def test_each_schema_is_valid_against_its_dialect(name: str) -> None:
    schema = published(name)

    jsonschema_rs.meta.validate(schema)

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:lienthong:schema:{name}"
    assert schema["examples"]


@pytest.mark.parametrize("name", NAMES)
def test_each_example_is_valid_against_its_published_schema(name: str) -> None:
    for example in published(name)["examples"]:
        validator(name).validate(example)


@pytest.mark.parametrize("version", VERSIONS, ids=ids)
def test_each_example_is_read_by_its_model_and_comes_out_the_same(version: Version) -> None:
    for example in examples_of(version.model):
        model = version.model.model_validate_json(json.dumps(example))

        written = json.loads(model.model_dump_json(exclude_unset=True))

        assert written == example


@pytest.mark.parametrize("name", NAMES)
def test_each_object_says_which_fields_it_takes(name: str) -> None:
    for schema in _objects(published(name)):
        assert "additionalProperties" in schema, schema.get("title")


@pytest.mark.parametrize("name", NAMES)
def test_no_schema_lets_a_fraction_through(name: str) -> None:
    if name != "envelope":  # its data is only what no schema of a kind has looked at yet
        assert "number" not in set(_types(published(name)))


def test_the_openapi_components_are_valid_openapi() -> None:
    validate_openapi(published("components"))


def test_asyncapi_examples_are_valid_against_their_payloads() -> None:
    document = yaml.safe_load((PUBLISHED / "asyncapi.yaml").read_text("utf-8"))

    for message in document["components"]["messages"].values():
        # The definitions are written for draft 7, which is what AsyncAPI 3 is based upon.
        schema = message["payload"] | {"components": document["components"]}
        payloads = jsonschema_rs.Draft7Validator(schema, validate_formats=True)
        for example in message["examples"]:
            payloads.validate(example["payload"])
            assert not payloads.is_valid(example["payload"] | {"type": "vn.other.v1"})
            assert not payloads.is_valid(example["payload"] | {"data": {}})


def test_the_yaml_reads_back_as_it_was_written() -> None:
    tricky: dict[str, Any] = {
        "on": "yes",
        "1.0": "1.0",
        "plain": [{}, [], "", None, True, 0, -1, [["x"]], {"a": {"b": []}}],
        "text": "dòng 1\ndòng 2: # không phải chú thích \u0007 \\d 'x' \"y\"",
        "$ref": "#/a/b",
    }

    assert yaml.safe_load(yaml_text(tricky)) == tricky


def test_published_documents_name_no_foreign_host() -> None:
    allowed = re.compile(
        r"https://json-schema\.org/|https://[a-z]+\.vidu\.example/|\^https\??://\S"
    )

    for path in published_files():
        for address in re.findall(r"\^?https?\??://[^\s\"]*", path.read_text("utf-8")):
            assert allowed.match(address), (path.name, address)


def _objects(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [found for member in schema for found in _objects(member)]
    if not isinstance(schema, dict):
        return []
    inner = [
        found for key, member in schema.items() if key != "examples" for found in _objects(member)
    ]
    return ([schema] if schema.get("type") == "object" else []) + inner


def _types(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [found for member in schema for found in _types(member)]
    if not isinstance(schema, dict):
        return []
    own = schema.get("type", [])
    return (own if isinstance(own, list) else [own] if isinstance(own, str) else []) + [
        found
        for key, member in schema.items()
        if key not in ("examples", "type")
        for found in _types(member)
    ]


@pytest.mark.parametrize(
    ("type_", "subject", "is_valid"),
    [
        ("vn.lienthong.transfer.submitted.v1", "H31.144-261122-0001", True),
        ("vn.lienthong.transfer.submitted.v1", "000.00.15.H19-20261122-0000001", True),
        ("vn.lienthong.transfer.submitted.v1", "H31.144-261322-0001", False),
        ("vn.lienthong.transfer.submitted.v1", "hồ sơ 1", False),
        ("vn.lienthong.transfer.submitted.v1", None, False),
        ("vn.lienthong.hop.received.v1", None, True),
    ],
)
def test_the_envelope_says_what_a_submissions_subject_is(
    type_: str, subject: str | None, is_valid: bool
) -> None:
    [event] = published("envelope")["examples"]
    event = {**event, "type": type_, "subject": subject}

    assert validator("envelope").is_valid(event) is is_valid
