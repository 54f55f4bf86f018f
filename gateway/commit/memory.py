"""What this process remembers of transfers, so that it need not read them again.

A remembered state counts only under the row lock, and only if the locked row still has the same
ledger head (number and hash): another process may have gone on meanwhile. Bounded, least recently
used goes first. Forgetting costs one read, never correctness.
"""

from collections import OrderedDict
from uuid import UUID

from routing.lifecycle.model import Transfer


class Memory:
    """Transfers by id, as of a ledger head."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[UUID, tuple[int, bytes, Transfer]] = OrderedDict()
        self.hits = 0
        self.misses = 0

    def recall(self, transfer_id: UUID, seq: int, head: bytes) -> Transfer | None:
        """Return the transfer if what is remembered is what the locked row stands at."""
        known = self._known.get(transfer_id)
        if known is None or known[0] != seq or known[1] != head:
            self.misses += 1
            return None
        self.hits += 1
        self._known.move_to_end(transfer_id)
        return known[2]

    def remember(self, transfer: Transfer, seq: int, head: bytes) -> None:
        """Keep a state that was committed; a transfer that has ended need not be kept."""
        if transfer.ended_at is not None:
            self._known.pop(transfer.id, None)
            return
        self._known[transfer.id] = (seq, head, transfer)
        self._known.move_to_end(transfer.id)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
