"""What is written once for all who are shown the same: a look, for whoever watches it.

Ten people on duty with the same roles and language read one text; it is forgotten with its look.
"""

from collections.abc import Callable, Hashable


class WrittenOnce:
    """Remembers what was written of the last look, by whom it is for."""

    def __init__(self) -> None:
        self._look = 0
        self._written: dict[Hashable, str] = {}

    def __repr__(self) -> str:
        return f"<WrittenOnce look {self._look}, {len(self._written)} texts>"

    def of(self, look: int, reader: Hashable, write: Callable[[], str]) -> str:
        """Return the text of a look for such readers, written if nobody was shown it yet."""
        if look != self._look:
            self._look, self._written = look, {}
        if reader not in self._written:
            self._written[reader] = write()
        return self._written[reader]
