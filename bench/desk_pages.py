"""The first page of every screen over HTTP, by somebody signed in, against a grown store.

Which pages there are is not written here: the screens come from the console's navigation, and what
they link to is followed twice, one address for each route and set of parameters. A few deep links
are added that only a form leads to. Two people ask: one who may see everything, and one operator of
a single commune, whose lists are narrowed. Downloads are measured and not judged.
"""

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from fastapi.routing import APIRoute
from rich.progress import Progress

from bench.desk_visits import EVERY_ROLE, Browser, Meter, browser, sign_in
from bench.gateway_process import GatewayProcess
from bench.processes import descendants
from bench.stage import Stage
from gateway.console.app import ROUTERS
from gateway.console.navigation import SCREENS
from gateway.operations.causes import Cause

MOST_PAGE_MS: Final = 300.0
MOST_TEXT_MS: Final = 1000.0
MOST_KB: Final = 100.0
"""Of HTML, uncompressed: what a first page should not weigh more than."""

_DEPTH: Final = 2
_MOST_PAGES: Final = 80
_SETTLES: Final = 3.0
_FURTHER: Final = frozenset({"after", "before", "page"})
"""What only the pages that follow a first one are asked with."""
DEEP: Final = (
    *(f"/console/stuck?cause={cause}" for cause in Cause),
    "/console/stuck?cause=undelivered&agency=H31.115",
    "/console/stuck?cause=undelivered&agency=H31&below=1",
    "/console/stuck?cause=undelivered&level=commune",
    "/console/stuck?cause=undelivered&procedure=2.000987",
    "/console/stuck?cause=undelivered&failure=tls",
    "/console/stuck?cause=undelivered&older=1h",
    "/console/stuck?cause=undelivered&assigned=nobody",
    "/console/stuck?text=0004321",
    "/console/stuck?text=no-such-code",
    "/console/stuck?text=261125",
    "/console/stuck/order?act=retry&cause=undelivered&agency=H31.115",
)


@dataclass(slots=True)
class Visits:
    """Every visit to one address: milliseconds on the clock and of processors, and what came."""

    who: str
    address: str
    waited: list[float] = field(default_factory=list)
    gateway: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    kb: float = 0.0
    status: int = 200
    is_page: bool = True

    @property
    def is_text(self) -> bool:
        """Whether it looks for words."""
        return bool({"text", "q"} & {name for name, _ in parse_qsl(urlsplit(self.address).query)})

    @property
    def limit(self) -> float:
        return MOST_TEXT_MS if self.is_text else MOST_PAGE_MS

    @property
    def holds(self) -> bool:
        """Whether it was as quick as it must be; downloads always are, failures never."""
        return not self.is_page or (self.status < 400 and self.p95 < self.limit)

    @property
    def p95(self) -> float:
        return _quantile(self.waited, 95)

    def figures(self) -> dict[str, Any]:
        return {
            "who": self.who,
            "status": self.status,
            "p50_ms": round(median(self.waited), 1),
            "p95_ms": round(self.p95, 1),
            "p99_ms": round(_quantile(self.waited, 99), 1),
            "gateway_ms": round(median(self.gateway), 1),
            "database_ms": round(median(self.database), 1),
            "kb": round(self.kb, 1),
            "holds": self.holds,
        }


def visit_pages(
    stage: Stage, process: GatewayProcess, times: int, progress: Progress
) -> list[Visits]:
    """Visit every page so often, in turns; return what each came to."""
    people = {
        "everything": sign_in(stage, "bench-everything", EVERY_ROLE),
        "one commune": sign_in(stage, "bench-commune", ("operator",), "H31.115"),
    }
    found: list[Visits] = []
    for who, token in people.items():
        with browser(process.http, token) as visitor:
            found += [Visits(who, one) for one in addresses(visitor, DEEP)]
    gateway, database = Meter([process.pid]), Meter(descendants(stage.servers.postgres.process.pid))
    time.sleep(_SETTLES)
    idle = _idle(gateway, database)
    task = progress.add_task("visits pages", total=times)
    for _ in range(times):
        database.pids = descendants(stage.servers.postgres.process.pid)
        for who, token in people.items():
            with browser(process.http, token) as visitor:
                visitor.visit("/console/account")  # opens the connection, looks the session up
                for one in (visits for visits in found if visits.who == who):
                    _visit(visitor, one, gateway, database, idle)
        progress.advance(task)
    return found


def _visit(
    visitor: Browser, visits: Visits, gateway: Meter, database: Meter, idle: tuple[float, float]
) -> None:
    before = gateway.seconds(), database.seconds()
    seen = visitor.visit(visits.address)
    spent = gateway.seconds() - before[0], database.seconds() - before[1]
    visits.waited.append(seen.seconds * 1000)
    for into, used, rate in zip((visits.gateway, visits.database), spent, idle, strict=True):
        into.append(max(0.0, used - rate * seen.seconds) * 1000)
    visits.kb = len(seen.body) / 1024
    visits.status = seen.status
    visits.is_page = seen.is_page


def _idle(*meters: Meter) -> tuple[float, float]:
    """Return how much of a second each spends while nobody asks."""
    before = [meter.seconds() for meter in meters]
    time.sleep(_SETTLES)
    first, second = (
        (meter.seconds() - was) / _SETTLES for meter, was in zip(meters, before, strict=True)
    )
    return first, second


def addresses(visitor: Browser, deep: Iterable[str] = ()) -> list[str]:
    """Return the screens that a visitor may open, the deep links, and what they all lead to."""
    found: dict[tuple[str, ...], str] = {}
    behind = [screen.path for screen in SCREENS]
    for level in range(_DEPTH + 1):
        ahead: list[str] = []
        for address in behind:
            shape = _shape(address)
            if shape is None or shape in found or len(found) >= _MOST_PAGES:
                continue
            seen = visitor.visit(address)
            if level == 0 and seen.status in (403, 404):
                continue  # not theirs
            found[shape] = address
            ahead += seen.links if seen.is_page else []
        behind = ahead
    return [*found.values(), *(one for one in deep if one not in found.values())]


def _shape(address: str) -> tuple[str, ...] | None:
    """Return the route that answers an address, with the names of its parameters.

    None for what is no first page, and for what no screen of ours answers.
    """
    split = urlsplit(address)
    names = {name for name, _ in parse_qsl(split.query)}
    if names & _FURTHER:
        return None
    for path, matches in _ROUTES:
        if matches.match(split.path):
            return (path, *sorted(names))
    return None


def _routes() -> Sequence[tuple[str, re.Pattern[str]]]:
    return [
        (route.path, route.path_regex)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ())
    ]


_ROUTES: Final = _routes()


def _quantile(values: Sequence[float], percent: int) -> float:
    return (
        quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]
    )
