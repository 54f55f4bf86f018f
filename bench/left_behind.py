"""What must not be left behind by a reform, counted from the store alone."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gateway.operations.clock_check import check_clocks
from gateway.rulebook import Rulebook
from gateway.store.pool import Pool

_COUNTS = {
    "lost": """
        SELECT %(submitted)s - count(DISTINCT (t.issuer, t.code)) FROM transfers t""",
    "two_transfers": """
        SELECT count(*) FROM (
            SELECT 1 FROM transfers t GROUP BY t.issuer, t.code HAVING count(*) > 1
        ) doubled""",
    "without_a_turn": """
        SELECT count(*) FROM transfers t
        WHERE t.state = 'open' AND NOT EXISTS (
            SELECT FROM hops h
            WHERE h.transfer_id = t.id AND h.superseded_by IS NULL
              AND (h.waits_for IS NOT NULL
                   OR h.state IN ('dispatching', 'delivered', 'received', 'paused'))
        )""",
    "two_turns_of_a_step": """
        SELECT count(*) FROM (
            SELECT 1 FROM hops h WHERE h.superseded_by IS NULL
            GROUP BY h.transfer_id, h.step HAVING count(*) > 1
        ) doubled""",
    "two_handovers_of_a_turn": """
        SELECT count(*) FROM (
            SELECT 1 FROM deliveries d WHERE d.kind = 'handover.offered'
            GROUP BY d.transfer_id, d.step, d.round HAVING count(*) > 1
        ) doubled""",
    "turns_without_a_handover": """
        SELECT count(*) FROM hops h
        WHERE h.state IN ('dispatching', 'delivered', 'received', 'paused') AND NOT EXISTS (
            SELECT FROM deliveries d
            WHERE d.transfer_id = h.transfer_id AND d.step = h.step AND d.round = h.round
              AND d.kind = 'handover.offered' AND d.agency = h.agency
        )""",
    "left_without_a_reason": """
        SELECT count(*) FROM hops h
        WHERE h.agency = ANY (%(closed)s::text[]) AND h.superseded_by IS NULL
          AND h.state IN ('dispatching', 'delivered', 'received', 'paused')
          AND h.waits_for IS DISTINCT FROM 'agency'""",
    "originators_without_a_reason": """
        SELECT count(*) FROM transfers t
        JOIN hops h ON h.transfer_id = t.id AND h.step = 'origin' AND h.superseded_by IS NULL
        WHERE t.state = 'open' AND t.originator = ANY (%(closed)s::text[])
          AND h.waits_for IS DISTINCT FROM 'agency'""",
    "owed_without_a_reason": """
        SELECT count(*) FROM deliveries d
        JOIN transfers t ON t.id = d.transfer_id
        WHERE d.agency = ANY (%(closed)s::text[]) AND d.state = 'pending'
          AND d.kind NOT IN ('handover.cancelled') AND NOT EXISTS (
              SELECT FROM hops h
              WHERE h.transfer_id = d.transfer_id AND h.waits_for = 'agency'
          )""",
}
"""Each must be zero."""

_FIGURES = {
    "moved_turns": """
        SELECT count(*) FROM ledger l
        WHERE l.act = 'hop.reorganised' AND l.body::json #>> '{facts,as}' IS NULL""",
    "senders": """
        SELECT count(*) FROM ledger l
        WHERE l.act = 'hop.reorganised' AND l.body::json #>> '{facts,as}' IS NOT NULL""",
    "originators": "SELECT count(*) FROM ledger l WHERE l.act = 'transfer.reorganised'",
    "waiting_for_a_person": "SELECT count(*) FROM hops h WHERE h.waits_for = 'agency'",
    "late_answers_understood": """
        SELECT count(DISTINCT l.cause) FROM ledger l
        WHERE l.body::json #>> '{facts,said_for}' IS NOT NULL""",
    "ledger_entries": "SELECT count(*) FROM ledger l",
}


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What was found: `faults` must all be zero."""

    faults: dict[str, int]
    figures: dict[str, int]
    clocks: int
    differences: int

    @property
    def holds(self) -> bool:
        return self.differences == 0 and not any(self.faults.values())

    def view(self) -> dict[str, Any]:
        return {**asdict(self), "holds": self.holds}


async def look(pool: Pool, rulebook: Rulebook, closed: Sequence[str], submitted: int) -> LeftBehind:
    """Count everything, and derive every clock from its ledger again."""
    asked = {"submitted": submitted, "closed": list(closed)}
    faults: dict[str, int] = {}
    figures: dict[str, int] = {}
    async with pool.connection() as connection, connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = 0")
        for counts, queries in ((faults, _COUNTS), (figures, _FIGURES)):
            for name, query in queries.items():
                found = await connection.execute(query.encode(), asked)
                row = await found.fetchone()
                assert row is not None
                counts[name] = int(row[0])
    clocks = differences = 0
    async for page in check_clocks(pool, rulebook.calendars):
        clocks += page.clocks
        differences += len(page.findings)
    return LeftBehind(faults, figures, clocks, differences)
