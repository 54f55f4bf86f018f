"""What connectors may ask about agencies, answered from the directory that rules at the moment."""

from gateway.clock import LegalClock
from gateway.duties.librarian import Librarian
from schemas.identifiers import is_legacy_agency_code


class DirectoryBook:
    """Keeps nothing: a directory that is approved while the gateway runs is asked from then on."""

    def __init__(self, librarian: Librarian, clock: LegalClock) -> None:
        self._librarian = librarian
        self._clock = clock

    def present(self, code: str) -> str | None:
        """Return the present code of an agency named by any of its codes; None if unknown."""
        return self._librarian.rulebook.directory.resolve(code, self._clock.now())

    def older(self, code: str) -> str | None:
        """Return its code of QCVN 102:2016, if the directory has one."""
        if is_legacy_agency_code(code):
            return code
        history = self._librarian.rulebook.directory.history(code)
        aliases = (alias for row in reversed(history) for alias in row.aliases)
        return next((alias for alias in aliases if is_legacy_agency_code(alias)), None)

    def name(self, code: str) -> str | None:
        """Return its name, as it is or was last."""
        directory = self._librarian.rulebook.directory
        history = directory.history(directory.resolve(code) or code)
        return history[-1].name if history else None
