"""Where mappings lie: with us by name, or a file that an administrator names by its path.

A file is read again when it changes, so that a mended mapping needs no restart. What is no plain
file of a mapping's size is not opened: a device or a pipe would never end.
"""

import stat
from importlib.resources import files
from pathlib import Path

from connectors.dialects.dialect import Dialect
from connectors.dialects.reading import read_dialect

_MAPPING = "mapping.toml"
_LARGEST = 1024 * 1024


def packaged_names() -> list[str]:
    """Return the names of the mappings that come with us."""
    root = files("connectors.dialects").joinpath("data")
    return sorted(one.name for one in root.iterdir() if one.joinpath(_MAPPING).is_file())


def load_packaged(name: str) -> Dialect:
    """Read a mapping that comes with us; raise NotADialect or OSError."""
    folder = files("connectors.dialects").joinpath("data", name)
    return read_dialect(
        folder.joinpath(_MAPPING).read_text("utf-8"),
        lambda beside: folder.joinpath(beside).read_text("utf-8"),
    )


def load_file(path: Path) -> Dialect:
    """Read a mapping file; raise NotADialect or OSError."""
    _check(path)
    return read_dialect(
        path.read_text("utf-8"), lambda beside: path.with_name(beside).read_text("utf-8")
    )


def _check(path: Path) -> None:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
        raise OSError("no plain file of a mapping's size")


class Mappings:
    """Mappings by name or absolute path, read once until their file changes."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[int, Dialect]] = {}

    def find(self, named: object) -> Dialect | None:
        """Return the dialect; None if there is none that can be read."""
        if not isinstance(named, str) or not named:
            return None
        path = Path(named)
        try:
            stamp = path.stat().st_mtime_ns if path.is_absolute() else 0
            known = self._read.get(named)
            if known is None or known[0] != stamp:
                found = load_file(path) if path.is_absolute() else self._packaged(named)
                known = self._read[named] = (stamp, found)
        except (OSError, ValueError):  # NotADialect, or a name that no path has
            return None
        return known[1]

    def _packaged(self, name: str) -> Dialect:
        if name not in packaged_names():
            raise FileNotFoundError(name)
        return load_packaged(name)
