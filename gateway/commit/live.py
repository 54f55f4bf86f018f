"""A transfer on the desk of one batch: its state as it changes, its chain as it grows."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from gateway.commit.rows import Row, hexed
from gateway.ledger import GENESIS, seal
from routing.itinerary import to_document as itinerary_to_document
from routing.lifecycle.codec import hop_to_document, state_to_document
from routing.lifecycle.model import Context, Entry, Hop, HopKey, Transfer


class Live:
    """One transfer while a batch decides about it; only this batch holds its row."""

    __slots__ = (
        "_stored_hops",
        "_stored_itinerary",
        "_stored_seq",
        "head",
        "itinerary_no",
        "ledger",
        "seq",
        "transfer",
    )

    def __init__(
        self, transfer: Transfer, *, seq: int = 0, head: bytes = GENESIS, itinerary_no: int = 0
    ) -> None:
        self.transfer = transfer
        self.seq = seq
        self.head = head
        self.itinerary_no = itinerary_no
        self.ledger: list[Row] = []
        self._stored_seq = seq
        self._stored_hops: Mapping[HopKey, Hop] = transfer.hops if seq else {}
        self._stored_itinerary = transfer.itinerary if seq else None

    @property
    def is_new(self) -> bool:
        return self._stored_seq == 0

    @property
    def is_changed(self) -> bool:
        return self.seq != self._stored_seq

    def append(self, entry: Entry, context: Context, versions: Mapping[str, str]) -> None:
        """Seal one entry onto the chain."""
        now = context.now
        decided = {**versions, "procedure": self.transfer.procedure_version}
        if entry.calendar is not None:
            decided["calendar"] = entry.calendar
        sealed = seal(
            self.head,
            self.seq + 1,
            {
                "transfer": str(self.transfer.id),
                "recorded_at": now,
                "legal_at": entry.legal_at,
                "act": entry.act,
                "actor": entry.actor,
                "step": entry.step,
                "round": entry.round,
                "reason": entry.reason,
                "legal_basis": entry.legal_basis,
                "cause": str(entry.cause) if entry.cause else None,
                "facts": entry.facts,
                "versions": decided,
            },
        )
        self.seq, self.head = sealed.seq, sealed.hash
        self.ledger.append(
            {
                "transfer_id": self.transfer.id,
                "seq": sealed.seq,
                "recorded_at": now,
                "legal_at": entry.legal_at,
                "act": entry.act,
                "actor": entry.actor,
                "step": entry.step,
                "round": entry.round,
                "cause": entry.cause,
                "body": sealed.body,
                "prev_hash": hexed(sealed.prev_hash),
                "hash": hexed(sealed.hash),
            }
        )

    def itinerary_row(self) -> Row | None:
        """Return the row of a new plan, numbering it; None when the plan stands."""
        if self.transfer.itinerary is self._stored_itinerary:
            return None
        self.itinerary_no += 1
        self._stored_itinerary = self.transfer.itinerary
        return {
            "transfer_id": self.transfer.id,
            "no": self.itinerary_no,
            "document": itinerary_to_document(self.transfer.itinerary),
        }

    def transfer_row(self) -> Row:
        """Return the transfer's row; call `itinerary_row` before."""
        transfer = self.transfer
        return {
            "id": transfer.id,
            "issuer": transfer.issuer,
            "code": transfer.code,
            "originator": transfer.originator,
            "state": transfer.state,
            "procedure": transfer.procedure,
            "procedure_version": transfer.procedure_version,
            "submitted_at": transfer.submitted_at,
            "ended_at": transfer.ended_at,
            "deadline_at": transfer.clock.deadline_at,
            "next_timer_at": transfer.next_instant(),
            "itinerary_no": self.itinerary_no,
            "document": state_to_document(transfer),
            "archived": transfer.archived is not None,
            "seq": self.seq,
            "head_hash": hexed(self.head),
        }

    def hop_rows(self) -> list[Row]:
        """Return the rows of the hops that changed."""
        stored = self._stored_hops
        transfer_id = self.transfer.id
        return [
            _hop_row(transfer_id, no, hop)
            for no, (key, hop) in enumerate(self.transfer.hops.items())
            if stored.get(key) is not hop
        ]


def _hop_row(transfer_id: UUID, no: int, hop: Hop) -> dict[str, Any]:
    return {
        "transfer_id": transfer_id,
        "step": hop.step,
        "round": hop.round,
        "no": no,
        "agency": hop.agency,
        "state": hop.state,
        "superseded_by": hop.superseded_by,
        "deliver_by": hop.deliver_by,
        "receive_by": hop.receive_by,
        "deadline_at": hop.clock.deadline_at,
        "document": hop_to_document(hop),
    }
