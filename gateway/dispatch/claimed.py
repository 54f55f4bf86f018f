"""Read what the claiming statements return; they all name the same columns in the same order."""

from typing import Any

from gateway.commit.items import Owed


def read_owed(row: tuple[Any, ...]) -> Owed:
    """Read a delivery as the claiming statements return it."""
    (id_, agency, kind, transfer_id, step, round_, subject, data, splice) = row[:9]
    correlation, traceparent, lease_no, attempts, created_at, in_doubt, unused = row[10:17]
    return Owed(
        id_,
        agency,
        kind,
        transfer_id,
        step,
        round_,
        subject,
        data,
        tuple(splice),
        correlation,
        traceparent,
        created_at,
        lease_no,
        attempts,
        in_doubt,
        unused,
    )
