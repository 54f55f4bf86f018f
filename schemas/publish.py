"""Publish what crosses the border: `python -m schemas.publish [--check]`.

Writes JSON Schemas, the AsyncAPI document and OpenAPI components into schemas/published/. With
--check nothing is written; it fails if what lies there is not what the models say. The gateway
writes its own openapi.json there, which is left alone.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from schemas.problems import Problem
from schemas.publication.asyncapi import asyncapi
from schemas.publication.envelope_schema import ENVELOPE_SCHEMA
from schemas.publication.model_schemas import DIALECT, SCHEMA_URN_PREFIX, standalone
from schemas.publication.openapi import openapi_components
from schemas.publication.yaml_text import yaml_text
from schemas.receipts import Receipt
from schemas.registry import REGISTRY

PUBLISHED: Final = Path(__file__).with_name("published")
SURFACE_VERSION: Final = "1.0.0"
"""Version of the published surface: raised by hand when a message is added or changes."""

_WRITTEN_BY_OTHERS: Final = frozenset({"openapi.json"})


def documents() -> dict[str, str]:
    """Write every published document, by file name."""
    schemas = {
        "envelope": {"$schema": DIALECT, "$id": SCHEMA_URN_PREFIX + "envelope"} | ENVELOPE_SCHEMA,
        "receipt": standalone(Receipt, "receipt"),
        "problem": standalone(Problem, "problem"),
    }
    for version in REGISTRY.versions:
        name = schema_name(version.type)
        schemas[name] = standalone(version.model, name)
    return {
        **{f"{name}.json": _json_text(schema) for name, schema in schemas.items()},
        "components.json": _json_text(openapi_components(SURFACE_VERSION)),
        "asyncapi.yaml": yaml_text(asyncapi(SURFACE_VERSION)),
    }


def schema_name(type_: str) -> str:
    """Name the schema of an event type: its kind and version, as in `hop.received.v1`."""
    return type_.removeprefix("vn.lienthong.")


def drift(folder: Path) -> list[str]:
    """Name the files that are missing, stale, or published by nobody."""
    wanted = documents()
    stale = [name for name, text in wanted.items() if _read(folder / name) != text]
    known = wanted.keys() | _WRITTEN_BY_OTHERS
    return stale + sorted(p.name for p in folder.iterdir() if p.name not in known)


def main(arguments: Sequence[str] | None = None) -> int:
    """Publish, or say what has drifted."""
    parser = argparse.ArgumentParser(prog="python -m schemas.publish")
    parser.add_argument("--check", action="store_true", help="write nothing, fail on drift")
    if parser.parse_args(arguments).check:
        drifted = drift(PUBLISHED)
        for name in drifted:
            print(f"schemas/published/{name} is not what the models say", file=sys.stderr)
        return 1 if drifted else 0
    _write(documents(), PUBLISHED)
    return 0


def _write(texts: Mapping[str, str], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name in drift(folder):
        if name in texts:
            (folder / name).write_text(texts[name], encoding="utf-8")
        else:
            (folder / name).unlink()


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    sys.exit(main())
