"""What a connector may ask about agencies: names and codes, as the directory has them today.

Dialects write names beside codes, and older ones write older codes. The directory is the
gateway's; a connector sees this much of it.
"""

from typing import Protocol


class AgencyBook(Protocol):
    """The directory, as far as a dialect needs it. Asked anew each time: directories change."""

    def present(self, code: str) -> str | None:
        """Return the present code of an agency named by any of its codes; None if unknown."""
        ...

    def older(self, code: str) -> str | None:
        """Return its code of QCVN 102:2016 (13 characters), if the directory has one."""
        ...

    def name(self, code: str) -> str | None:
        """Return its name in Vietnamese."""
        ...


class EmptyBook:
    """Knows nobody: codes are what they are, and names are not told."""

    def present(self, code: str) -> str | None:
        return code

    def older(self, code: str) -> str | None:
        return None

    def name(self, code: str) -> str | None:
        return None
