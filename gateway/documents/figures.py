"""What the depository of this process has done and sees, for metrics: numbers, of nobody."""

from dataclasses import dataclass


@dataclass(slots=True)
class Figures:
    """Counted since start, but `free` and `quarantined`: as of the last look."""

    received: int = 0
    """Bytes that agencies sent and that are on the disk."""
    served: int = 0
    """Bytes that were handed to the network."""
    free: int = 0
    """Bytes that the file system has left."""
    quarantined: int = 0
    """Contents that wait for the scanner."""
