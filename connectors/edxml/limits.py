"""How large, deep and numerous the parts of an envelope may be. Ours: the standard names none."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes. `depth` counts the root as 1; envelopes of the standard reach 10.

    An envelope is held in memory whole, several times while its signature is checked: about six
    times `envelope` is what one call may cost.
    """

    envelope: int = 40 * MIB
    depth: int = 24
    nodes: int = 20_000
    attributes: int = 16
    namespaces: int = 16
    """Declared by one element: the canonical form takes the square of those that hold at once."""
    text: int = 64 * 1024
    """The longest text of one element that is no attachment's content."""
    attachments: int = 50
    attachment: int = 20 * MIB
    """Decoded."""
    attachments_together: int = 28 * MIB
    receivers: int = 500


DEFAULT_LIMITS = Limits()
