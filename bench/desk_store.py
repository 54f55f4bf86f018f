"""A grown store to look at: loaded once, and kept for the next time where that is wanted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Final

import psycopg
from psycopg import sql
from rich.progress import Progress

from bench.desk_open import load_open
from bench.desk_past import load_past, rows_of_past, without_log
from bench.past import check_disk
from bench.stage import Stage, set_stage
from gateway.rulebook import load_rulebook

_DATABASE: Final = "desk"
_LARGE: Final = 100_000
"""From so many transfers on the store needs room on the disk."""
COMMUNES: Final = 100


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much lies in the store. A store that was kept has to have been loaded alike."""

    transfers: int = 1_000_000
    opened: int = 200_000
    stuck: int = 50_000

    def __str__(self) -> str:
        return f"{self.transfers} finished, {self.opened} open, {self.stuck} stuck"


class OtherStore(Exception):
    """What was kept is of other sizes."""


@asynccontextmanager
async def desk_store(
    sizes: Sizes, progress: Progress, keep: Path | None = None
) -> AsyncIterator[Stage]:
    """Start the servers with a store of these sizes; load it, unless `keep` holds it already."""
    async with set_stage(COMMUNES, database=_DATABASE, keep=keep) as stage:
        kept = _described(stage)
        if kept is not None and kept != str(sizes):
            raise OtherStore(f"{keep} holds {kept}")
        if kept is None:
            if sizes.transfers >= _LARGE:
                check_disk(keep or Path(gettempdir()))
            await _load(stage, sizes, progress)
        yield stage


async def _load(stage: Stage, sizes: Sizes, progress: Progress) -> None:
    task = progress.add_task("loads", total=rows_of_past(sizes.transfers))
    with without_log(stage):
        await load_past(stage, sizes.transfers, lambda some: progress.advance(task, some))
        progress.update(task, description="loads what is open")
        with stage.connect() as connection:
            await asyncio.to_thread(
                load_open,
                connection,
                load_rulebook("thai-binh-hung-yen", "vn"),
                stage.communes[0],
                opened=sizes.opened,
                stuck=sizes.stuck,
            )
        _describe(stage, sizes)
    progress.update(task, description="loaded")


def _described(stage: Stage) -> str | None:
    with stage.connect() as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            (stage.database,),
        ).fetchone()
    assert row is not None
    return None if row[0] is None else str(row[0])


def _describe(stage: Stage, sizes: Sizes) -> None:
    """Write the sizes down with the database: only a load that came to its end is used again."""
    with psycopg.connect(stage.servers.postgres.url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                sql.Identifier(stage.database), sql.Literal(str(sizes))
            )
        )
