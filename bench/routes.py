"""How many routes one core plans, resolves again, stores and reads back per second.

Run: ``python bench/routes.py``. The last line is JSON. Each figure is the best of five passes by
CPU time, since the machine may be busy with other things; `plan` covers every packaged procedure
in turn, from every commune of the directory.
"""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import orjson

from routing.directory import load_directory
from routing.itinerary import (
    Itinerary,
    RouteRequest,
    from_document,
    plan,
    resolve_step,
    to_document,
)
from routing.procedures import load_catalogue
from routing.units import load_units

AS_OF = datetime(2026, 3, 2, 1, tzinfo=UTC)
THREE_STEPS = "9.000006"

T = TypeVar("T")


def main() -> None:
    """Measure and print."""
    tables = load_catalogue(), load_directory(), load_units()
    requests = _requests()
    planned = [_planned(request) for request in requests]
    short = [one for one in planned if one.procedure == THREE_STEPS]
    stored = [orjson.dumps(to_document(one)) for one in short]
    documents = [orjson.loads(one) for one in stored]
    pairs = [(step, r) for one, r in zip(planned, requests, strict=True) for step in one.steps]
    result = {
        "routes_per_s": _best(requests, lambda request: plan(request, *tables)),
        "steps_per_s": _best(pairs, lambda pair: resolve_step(pair[0], pair[1], *tables)),
        "to_document_per_s": _best(short, to_document),
        "from_document_per_s": _best(documents, from_document),
        "document_bytes_3_steps": max(map(len, stored)),
        "steps_per_route": round(len(pairs) / len(planned), 2),
        "routes": len(requests),
    }
    print(orjson.dumps(result).decode())


def _requests() -> list[RouteRequest]:
    catalogue, directory = load_catalogue(), load_directory()
    requests = []
    for agency in directory.in_force(AS_OF):
        if "one-stop.commune" not in agency.roles:
            continue
        for code in catalogue.codes():
            procedure = catalogue.in_force(code, AS_OF)
            assert procedure is not None
            places = {str(name): agency.jurisdiction[0] for name in procedure.places}
            needed = {one.name: one.choices[0] for one in procedure.facts.values() if one.required}
            requests.append(RouteRequest(code, agency.code, places, needed, AS_OF, AS_OF))
    return requests


def _planned(request: RouteRequest) -> Itinerary:
    planned = plan(request, load_catalogue(), load_directory(), load_units())
    assert isinstance(planned, Itinerary), planned
    return planned


def _best(batch: Sequence[T], work: Callable[[T], object]) -> int:
    rounds = max(1, 2_000 // len(batch))
    fastest = float("inf")
    for _ in range(5):
        began = time.process_time()
        for _ in range(rounds):
            for one in batch:
                work(one)
        fastest = min(fastest, time.process_time() - began)
    return round(len(batch) * rounds / fastest)


if __name__ == "__main__":
    main()
