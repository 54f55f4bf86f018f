"""`make bench-desk`: how long operators wait for the work-queues of a grown store.

Loads finished transfers by COPY, ten hops and ten deliveries each, and open ones of which so many
are stuck: not handed over, not received, overdue, undeliverable, refused, without an agency; at
40 agencies, with eight failures. Then asks what the screens ask, again and again: every count, the
first page and the groups of every cause, filters by text, agency, subtree, level and failure, and
the frozen list of an act. The last line on stdout is JSON with the median and the 95th percentile
in milliseconds; exit code 1 if a first page takes over 300 ms or a text filter over a second.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median, quantiles
from typing import Any, Final
from uuid import UUID

import orjson
import psycopg
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Shown

from bench.past import Table, load_table
from bench.stage import set_stage
from gateway.console.screens.stuck import MOST_COUNTED
from gateway.ids import new_id
from gateway.operations import questions
from gateway.operations.causes import Cause
from gateway.operations.stuck import Asking, count_stuck, group_stuck, list_stuck, page_of_stuck
from gateway.operations.stuck_filter import StuckFilter
from gateway.rulebook import Rulebook, load_rulebook
from gateway.store.pool import Pool, open_pool

EACH: Final = 10
"""Hops and deliveries of a finished transfer."""
MOST_PAGE_MS: Final = 300.0
MOST_TEXT_MS: Final = 1000.0

_ID: Final = "(lpad(to_hex(n), 12, '0') || '70008' || lpad(to_hex(%d + {k}), 15, '0'))::uuid"
_AGENCY: Final = "'H31.' || (101 + n %% 104)"
_CODE: Final = (
    f"{_AGENCY} || '-26' || lpad((n %% 10000)::text, 4, '0') || '-' || lpad(n::text, 8, '0')"
)
_AT: Final = "to_timestamp(%(until)d - (%(total)d - n) * 20::bigint)"
_DONE: Final = _ID.replace("%d", "0")

_PAST: Final = (
    Table(
        "transfers",
        1,
        {
            "id": _DONE.format(k="0"),
            "issuer": _AGENCY,
            "code": _CODE,
            "originator": _AGENCY,
            "state": "'completed'",
            "procedure": "'2.000987'",
            "procedure_version": "'2025-07-01'",
            "submitted_at": _AT,
            "ended_at": _AT,
            "deadline_at": _AT,
            "itinerary_no": "1",
            "document": "'{}'::json",
            "seq": "14",
            "head_hash": "''::bytea",
        },
    ),
    Table(
        "hops",
        EACH,
        {
            "transfer_id": _DONE.format(k="0"),
            "step": "'step-' || k",
            "round": "1",
            "no": "k",
            "agency": "'H31.' || (101 + (n + k) %% 104)",
            "state": "'completed'",
            "deliver_by": _AT,
            "receive_by": _AT,
            "deadline_at": _AT,
            "document": "'{}'::json",
        },
    ),
    Table(
        "deliveries",
        EACH,
        {
            "id": _DONE.format(k="k"),
            "agency": "'H31.' || (101 + (n + k) %% 104)",
            "kind": "'handover.offered'",
            "transfer_id": _DONE.format(k="0"),
            "step": "'step-' || k",
            "round": "1",
            "subject": _CODE,
            "data": "'{}'",
            "state": "'delivered'",
            "created_at": _AT,
            "next_attempt_at": _AT,
            "lease_no": "1",
            "attempts": "1",
            "settled_at": _AT,
        },
    ),
)

_OPEN: Final = """
CREATE TEMP TABLE made AS
SELECT n, (lpad(to_hex(16 + n), 12, '0') || '70009' || lpad(to_hex(n), 15, '0'))::uuid AS id,
    CASE WHEN n > %(stuck)s THEN 'well'
        ELSE (ARRAY['undelivered', 'undelivered', 'undelivered', 'undelivered', 'no-receipt', 'no-receipt',
            'overdue', 'overdue', 'undeliverable', 'waiting'])[1 + n %% 10] END AS what,
    'H31.' || (101 + (n / 10) %% 40) AS agency,
    (ARRAY['timeout', 'http-503', 'connect-refused', 'tls', 'http-500', 'dns', 'cut', 'http-429'])[1 + (n / 400) %% 8] AS failure,
    now() - n * interval '2 seconds' AS at
FROM generate_series(1, %(open)s) n;
INSERT INTO transfers (id, issuer, code, originator, state, procedure, procedure_version, submitted_at, deadline_at,
    next_timer_at, itinerary_no, document, seq, head_hash)
SELECT id, 'H31.' || (101 + n %% 104), 'H31.' || (101 + n %% 104) || '-261125-' || lpad(n::text, 8, '0'),
    'H31.' || (101 + n %% 104), 'open', '2.00098' || n %% 10, '2025-07-01', at - interval '1 day',
    now() + interval '5 days', now() + interval '1 day', 1, %(document)s, 5, ''
