"""JSON answers: instants in UTC, exactly what a use case returned."""

from typing import Any

import orjson
from fastapi import Response


def as_json(document: Any, *, status: int = 200) -> Response:
    """Answer with a document."""
    return Response(
        orjson.dumps(document, option=orjson.OPT_UTC_Z),
        status_code=status,
        media_type="application/json",
    )
