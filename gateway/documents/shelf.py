"""The folder that documents lie in. Several gateway processes may share it, on one file system.

`incoming/` has what is on its way in, `kept/` what is whole and verified; a file moves from one to
the other in one step. A file is named by a blob's id alone. Blocking calls: run them in a thread.
"""

import os
import shutil
from pathlib import Path
from uuid import UUID


class Shelf:
    """Knows where files lie; knows nothing of what is in them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __repr__(self) -> str:
        return f"<Shelf {self._folder}>"

    def prepare(self) -> None:
        """Make the folders, for this user alone."""
        for one in (self._folder, self._folder / "incoming", self._folder / "kept"):
            one.mkdir(mode=0o700, parents=True, exist_ok=True)

    def free(self) -> int:
        """Return how many bytes the file system has left for us."""
        found = os.statvfs(self._folder)
        return found.f_bavail * found.f_frsize

    def incoming(self, blob: UUID, generation: int) -> Path:
        return self._folder / "incoming" / f"{blob}.{generation}"

    def kept(self, blob: UUID) -> Path:
        # UUIDv7 begins with the time: only its end spreads files over folders.
        return self._folder / "kept" / blob.hex[-2:] / str(blob)

    def received(self, blob: UUID, generation: int) -> Path:
        """Return the file of a generation, for one writer that no earlier one can disturb.

        Where it is not there yet, it is a copy of what the newest generation before it received.
        """
        path = self.incoming(blob, generation)
        if path.exists():
            return path
        for earlier in range(generation - 1, -1, -1):
            source = self.incoming(blob, earlier)
            if source.exists():
                copy = path.with_suffix(path.suffix + "-copy")
                shutil.copyfile(source, copy)
                copy.replace(path)
                break
        return path

    def keep(self, blob: UUID, generation: int) -> None:
        """Move a whole file to where it stays, once its bytes are on the disk. Repeatable."""
        target = self.kept(blob)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        source = self.incoming(blob, generation)
        if source.exists():
            source.replace(target)
        _sync_folder(target.parent)
        _sync_folder(target.parent.parent)

    def drop_incoming(self, blob: UUID) -> None:
        """Remove whatever was received of a blob, every generation of it."""
        for one in (self._folder / "incoming").glob(f"{blob}.*"):
            one.unlink(missing_ok=True)

    def drop_kept(self, blob: UUID) -> None:
        """Remove a whole file; gone already is as good."""
        self.kept(blob).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
