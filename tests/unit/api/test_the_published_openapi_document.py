"""schemas/published/openapi.json says what the routes say, and is sound OpenAPI 3.1."""

import json
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from gateway.api import publish
from gateway.api.app import openapi_document

METHODS = {"get", "post"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi_document()


def _operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method} {path}", operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]


def test_it_is_not_stale() -> None:
    assert publish.main(["--check"]) == 0


def test_it_is_sound(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()


def test_every_operation_has_a_name_and_words(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in _operations(document)]

    assert len(set(names)) == len(names)
    for where, operation in _operations(document):
        assert operation["summary"], where
        assert operation["description"], where


def test_every_error_is_documented_as_a_problem(document: dict[str, Any]) -> None:
    # A token is refused as OAuth 2 clients read it (RFC 6749 5.2), with a problem's members beside.
    oauth = {"application/json", "application/problem+json"}
    for where, operation in _operations(document):
        for status, response in operation["responses"].items():
            if status.startswith(("4", "5")):
                written = set(response["content"])
                wanted = oauth if where == "post /oauth/token" else {"application/problem+json"}
                assert written, (where, status)
                assert written <= wanted, (where, status)


def test_what_needs_a_token_says_so(document: dict[str, Any]) -> None:
    open_to_all = {
        "/oauth/token",
        "/healthz",
        "/readyz",
        "/metrics",
        "/schemas/",
        "/schemas/{name}",
    }
    as_the_dialect_says = {"/v1/partners/{agency}", "/v1/partners/{agency}/{operation}"}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            by_token = path not in open_to_all | as_the_dialect_says
            assert ("security" in operation) == by_token, path
            assert ("401" in operation["responses"]) == (
                path not in open_to_all or path == "/oauth/token"
            ), path


def test_nothing_of_a_person_is_in_an_address(document: dict[str, Any]) -> None:
    named = {
        parameter["name"]
        for _, operation in _operations(document)
        for parameter in operation.get("parameters", ())
    }

    assert named.isdisjoint({"name", "identifier", "phone", "email", "birth_date"} - {"name"})
    assert "name" not in {
        parameter["name"]
        for where, operation in _operations(document)
        if "/schemas/" not in where and where != "get /v1/units"  # a place's name
        for parameter in operation.get("parameters", ())
    }


def test_it_is_written_the_same_twice() -> None:
    assert json.loads(publish.document_text()) == openapi_document()
