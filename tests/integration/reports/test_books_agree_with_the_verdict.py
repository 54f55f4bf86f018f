"""What the books count by entries is what the verdict says of the transfer itself (QĐ 766)."""

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

import orjson
import psycopg
import pytest

from routing.lifecycle.verdict import verdict
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import ALLOCATION, COMMUNE, Journey, submit

VN = ZoneInfo("Asia/Ho_Chi_Minh")
STEP = "commune-intake"
"""The first of three; the total is five working days, here until Monday 9 March 08:30."""


def working() -> Journey:
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    journey.later(seconds=5).delivered(STEP)
    journey.later(minutes=5).receives(STEP)
    return journey


def done(journey: Journey, at: str) -> Journey:
    journey.at(at).completes(STEP)
    journey.walks("land-extract", "commune-decision")
    return journey


def asked(journey: Journey, since: str, until: str | None = None) -> Journey:
    journey.at(since).pauses(STEP)
    if until is not None:
        journey.at(until).says(Kind.SUPPLEMENT_PROVIDED, STEP, by=COMMUNE, note="x")
    return journey


def asked_twice(again: str) -> Journey:
    return asked(asked(working(), "2026-03-02 09:00", "2026-03-02 10:00"), again, again)


def withdrawn(journey: Journey, at: str) -> Journey:
    journey.at(at).says(Kind.TRANSFER_WITHDRAWN, reason="x")
    return journey


def waited(journey: Journey, until: str) -> Journey:
    journey.time(until)
    return journey


STORIES: dict[str, Callable[[], Journey]] = {
    "early": lambda: done(working(), "2026-03-05 08:30"),
    "late": lambda: done(working(), "2026-03-10 08:30"),
    "withdrawn in time": lambda: withdrawn(working(), "2026-03-05 08:30"),
    "withdrawn at the deadline": lambda: withdrawn(working(), "2026-03-09 08:30"),
    "withdrawn late": lambda: withdrawn(working(), "2026-03-09 08:31"),
    "open in time": lambda: waited(working(), "2026-03-05 08:30"),
    "open and overdue": lambda: waited(working(), "2026-03-10 08:30"),
    "one supplement, in time by the moved date": lambda: done(
        asked(working(), "2026-03-02 10:30", "2026-03-04 10:30"), "2026-03-10 08:30"
    ),
    "one supplement, late": lambda: done(
        asked(working(), "2026-03-02 10:30", "2026-03-04 10:30"), "2026-03-12 08:30"
    ),
    "waiting for the one supplement": lambda: waited(
        asked(working(), "2026-03-02 10:30"), "2026-03-12 08:30"
    ),
    "two supplements, early": lambda: done(asked_twice("2026-03-02 11:00"), "2026-03-03 08:30"),
    "two supplements, open": lambda: waited(asked_twice("2026-03-02 11:00"), "2026-03-03 08:30"),
    "two supplements, open and overdue": lambda: waited(
        asked_twice("2026-03-02 11:00"), "2026-03-12 08:30"
    ),
    "two supplements, then withdrawn late": lambda: withdrawn(
        waited(asked_twice("2026-03-02 11:00"), "2026-03-12 08:30"), "2026-03-12 09:00"
    ),
}


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url) as one:
        yield one


def counted(connection: psycopg.Connection, journey: Journey) -> tuple[int, int, int, int]:
    """Return what the entries of a journey count: met, missed, failing, overdue."""
    transfer = journey.transfer
    connection.execute(
        "INSERT INTO transfers (id, issuer, code, originator, state, procedure, procedure_version,"
        " submitted_at, itinerary_no, document, seq, head_hash)"
        " VALUES (%s, 'x', 'x', 'H31.101', 'open', 'x', 'v', %s, 1, '{}', 1, '')",
        (transfer.id, transfer.submitted_at),
    )
    for seq, entry in enumerate(journey.entries, start=1):
        body = orjson.dumps({"reason": entry.reason, "facts": entry.facts}).decode()
        connection.execute(
            "INSERT INTO ledger (transfer_id, seq, recorded_at, legal_at, act, actor, step, body,"
            " prev_hash, hash) VALUES (%s, %s, now(), %s, %s, 'gateway', %s, %s, '', '')",
            (transfer.id, seq, entry.legal_at, entry.act, entry.step, body),
        )
    found = connection.execute(
        "SELECT sum(met)::integer, sum(missed)::integer, sum(failing)::integer,"
        " sum(overdue)::integer FROM dossier_entries WHERE day <= %s",
        (journey.now.astimezone(VN).date(),),
    ).fetchone()
    assert found is not None
    return found


@pytest.mark.parametrize("story", STORIES)
def test_they_agree(story: str, connection: psycopg.Connection) -> None:
    journey = STORIES[story]()
    judged = verdict(journey.transfer, journey.context.calendars, journey.now)
    late, is_open = judged.reporting.late, journey.transfer.ended_at is None

    met, missed, failing, overdue = counted(connection, journey)

    if is_open:
        assert (met, missed, failing) == (0, 0, int(bool(late)))
        assert overdue == int(bool(judged.operational.late))
    else:
        assert (met, missed, failing, overdue) == (int(not late), int(bool(late)), 0, 0)
