"""What only mattered for a while goes, by its age and in portions; everything else stays."""

import asyncio
from datetime import timedelta
from typing import LiteralString
from uuid import UUID

import psycopg

from gateway.duties.pruner import Keeping, Pruner
from gateway.store.pool import open_pool
from tests.integration.api.running import MONDAY, SetClock

KEEPING = Keeping(sessions=timedelta(days=90), uploads=timedelta(days=30))
_PERSON = "INSERT INTO people (id, name, display_name, must_change) VALUES (%s, %s, 'P', false)"
_SESSION = """
INSERT INTO sessions (id, token_hash, person_id, opened_at, seen_at, expires_at)
VALUES (%(id)s, sha256(%(id)s::text::bytea), %(person)s, now(), now(), now() - %(over)s)
"""
_UPLOAD = """
INSERT INTO document_uploads (id, agency, sha256, size, media_type, key_id, state, created_at,
    expires_at, ended_at, tidied_at)
VALUES (gen_random_uuid(), 'H31.101', sha256(%s), 1, 'x', 'a', %s, now(), now(), %s, %s)
"""


async def test_it_takes_what_is_over_in_portions_and_nothing_else(database_url: str) -> None:
    lan, ha = UUID(int=1), UUID(int=2)
    old, young = MONDAY - timedelta(days=31), MONDAY - timedelta(days=29)
    with psycopg.connect(database_url, autocommit=True) as connection:
        for person, name in ((lan, "lan.nguyen"), (ha, "ha.tran")):
            connection.execute(_PERSON, (person, name))
        for number, person, days in ((1, lan, 91), (2, lan, 91), (3, lan, 89), (4, ha, 500)):
            row = {"id": UUID(int=number), "person": person, "over": timedelta(days=days)}
            connection.execute(_SESSION, row)
        connection.execute(
            "INSERT INTO sign_in_tries (key, failures, tried_at, free_at) VALUES"
            " ('a', 1, now() - interval '25 hours', now()),"
            " ('b', 1, now() - interval '23 hours', now())"
        )
        connection.execute(
            "INSERT INTO spent_rounds VALUES ('a', now() - interval '61 minutes'), ('b', now())"
        )
        for content, state, ended, tidied in (
            (b"old", "complete", old, old),
            (b"young", "failed", young, young),
            (b"untidy", "expired", old, None),
            (b"open", "open", None, None),
        ):
            connection.execute(_UPLOAD, (content, state, ended, tidied))
        connection.execute(
            "INSERT INTO audit (id, at, actor, act, subject)"
            " VALUES (gen_random_uuid(), '2001-01-01', 'gateway', 'session.ended', 'lan.nguyen')"
        )

        async with open_pool(database_url, size=2) as pool:
            pruner = Pruner(pool, SetClock(), KEEPING, each=1)
            rounds = 1
            while await pruner.prune():
                rounds += 1

        def left(what: LiteralString, table: LiteralString) -> list[object]:
            query = f"SELECT {what} FROM {table} ORDER BY 1"
            return [row[0] for row in connection.execute(query)]

        assert rounds == 3  # two sessions, one at a time, and a look that finds no more
        assert left("id", "sessions") == [UUID(int=3), UUID(int=4)]
        assert left("key", "sign_in_tries") == [b"b"]
        assert left("state_hash", "spent_rounds") == [b"b"]
        assert left("state", "document_uploads") == ["expired", "failed", "open"]
        assert left("act", "audit") == ["session.ended"]


async def test_two_processes_prune_side_by_side(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO spent_rounds SELECT sha256(n::text::bytea), now() - interval '2 hours'"
            " FROM generate_series(1, 100) n"
        )

        async with open_pool(database_url, size=2) as pool:
            pruners = [Pruner(pool, SetClock(), KEEPING, each=50) for _ in "ab"]
            more = await asyncio.gather(*(one.prune() for one in pruners))

        assert more == [True, True]
        assert connection.execute("SELECT count(*) FROM spent_rounds").fetchall() == [(0,)]
