"""What is published: JSON Schemas, OpenAPI, AsyncAPI. Open to everyone; written by the models."""

from importlib.resources import files
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel

from gateway.api.answers import as_json
from gateway.api.documented import PROBLEMS
from gateway.api.problems import refuse
from schemas.problems import ProblemType

router = APIRouter(tags=["published"])

_CACHED = {"Cache-Control": "public, max-age=300"}


class SchemaList(BaseModel):
    """The names of the published schemas."""

    schemas: list[str]


@router.get(
    "/schemas/",
    summary="List the published schemas",
    operation_id="listSchemas",
    responses={200: {"model": SchemaList}},
)
async def list_schemas() -> Response:
    """Name every JSON Schema: one per message type, and the envelope, receipt and problem."""
    return as_json({"schemas": sorted(f"/schemas/{name}" for name in _names())})


@router.get(
    "/schemas/{name}",
    summary="Read a schema",
    operation_id="getSchema",
    response_class=Response,
    responses={
        200: {"content": {"application/schema+json": {"schema": {"type": "object"}}}},
        **PROBLEMS(400, 404),
    },
)
async def get_schema(
    name: Annotated[str, Path(pattern=r"^[a-z0-9.]{1,64}$", examples=["hop.received.v1.json"])],
) -> Response:
    """Return one JSON Schema (draft 2020-12), with or without `.json` in its name."""
    full = name if name.endswith(".json") else f"{name}.json"
    if full not in _names():
        raise refuse(ProblemType.NOT_FOUND, "no schema has this name")
    text = (_published() / full).read_bytes()
    return Response(text, media_type="application/schema+json", headers=_CACHED)


@router.get("/openapi.json", include_in_schema=False)
async def get_openapi(request: Request) -> Response:
    """Return the OpenAPI 3.1 document of this surface."""
    body = orjson.dumps(request.app.openapi())
    return Response(body, media_type="application/json", headers=_CACHED)


@router.get("/asyncapi.yaml", include_in_schema=False)
async def get_asyncapi() -> Response:
    """Return the AsyncAPI 3 document of the broker's surface."""
    text = (_published() / "asyncapi.yaml").read_bytes()
    return Response(text, media_type="application/yaml", headers=_CACHED)


def _published() -> Any:
    return files("schemas") / "published"


def _names() -> set[str]:
    return {
        entry.name
        for entry in _published().iterdir()
        if entry.name.endswith(".json") and entry.name not in ("openapi.json", "components.json")
    }
