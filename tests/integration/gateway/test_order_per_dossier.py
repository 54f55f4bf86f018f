"""Of one dossier, nothing an agency is sent overtakes what it is still owed: drawn at random.

A partner fails in every way there is, two gateways send, and one of them is replaced in the middle.
What the partner has acted on is then read in the order in which it came.
"""

import random
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

import orjson
import psycopg
import pytest

from connectors.protocol import (
    Asked,
    Delivered,
    Endpoint,
    Missing,
    Outcome,
    Parcel,
    Refused,
    Unreachable,
)
from tests.stage.callers import CUT, DOWN, ScriptedCaller
from tests.stage.dossiers import COMMUNE
from tests.stage.facts import eventually
from tests.stage.inside import Inside, connect_agencies, gateway_inside

DOSSIERS, EACH = 12, 5
BUSY = Unreachable("busy", "not now")
WRONG = Refused("wrong", "never")


class FailingCaller(ScriptedCaller):
    """Its partner fails as drawn, for a while; it keeps what it acted on, once per delivery."""

    def __init__(self, seed: int, *, idempotent: bool) -> None:
        super().__init__("failing", idempotent=idempotent)
        self._random = random.Random(seed)
        self._failures = 150
        self.acted: dict[str, list[int]] = defaultdict(list)
        self.refused: set[tuple[str, int]] = set()

    async def send(self, endpoint: Endpoint, parcels: Sequence[Parcel]) -> list[Outcome]:
        [parcel] = parcels
        self.sent.append(parcel.delivery)
        outcome = self._draw()
        if isinstance(outcome, Delivered) or (outcome is CUT and self._random.random() < 0.5):
            self._act(parcel)
        if outcome is WRONG:
            self.refused.add(_place(parcel))
        return [outcome]

    async def ask(self, endpoint: Endpoint, parcel: Parcel) -> Asked | None:
        if self._random.random() < 0.3:
            return DOWN
        dossier, ordinal = _place(parcel)
        return Delivered("there") if ordinal in self.acted[dossier] else Missing()

    def _draw(self) -> Outcome:
        if self._failures > 0 and self._random.random() < 0.6:
            self._failures -= 1
            return self._random.choice((CUT, CUT, DOWN, BUSY, WRONG))
        return Delivered("acted")

    def _act(self, parcel: Parcel) -> None:
        dossier, ordinal = _place(parcel)
        if ordinal not in self.acted[dossier]:
            self.acted[dossier].append(ordinal)
        elif not self._idempotent:
            raise AssertionError(f"acted twice on {dossier}/{ordinal}")


def _place(parcel: Parcel) -> tuple[str, int]:
    return str(parcel.envelope["subject"]), int(orjson.loads(parcel.body)["data"]["ordinal"])


def _owe(database_url: str, dossiers: range, ordinals: range) -> None:
    with psycopg.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO deliveries (id, agency, kind, transfer_id, ordinal, subject, data, state,"
            " created_at, next_attempt_at) VALUES (gen_random_uuid(), %s, 'hop.changed', %s, %s,"
            " %s, json_build_object('ordinal', %s::integer)::text, 'pending', now(), now())",
            [
                (COMMUNE, UUID(int=dossier), ordinal, f"dossier-{dossier}", ordinal)
                for dossier in dossiers
                for ordinal in ordinals
            ],
        )


@asynccontextmanager
async def _gateway(database_url: str, caller: FailingCaller) -> AsyncIterator[Inside]:
    async with gateway_inside(
        database_url,
        callers={"failing": caller},
        lease_seconds=3,
        backoff_base=0.05,
        backoff_cap=0.2,
        breaker_failures=100,
        database_pool=3,
    ) as inside:
        yield inside


@pytest.mark.parametrize("idempotent", [True, False])
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_whatever_fails_the_order_of_each_dossier_is_kept(
    seed: int, idempotent: bool, database_url: str
) -> None:
    caller = FailingCaller(seed, idempotent=idempotent)
    connect_agencies(database_url, {COMMUNE: "failing"}, timeout_ms=100)
    _owe(database_url, range(DOSSIERS), range(1, EACH + 1))

    async with AsyncExitStack() as lasting:
        one = await lasting.enter_async_context(_gateway(database_url, caller))
        async with _gateway(database_url, caller):
            await eventually(lambda: sum(map(len, caller.acted.values())) > 10, within=30)
            _owe(database_url, range(DOSSIERS), range(EACH + 1, 2 * EACH + 1))
        await lasting.enter_async_context(_gateway(database_url, caller))
        await eventually(
            lambda: not one.count("SELECT count(*) FROM deliveries WHERE state = 'pending'"),
            within=60,
        )

    for dossier in range(DOSSIERS):
        acted = caller.acted[f"dossier-{dossier}"]
        refused = {o for d, o in caller.refused if d == f"dossier-{dossier}"}
        assert acted == sorted(acted)
        assert set(acted) | refused == set(range(1, 2 * EACH + 1))
