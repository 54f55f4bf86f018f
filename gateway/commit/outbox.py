"""The outbox of one batch: what is owed to whom, and what of it this process sends at once.

Every delivery gets its id, its place in the order of its transfer, and a lease if its agency can be
reached from here now. Nothing personal is in it: payloads are named (`splice`), not copied.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from gateway import receipts
from gateway.commit.items import Answer, Incoming, Owed
from gateway.commit.live import Live
from gateway.commit.rows import Rows
from gateway.ids import derived_id, new_id
from routing.lifecycle.model import HandOn, Send, Withdraw
from schemas.kinds import Kind

_OF_ITS_OWN = (Kind.HANDOVER_OFFERED, Kind.HANDOVER_CANCELLED)
"""What belongs to one agency's turn: it is never another's."""


@dataclass(frozen=True, slots=True)
class Roads:
    """How agencies are reached, as far as a commit must know it."""

    is_mailbox: Callable[[str], bool]
    may_take: Callable[[str], bool]
    """Whether this process may send to the agency at once."""
    lease_seconds: float
    is_connected: Callable[[str], bool]
    """Whether an endpoint says how to reach the agency."""
    hears: Callable[[str, Kind], bool] = lambda _agency, _kind: True
    """Whether the agency wants to be told what this kind tells."""
    follows_own: Callable[[str], bool] = lambda _agency: False
    """Whether the agency is told where the dossiers stand that it sent, as one that follows."""


class Outbox:
    """Adds to the rows of one batch. `now` is legal time."""

    def __init__(self, rows: Rows, roads: Roads, now: datetime) -> None:
        self._rows = rows
        self._roads = roads
        self._now = now

    def is_mailbox(self, agency: str) -> bool:
        return self._roads.is_mailbox(agency)

    def is_connected(self, agency: str) -> bool:
        return self._roads.is_connected(agency)

    def follows_own(self, agency: str) -> bool:
        return self._roads.follows_own(agency)

    def owe_receipt(
        self,
        incoming: Incoming,
        message_id: str | None,
        answer: Answer,
        live: Live | None,
        subject: str | None,
    ) -> None:
        """Owe a sender its receipt, by its own connector; before all else of the same message."""
        self._owe(
            receipts.receipt_id(incoming.id),
            incoming.agency,
            Kind.RECEIPT_ISSUED,
            answer.receipt.decode(),
            transfer_id=live.transfer.id if live is not None else None,
            subject=subject,
            ordinal=live.seq << 8 if live is not None else 0,
            cause=incoming.id,
            correlation=message_id,
            traceparent=incoming.traceparent,
        )

    def send(self, live: Live, no: int, send: Send, traceparent: str | None) -> None:
        """Owe what the lifecycle decided: the `no`-th consequence of the ledger's last entry.

        What is optional is not owed to an agency that no endpoint says how to reach, a notice not
        to one that does not take it.
        """
        if send.optional and not self._roads.is_connected(send.to):
            return
        if not self._roads.hears(send.to, send.kind):
            return
        transfer = live.transfer
        self._owe(
            derived_id(transfer.id, live.seq << 8 | no, at_ms=new_id().int >> 80),
            send.to,
            send.kind,
            orjson.dumps(send.data, option=orjson.OPT_UTC_Z).decode(),
            transfer_id=transfer.id,
            subject=transfer.code,
            step=send.step,
            round_=send.round,
            ordinal=live.seq << 8 | no + 1,
            splice=send.splice,
            cause=send.cause,
            traceparent=traceparent,
        )

    def withdraw(self, live: Live, withdraw: Withdraw) -> None:
        """Take back an offer: from this batch if it was made here, else from the table."""
        key = (live.transfer.id, withdraw.step, withdraw.round, Kind.HANDOVER_OFFERED)
        for row in self._rows.deliveries:
            if (row["transfer_id"], row["step"], row["round"], row["kind"]) == key:
                self._rows.owed.pop(row["id"], None)
                self._rows.deliveries.remove(row)
                return
        self._rows.withdrawals.append(
            {
                "transfer_id": live.transfer.id,
                "step": withdraw.step,
                "round": withdraw.round,
                "reason": withdraw.reason,
                "at_once": withdraw.at_once,
            }
        )

    def hand_on(self, live: Live, hand_on: HandOn) -> None:
        """Owe to another agency what one that has closed is owed, from this batch or before it."""
        mine = [
            row
            for row in self._rows.deliveries
            if (row["transfer_id"], row["agency"]) == (live.transfer.id, hand_on.agency)
            and row["kind"] not in _OF_ITS_OWN
        ]
        parked = self._roads.is_mailbox(hand_on.to)
        for row in mine:
            # Not from here at once: whoever comes first finds it.
            self._rows.owed.pop(row["id"], None)
            row.update(agency=hand_on.to, parked=parked, take=False)
        self._rows.handed_on.append(
            {
                "transfer_id": live.transfer.id,
                "agency": hand_on.agency,
                "to_agency": hand_on.to,
                "parked": parked,
            }
        )

    def _owe(
        self,
        delivery_id: UUID,
        agency: str,
        kind: Kind,
        data: str,
        *,
        transfer_id: UUID | None,
        subject: str | None,
        step: str | None = None,
        round_: int | None = None,
        ordinal: int = 0,
        splice: tuple[UUID, ...] = (),
        cause: UUID | None = None,
        correlation: str | None = None,
        traceparent: str | None = None,
    ) -> None:
        parked = self._roads.is_mailbox(agency)
        take = not parked and self._roads.may_take(agency)
        self._rows.deliveries.append(
            {
                "no": len(self._rows.deliveries),
                "id": delivery_id,
                "agency": agency,
                "kind": kind,
                "transfer_id": transfer_id,
                "step": step,
                "round": round_,
                "ordinal": ordinal,
                "subject": subject,
                "data": data,
                "splice": splice,
                "cause": cause,
                "correlation": correlation,
                "traceparent": traceparent,
                "parked": parked,
                "created_at": self._now,
                "take": take,
                "lease": self._roads.lease_seconds,
            }
        )
        if take:
            self._rows.owed[delivery_id] = Owed(
                delivery_id,
                agency,
                kind,
                transfer_id,
                step,
                round_,
                subject,
                data,
                splice,
                correlation,
                traceparent,
                self._now,
                lease_no=1,
            )
