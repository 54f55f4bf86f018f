"""Whose time counts: the legal instant of what an agency says happened; and how instants read."""

from __future__ import annotations

from datetime import UTC, datetime

from routing.lifecycle.events import Context, JsonObject


def written(instant: datetime) -> str:
    """Write an instant as everything that leaves us does: RFC 3339 in UTC, with Z."""
    return instant.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def legal_instant(
    claimed_at: datetime | None,
    recorded_at: datetime,
    last_event_at: datetime | None,
    context: Context,
) -> tuple[datetime, JsonObject | None]:
    """Return the instant that counts, and what the ledger says of a claim that differs.

    `recorded_at` counts, unless the claim lies after the hop's last event and at most the claim
    window (5 min) before the recording, or inside an outage of our own: then the claim, flagged.
    """
    if claimed_at is None or claimed_at == recorded_at:
        return recorded_at, None
    follows = last_event_at is None or claimed_at > last_event_at
    counts = (
        claimed_at < recorded_at
        and follows
        and (
            recorded_at - claimed_at <= context.policies.claim_window
            or context.outages.ours_at(claimed_at)
        )
    )
    flagged: JsonObject = {
        "claimed_at": written(claimed_at),
        "counts": "claimed" if counts else "recorded",
    }
    if counts:
        flagged["recorded_at"] = written(recorded_at)
    return (claimed_at if counts else recorded_at), flagged
