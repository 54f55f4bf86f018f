"""Accounts from both ends: what the store says beside what the agencies really saw, did and sent.

Counted here anew, from the tables and the agencies' own records: nothing of the gateway's own
counting is trusted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, LiteralString

import psycopg

from connectors.simulators import Record
from gateway.ledger import verify


@dataclass(slots=True)
class Accounts:
    """Empty lists are what every test wants; each line names what is wrong."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    transfers: int = 0
    messages: int = 0
    deliveries: int = 0
    entries: int = 0

    def must_be_clean(self) -> None:
        assert not self.lost, f"{len(self.lost)} lost: {self.lost[:10]}"
        assert not self.doubled, f"{len(self.doubled)} effects twice: {self.doubled[:10]}"
        assert not self.broken, f"{len(self.broken)} ledger faults: {self.broken[:10]}"


def reckon(
    database_url: str, records: Mapping[str, Record], submitted: Iterable[tuple[str, str]]
) -> Accounts:
    """Compare both ends once everything is at rest. `submitted` are (issuer, dossier code)."""
    accounts = Accounts()
    with psycopg.connect(database_url, autocommit=True) as connection:
        accounts.lost += _lost_messages(connection, records, set(submitted))
        accounts.lost += _lost_deliveries(connection, records)
        accounts.lost += _lost_effects(connection, records)
        accounts.doubled += _doubled_in_store(connection)
        accounts.doubled += _doubled_at_agencies(connection, records)
        accounts.broken += _broken_chains(connection)
        (counts,) = _rows(
            connection,
            "SELECT (SELECT count(*) FROM transfers), (SELECT count(*) FROM inbox),"
            " (SELECT count(*) FROM deliveries), (SELECT count(*) FROM ledger)",
        )
    accounts.transfers, accounts.messages, accounts.deliveries, accounts.entries = counts
    return accounts


def _rows(connection: psycopg.Connection, query: LiteralString) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()


def _lost_messages(
    connection: psycopg.Connection,
    records: Mapping[str, Record],
    submitted: set[tuple[str, str]],
) -> Iterator[str]:
    transfers = set(_rows(connection, "SELECT issuer, code FROM transfers"))
    yield from (f"dossier {code} of {issuer}" for issuer, code in sorted(submitted - transfers))
    stored = set(
        _rows(
            connection,
            "SELECT k.agency, k.message_id FROM message_keys k JOIN inbox i ON i.id = k.inbox_id",
        )
    )
    for agency, record in records.items():
        for message, sent in record.sent.items():
            if (agency, message) not in stored:
                yield f"{sent.kind} {message} of {agency}"
            elif not sent.is_receipted:
                yield f"receipt for {sent.kind} {message} of {agency}"


def _lost_deliveries(
    connection: psycopg.Connection, records: Mapping[str, Record]
) -> Iterator[str]:
    for agency, delivery, kind, state in _rows(
        connection, "SELECT agency, id::text, kind, state FROM deliveries"
    ):
        if agency not in records:
            continue
        if state in ("pending", "failed"):
            yield f"{kind} {delivery} to {agency} is {state}"
        elif state == "delivered" and delivery not in records[agency].received:
            yield f"{kind} {delivery} never reached {agency}"
    for agency, record in records.items():
        yield from (f"{agency} could not read {what}" for what in record.unreadable)
        yield from (f"{agency} got {delivery} with another content" for delivery in record.altered)


def _lost_effects(connection: psycopg.Connection, records: Mapping[str, Record]) -> Iterator[str]:
    """Every hop that ended by its agency's word was acted on there, and what was said is kept."""
    acted = {(agency, hop) for agency, record in records.items() for hop in record.acted_hops}
    for transfer, step, round_, agency in _rows(
        connection,
        "SELECT transfer_id::text, step, round, agency FROM hops"
        " WHERE state IN ('completed', 'refused', 'returned') AND step <> 'origin'",
    ):
        if agency in records and (agency, (transfer, step, round_)) not in acted:
            yield f"{agency} ended {step}/{round_} of {transfer} without being handed it"
    told = {
        (agency, message)
        for agency, message, verdict in _rows(
            connection, "SELECT agency, message_id, verdict FROM inbox"
        )
        if verdict == "accepted"
    }
    for agency, record in records.items():
        for message, sent in record.sent.items():
            if sent.is_accepted and (agency, message) not in told:
                yield f"{agency} was told that {sent.kind} {message} is accepted"


def _doubled_in_store(connection: psycopg.Connection) -> Iterator[str]:
    for agency, message, times in _rows(
        connection,
        "SELECT agency, message_id, count(*) FROM inbox WHERE verdict = 'accepted'"
        " GROUP BY agency, message_id HAVING count(*) > 1",
    ):
        yield f"{message} of {agency} was accepted {times} times"
    for transfer, act, step, times in _rows(
        connection,
        "SELECT transfer_id::text, act, step, count(*) FROM ledger"
        " WHERE act NOT LIKE 'clock.%' AND act NOT LIKE 'hop.changed'"
        " GROUP BY transfer_id, act, step, round, cause HAVING count(*) > 1",
    ):
        yield f"{act} of {step} in {transfer} is in the ledger {times} times"
    for transfer, act, step, times in _rows(
        connection,
        "SELECT transfer_id::text, act, step, count(*) FROM ledger WHERE act LIKE 'clock.%'"
        " GROUP BY transfer_id, act, step, round, body::json ->> 'reason', body::json ->> 'facts'"
        " HAVING count(*) > 1",
    ):
        yield f"{act} of {step} in {transfer} is in the ledger {times} times"


def _doubled_at_agencies(
    connection: psycopg.Connection, records: Mapping[str, Record]
) -> Iterator[str]:
    for agency, record in records.items():
        yield from (f"{agency} acted twice on {what}" for what in record.doubled())
    who = Counter(hop for record in records.values() for hop in record.acted_hops)
    yield from (f"two agencies acted on {hop}" for hop, times in who.items() if times > 1)
    known = {
        (transfer, step, round_): agency
        for transfer, step, round_, agency in _rows(
            connection, "SELECT transfer_id::text, step, round, agency FROM hops"
        )
    }
    for agency, record in records.items():
        for hop in record.acted_hops:
            if known.get(hop) != agency:
                yield f"{agency} acted on {hop}, which the store gives to {known.get(hop)}"


def _broken_chains(connection: psycopg.Connection) -> Iterator[str]:
    chains: dict[Any, list[Any]] = {}
    for transfer, *row in _rows(
        connection,
        "SELECT transfer_id, seq, body, prev_hash, hash, act, recorded_at FROM ledger"
        " ORDER BY transfer_id, seq",
    ):
        chains.setdefault(transfer, []).append(tuple(row))
    heads = _rows(connection, "SELECT id, seq, head_hash FROM transfers")
    for transfer, seq, head in heads:
        for fault in verify(transfer, chains.pop(transfer, []), head=(seq, head)):
            yield str(fault)
    yield from (f"a ledger without its transfer: {transfer}" for transfer in chains)