FROM made;
INSERT INTO hops (transfer_id, step, round, no, agency, state, deliver_by, receive_by, deadline_at, document)
SELECT id, 'step-' || 1 + n %% 5, 1, 1,
    CASE WHEN what = 'waiting' AND n %% 20 < 10 THEN NULL ELSE agency END,
    CASE what WHEN 'undelivered' THEN 'dispatching' WHEN 'undeliverable' THEN 'dispatching'
        WHEN 'no-receipt' THEN 'delivered'
        WHEN 'waiting' THEN CASE WHEN n %% 20 < 10 THEN 'planned' ELSE 'refused' END ELSE 'received' END,
    CASE WHEN what IN ('undelivered', 'undeliverable') THEN at END,
    CASE WHEN what = 'no-receipt' THEN at END,
    CASE what WHEN 'overdue' THEN at WHEN 'well' THEN now() + interval '3 days' END,
    (%(document)s::jsonb || CASE
        WHEN what = 'waiting' AND n %% 20 < 10 THEN '{"stuck": true, "failure": {"kind": "ambiguous"}}'
        WHEN what = 'waiting' THEN '{"refusal": {"reason": "incomplete"}}' ELSE '{}' END::jsonb)::json
FROM made;
INSERT INTO deliveries (id, agency, kind, transfer_id, step, round, data, state, created_at, next_attempt_at, lease_no,
    attempts, settled_at, failure_code)
SELECT (lpad(to_hex(16 + n), 12, '0') || '70009' || lpad(to_hex(n + (1::bigint << 40)), 15, '0'))::uuid, agency,
    'handover.offered', id, 'step-' || 1 + n %% 5, 1, '{}',
    CASE what WHEN 'undelivered' THEN 'pending' WHEN 'undeliverable' THEN 'failed' ELSE 'delivered' END,
    at, at, 3, 3, CASE WHEN what <> 'undelivered' THEN at END,
    CASE WHEN what LIKE 'undeliver%%' THEN failure END
FROM made
WHERE what <> 'waiting';
UPDATE endpoints SET breaker = 'open', breaker_until = now() + interval '1 hour'
WHERE agency IN (SELECT agency FROM made WHERE n < 100);
"""  # noqa: E501

_DOCUMENT: Final = orjson.dumps(
    {
        "step": "step",
        "round": 1,
        "offered_at": "2026-11-24T02:00:00Z",
        "last_event_at": "2026-11-24T03:00:00Z",
        "clock": {"rule": "working", "budget": "3 wd", "calendar": "vn@2026-01-01", "pauses": []},
        # What a real one holds beside it comes to about as much as this.
        "facts": {f"fact-{number}": "2026-11-24T02:00:00.000000Z" for number in range(16)},
    }
).decode()


def main(arguments: Sequence[str] | None = None) -> None:
    """Load, ask, show, print the JSON line."""
    parser = argparse.ArgumentParser(description="How long operators wait for the work-queues.")
    parser.add_argument("--transfers", type=int, default=1_000_000)
    parser.add_argument("--open", type=int, default=200_000)
    parser.add_argument("--stuck", type=int, default=50_000)
    parser.add_argument("--times", type=int, default=30)
    read = parser.parse_args(arguments)
    console = Console(stderr=True)
    report = asyncio.run(_measure(read, console))
    print(orjson.dumps(report).decode(), flush=True)
    sys.exit(0 if report["holds"] else 1)


async def _measure(read: argparse.Namespace, console: Console) -> dict[str, Any]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        async with set_stage(100, database="desk") as stage:
            task = progress.add_task("loads", total=read.transfers * (1 + 2 * EACH))
            until = int(time.time()) - 86_400
            for table in _PAST:
                await asyncio.to_thread(
                    load_table,
                    stage.database_url,
                    table,
                    read.transfers,
                    until,
                    lambda some: progress.advance(task, some),
                )
            with stage.connect() as connection:
                _load_open(connection, read.open, read.stuck)
            rulebook = load_rulebook("thai-binh-hung-yen", "vn")
            async with open_pool(stage.database_url, size=1, name="bench desk") as pool:
                taken = await _ask(pool, rulebook, read.times, progress)
    return _report(read, taken, console)


def _load_open(connection: psycopg.Connection[Any], opened: int, stuck: int) -> None:
    with connection.transaction():
        for part in _OPEN.split(";\n"):
            if part.strip():
                asked = {"open": opened, "stuck": stuck, "document": _DOCUMENT}
                cursor = psycopg.ClientCursor(connection)
                cursor.execute(part.encode(), asked)
    connection.execute("VACUUM ANALYZE")
    connection.execute("CHECKPOINT")


Asked = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Taken:
    """What one answer took, in milliseconds: on the clock, and of processors, ours and theirs."""

    waited: float
    worked: float


async def _ask(
    pool: Pool, rulebook: Rulebook, times: int, progress: Progress
) -> dict[str, list[Taken]]:
    taken: dict[str, list[Taken]] = {}
    async with pool.connection() as connection:
        backend = connection.info.backend_pid
    asked = list(_questions(pool, rulebook))
    task = progress.add_task("asks", total=times)
    for _ in range(times):
        for name, ask in asked:
            began, worked = time.perf_counter(), _worked(backend)
            await ask()
            waited = time.perf_counter() - began
            one = Taken(waited * 1000, (_worked(backend) - worked) * 1000)
            taken.setdefault(name, []).append(one)
        progress.advance(task)
    return taken


def _worked(backend: int) -> float:
    """Return the processor seconds of the database's side and of our own."""
    with open(f"/proc/{backend}/schedstat") as told:
        return int(told.read().split()[0]) / 1e9 + time.process_time()


