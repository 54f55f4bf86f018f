"""Where the servers of a running `serve` are, for the commands of whoever runs it.

A file beside the servers that only its owner may read, there for as long as they run. What a
killed owner leaves behind leads to servers that do not answer, which the commands say.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from gateway.servers.files import private
from gateway.servers.programs import state_folder

_NAME: Final = "running.json"


@contextmanager
def told(folder: Path, **urls: str) -> Iterator[None]:
    """Tell where servers are for the length of the block."""
    file = private(folder / _NAME, json.dumps(urls))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def whereabouts() -> dict[str, Any]:
    """Return the URLs of the servers that this user's `serve` runs; nothing if it does not."""
    try:
        found: dict[str, Any] = json.loads((state_folder() / "servers" / _NAME).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found
