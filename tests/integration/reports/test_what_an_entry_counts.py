"""What the entries of one dossier's ledger count, and on which day: one story after another."""

from collections.abc import Iterator
from typing import Any

import orjson
import psycopg
import pytest
from psycopg import sql

from tests.integration.reports.month import vn

Story = list[tuple[str, str, dict[str, Any]]]
DUE = "2026-03-16 17:30"
_TRANSFER = "00000000-0000-7000-8000-000000000001"
_MEASURES = (
    "online",
    "in_person",
    "postal",
    "early",
    "on_time",
    "late",
    "undated",
    "refused",
    "withdrawn",
    "stopped",
    "overdue",
    "met",
    "missed",
    "failing",
)


def submitted(channel: str = "online") -> tuple[str, str, dict[str, Any]]:
    received = {"channel": channel, "received_at": vn("2026-03-02 08:00").isoformat()}
    return ("transfer.submitted", "2026-03-02 08:05", received)


def ended(at: str, how: str = "completed", **facts: Any) -> tuple[str, str, dict[str, Any]]:
    return (f"transfer.{how}", at, {"due_at": vn(DUE).isoformat(), **facts})


def judged(act: str, **facts: Any) -> tuple[str, str, dict[str, Any]]:
    limit = {"limit_at": vn(DUE).isoformat(), "reason": "overall"}
    return (f"clock.{act}", "2026-03-17 07:30", limit | facts)


def asked_again(**facts: Any) -> tuple[str, str, dict[str, Any]]:
    return ("hop.paused", "2026-03-10 09:00", {"supplements": 2, **facts})


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url) as one:
        yield one


def told(connection: psycopg.Connection, story: Story) -> None:
    connection.execute(
        "INSERT INTO transfers (id, issuer, code, originator, state, procedure, procedure_version,"
        " submitted_at, itinerary_no, document, seq, head_hash)"
        " VALUES (%s, 'H31.101', 'x', 'H31.101', 'open', '1.001776', 'v', now(), 1, '{}', 1, '')",
        (_TRANSFER,),
    )
    for seq, (act, at, facts) in enumerate(story, start=1):
        reason = facts.pop("reason", None)
        body = orjson.dumps({"reason": reason, "facts": facts}).decode()
        connection.execute(
            "INSERT INTO ledger (transfer_id, seq, recorded_at, legal_at, act, actor, body,"
            " prev_hash, hash) VALUES (%s, %s, now(), %s, %s, 'gateway', %s, '', '')",
            (_TRANSFER, seq, vn(at), act, body),
        )


def counted(connection: psycopg.Connection, until: str = "2026-12-31") -> dict[str, int]:
    """Return what is not zero, summed up to a day."""
    sums = sql.SQL(", ").join(sql.SQL("sum({})").format(sql.Identifier(one)) for one in _MEASURES)
    asked = sql.SQL("SELECT {} FROM dossier_entries WHERE day <= {}").format(sums, until)
    row = connection.execute(asked).fetchone()
    assert row is not None
    return {name: int(n) for name, n in zip(_MEASURES, row, strict=True) if n}


@pytest.mark.parametrize(
    ("story", "counts"),
    [
        ([submitted("online")], {"online": 1}),
        ([submitted("in_person")], {"in_person": 1}),
        ([submitted("postal")], {"postal": 1}),
        ([submitted(), ended("2026-03-13 23:59")], {"online": 1, "early": 1, "met": 1}),
        ([submitted(), ended("2026-03-16 07:30")], {"online": 1, "on_time": 1, "met": 1}),
        ([submitted(), ended(DUE)], {"online": 1, "on_time": 1, "met": 1}),
        ([submitted(), ended("2026-03-16 17:31")], {"online": 1, "late": 1, "missed": 1}),
        (
            [submitted(), ("transfer.completed", DUE, {})],
            {"online": 1, "undated": 1, "met": 1},
        ),
        ([submitted(), ended(DUE, "refused")], {"online": 1, "refused": 1, "met": 1}),
        (
            [submitted(), ended("2026-03-17 09:00", "withdrawn")],
            {"online": 1, "withdrawn": 1, "missed": 1},
        ),
        ([submitted(), ended(DUE, "stopped")], {"online": 1, "stopped": 1, "met": 1}),
        ([submitted(), judged("breached")], {"online": 1, "overdue": 1, "failing": 1}),
        (
            [submitted(), judged("breached"), ended("2026-03-18 09:00", overdue=True)],
            {"online": 1, "late": 1, "missed": 1},
        ),
        (
            [submitted(), judged("breached"), judged("corrected"), ended(DUE)],
            {"online": 1, "on_time": 1, "met": 1},
        ),
        ([submitted(), asked_again()], {"online": 1, "failing": 1}),
        (
            [submitted(), asked_again(), judged("breached", supplements=2)],
            {"online": 1, "overdue": 1, "failing": 1},
        ),
        (
            [submitted(), judged("breached"), asked_again(overdue=True)],
            {"online": 1, "overdue": 1, "failing": 1},
        ),
        (
            [submitted(), asked_again(), ended("2026-03-13 09:00", supplements=2)],
            {"online": 1, "early": 1, "missed": 1},
        ),
        (
            [
                submitted(),
                judged("breached"),
                asked_again(overdue=True),
                judged("corrected", supplements=2),
                ended(DUE, supplements=2),
            ],
            {"online": 1, "on_time": 1, "missed": 1},
        ),
        (
            [submitted(), ("clock.corrected", DUE, {"reason": "outage"})],
            {"online": 1},
        ),
    ],
)
def test_a_story_is_counted(
    story: Story, counts: dict[str, int], connection: psycopg.Connection
) -> None:
    told(connection, [(act, at, dict(facts)) for act, at, facts in story])

    assert counted(connection) == counts


def test_it_is_received_on_the_day_of_its_receipt_and_ended_on_that_of_its_end(
    connection: psycopg.Connection,
) -> None:
    told(connection, [submitted(), ended("2026-03-13 00:00")])

    assert counted(connection, "2026-03-01") == {}
    assert counted(connection, "2026-03-02") == counted(connection, "2026-03-12") == {"online": 1}
    assert counted(connection, "2026-03-13") == {"online": 1, "early": 1, "met": 1}


def test_a_breach_that_is_taken_back_was_never_there(connection: psycopg.Connection) -> None:
    told(connection, [submitted(), judged("breached"), judged("corrected")])

    for day in ("2026-03-15", "2026-03-16", "2026-03-17", "2026-03-18"):
        assert counted(connection, day) == {"online": 1}


def test_overdue_lasts_from_the_deadline_to_the_end(connection: psycopg.Connection) -> None:
    told(connection, [submitted(), judged("breached"), ended("2026-03-18 09:00", overdue=True)])

    assert counted(connection, "2026-03-15") == {"online": 1}
    assert counted(connection, "2026-03-17") == {"online": 1, "overdue": 1, "failing": 1}
    assert counted(connection, "2026-03-18") == {"online": 1, "late": 1, "missed": 1}