def _questions(pool: Pool, rulebook: Rulebook) -> Iterator[tuple[str, Asked]]:
    now = datetime.now(UTC)

    def asking(**wanted: Any) -> Asking:
        return Asking.of(rulebook, now, StuckFilter(**wanted))

    yield "counts", partial(count_stuck, pool, asking(), most=MOST_COUNTED)
    yield "groups all", partial(group_stuck, pool, asking())
    for cause in Cause:
        one = asking(causes=(cause,))
        yield (
            f"page {cause}",
            partial(page_of_stuck, pool, cause, one, limit=50),
        )
        yield f"groups {cause}", partial(group_stuck, pool, one)
    large = Cause.UNDELIVERED
    for name, wanted in (
        ("agency", {"agency": "H31.115"}),
        ("subtree", {"agency": "H31", "below": True}),
        ("level", {"level": "commune"}),
        ("procedure", {"procedure": "2.000987"}),
        ("failure", {"failure": "tls"}),
        ("older", {"stuck_for": timedelta(hours=20)}),
        ("left", {"time_left": timedelta(days=1)}),
        ("nobody's", {"unassigned": True}),
        ("agency and failure", {"agency": "H31.115", "failure": "tls"}),
    ):
        one = asking(causes=(large,), **wanted)
        yield f"page by {name}", partial(page_of_stuck, pool, large, one, limit=50)
        yield f"groups by {name}", partial(group_stuck, pool, one)
    for name, text in (("one", "0004321"), ("none", "no-such-code"), ("many", "261125")):
        one = asking(text=text)
        yield f"text {name}, lists", partial(list_stuck, pool, one, limit=50)
        yield f"text {name}, counts", partial(count_stuck, pool, one, most=MOST_COUNTED)
    yield "freezes 10,000", partial(_freeze, pool, asking(causes=(large,)))


async def _freeze(pool: Pool, asking: Asking) -> UUID:
    """Freeze a list as an act does, and forget it."""
    act = new_id()
    asked = {**asking.parameters(), "act": act, "limit": 10_000}
    async with pool.connection() as connection, connection.transaction(force_rollback=True):
        await connection.execute(questions.freezing(asking.filter.asked), asked)
    return act


def _report(
    read: argparse.Namespace, taken: dict[str, list[Taken]], console: Console
) -> dict[str, Any]:
    table = Shown(title=f"{read.transfers:,} transfers, {read.stuck:,} stuck; milliseconds")
    table.add_column("question")
    for heading in ("median", "p95", "processor median", "p95"):
        table.add_column(heading, justify="right")
    told = {
        name: [
            *_middle_and_p95([one.waited for one in times]),
            *_middle_and_p95([one.worked for one in times]),
        ]
        for name, times in taken.items()
    }
    for name, numbers in told.items():
        table.add_row(name, *(f"{number:.1f}" for number in numbers))
    console.print(table)
    pages = [name for name in told if not name.startswith(("text", "freezes", "groups all"))]
    texts = [name for name in told if name.startswith("text")]
    page, text = (max(told[name][1] for name in names) for names in (pages, texts))
    return {
        "transfers": read.transfers,
        "open": read.open,
        "stuck": read.stuck,
        "page_p95_ms": round(page),
        "text_p95_ms": round(text),
        "page_processor_p95_ms": round(max(told[name][3] for name in pages)),
        "text_processor_p95_ms": round(max(told[name][3] for name in texts)),
        "load": [round(one, 1) for one in os.getloadavg()],
        "holds": page < MOST_PAGE_MS and text < MOST_TEXT_MS,
        "ms": told,
    }


def _middle_and_p95(numbers: Sequence[float]) -> tuple[float, float]:
    p95 = quantiles(numbers, n=20)[-1] if len(numbers) > 1 else numbers[0]
    return round(median(numbers), 1), round(p95, 1)


if __name__ == "__main__":
    main()
