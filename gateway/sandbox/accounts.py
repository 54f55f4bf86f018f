"""Count from both ends: what the store says, and what the simulated agencies really received."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connectors.simulators import Record
from gateway.store.pool import Pool
from gateway.store.sql import statement


@dataclass(frozen=True, slots=True)
class Accounts:
    """The result of a run: each dossier sent is exactly one of completed, refused, open."""

    submitted: int
    completed: int
    refused: int
    open: int
    stuck: int
    lost: int
    duplicate_effects: int
    warned: int
    breached: int
    messages: int
    not_taken: Mapping[str, int]
    """Verdict or problem → how many messages that were not accepted the first time."""

    def as_json(self) -> dict[str, int]:
        return {
            "submitted": self.submitted,
            "completed": self.completed,
            "refused": self.refused,
            "open": self.open,
            "stuck": self.stuck,
            "lost": self.lost,
            "duplicate_effects": self.duplicate_effects,
            "warned": self.warned,
            "breached": self.breached,
        }


async def count(
    pool: Pool,
    records: Mapping[str, Record],
    submitted: Iterable[tuple[str, str]],
    stuck: set[str],
) -> Accounts:
    """Compare both ends. `submitted` are (issuer, dossier code); `stuck` are transfer ids.

    Lost is: a dossier that was sent and has no transfer; a message that an agency sent and has no
    accepted receipt for although the store has none either; a delivery that the store calls
    delivered and its agency never saw; an effect in the store that no agency caused.
    """
    sent = set(submitted)
    async with pool.connection() as connection:
        rows = await (await connection.execute(statement("list_transfer_states"))).fetchall()
        delivered = await (await connection.execute(statement("list_delivered"))).fetchall()
        keys = await (await connection.execute(statement("list_message_keys"))).fetchall()
        acts = await (await connection.execute(statement("count_clock_acts"))).fetchall()
        inbox = await (await connection.execute(statement("count_verdicts"))).fetchall()
    states = {(row[0], row[1]): (row[2], str(row[3])) for row in rows}
    lost = sum(1 for dossier in sent if dossier not in states)
    stored = {(agency, message) for agency, message in keys}
    for code, record in records.items():
        lost += sum(1 for message in record.sent if (code, message) not in stored)
    lost += sum(
        1
        for agency, delivery in delivered
        if agency in records and str(delivery) not in records[agency].received
    )
    ended = Counter(_outcome(states[d][0]) for d in sent if d in states)
    open_ids = {str(states[d][1]) for d in sent if d in states and states[d][0] == "open"}
    told: dict[str, int] = dict(acts)
    return Accounts(
        submitted=len(sent),
        completed=ended["completed"],
        refused=ended["refused"],
        open=ended["open"],
        stuck=len(open_ids & stuck),
        lost=lost,
        duplicate_effects=sum(len(record.doubled()) for record in records.values()),
        warned=told.get("clock.warned", 0),
        breached=told.get("clock.breached", 0),
        messages=sum(row[1] for row in inbox),
        not_taken={row[0]: row[1] for row in inbox if row[0] != "accepted"},
    )


def _outcome(state: str) -> str:
    return state if state in ("completed", "open") else "refused"
