"""What the screens ask of a grown store, asked directly: the use cases without HTTP and pages.

Every count, the first page and the groups of every cause, filters by text, agency, subtree, level
and failure, and the frozen list of an act.
"""

import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from rich.progress import Progress

from gateway.console.screens.stuck import MOST_COUNTED
from gateway.ids import new_id
from gateway.operations import questions
from gateway.operations.causes import Cause
from gateway.operations.stuck import Asking, count_stuck, group_stuck, list_stuck, page_of_stuck
from gateway.operations.stuck_filter import StuckFilter
from gateway.rulebook import Rulebook
from gateway.store.pool import Pool

Asked = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Taken:
    """What one answer took, in milliseconds: on the clock, and of processors, ours and theirs."""

    waited: float
    worked: float


async def ask_questions(
    pool: Pool, rulebook: Rulebook, times: int, progress: Progress
) -> dict[str, list[Taken]]:
    """Ask everything so often, in turns; return what each answer took."""
    taken: dict[str, list[Taken]] = {}
    async with pool.connection() as connection:
        backend = connection.info.backend_pid
    asked = list(_questions(pool, rulebook))
    task = progress.add_task("asks directly", total=times)
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
