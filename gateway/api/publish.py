"""Publish the OpenAPI document: `python -m gateway.api.publish [--check]`.

Writes schemas/published/openapi.json. With --check nothing is written; it fails if what lies
there is not what the routes say.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from gateway.api.app import openapi_document

PUBLISHED = Path(str(files("schemas"))) / "published" / "openapi.json"


def document_text() -> str:
    """Write the document as it is published."""
    return json.dumps(openapi_document(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m gateway.api.publish", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail on a difference")
    text = document_text()
    if not parser.parse_args(arguments).check:
        PUBLISHED.write_text(text, encoding="utf-8")
        return 0
    if PUBLISHED.is_file() and PUBLISHED.read_text(encoding="utf-8") == text:
        return 0
    print(
        "schemas/published/openapi.json is stale: run python -m gateway.api.publish",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
