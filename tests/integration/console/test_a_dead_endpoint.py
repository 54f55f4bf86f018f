"""A thousand transfers behind one dead endpoint: freed as they were frozen, or stopped half-way."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import orjson
import pytest

from connectors.codes import CodeTable
from connectors.protocol import Delivered, Endpoint, Outcome, Parcel
from gateway.operations import acts, deeds
from gateway.operations.causes import Cause
from gateway.operations.runner import SLICE
from gateway.operations.stuck import Asking, StuckGroup, group_stuck
from gateway.operations.stuck_filter import StuckFilter
from tests.integration.api.running import BATCH, COMMUNE, Api, running, submission
from tests.integration.console.visiting import Visit, sign_in
from tests.stage.callers import DOWN
from tests.stage.facts import eventually

MANY = 1_000
MEANWHILE = 20
REASON = "Hệ thống của xã đã hoạt động lại"


class Partner:
    """A partner that is dead until it is back, and that keeps what it was sent."""

    name = "partner"

    def __init__(self) -> None:
        self.codes = CodeTable(self.name, ())
        self.is_back = False
        self.has: list[UUID] = []

    def is_idempotent(self, endpoint: Endpoint) -> bool:
        return True

    async def send(self, endpoint: Endpoint, parcels: Sequence[Parcel]) -> list[Outcome]:
        if not self.is_back:
            return [DOWN for _ in parcels]
        self.has += [parcel.delivery for parcel in parcels]
        return [Delivered("there") for _ in parcels]

    async def aclose(self) -> None:
        return


@pytest.fixture
def partner() -> Partner:
    return Partner()


@pytest.fixture
async def api(database_url: str, partner: Partner) -> AsyncIterator[Api]:
    """A gateway whose commune is dead, with a thousand dossiers for it."""
    async with running(database_url, {partner.name: partner}, archived_alone=MANY) as one:
        await one.reach_by(partner.name, COMMUNE)
        await _submit(one, MANY)
        one.clock.move(minutes=11)
        await one.keep_time()
        await eventually(lambda: _is_left_alone(one), within=60)
        yield one


async def _submit(api: Api, count: int) -> None:
    caller = await api.sign_in()
    for _ in range(0, count, 100):
        events = [submission() for _ in range(min(100, count))]
        answer = await api.http.post(
            "/v1/messages",
            content=orjson.dumps(events),
            headers={**caller, "Content-Type": BATCH},
        )
        assert answer.status_code == 200, answer.text


async def _is_left_alone(api: Api) -> bool:
    return await api.rows("SELECT breaker FROM endpoints") == [("open",)]


async def _groups(api: Api) -> list[StuckGroup]:
    services = api.gateway.services
    wanted = StuckFilter(causes=(Cause.UNDELIVERED,))
    asking = Asking.of(services.rulebook, services.clock.now(), wanted)
    return (await group_stuck(services.pool, asking)).groups


async def _frozen(operator: Visit, act: str) -> UUID:
    """Order an act on the group of the dead endpoint, as the console's forms do."""
    answer = await operator.post(
        "/console/stuck/acts",
        act=act,
        query=f"cause=undelivered&agency={COMMUNE}&failure=breaker-open",
        whole="1",
        reason=REASON,
    )
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].rpartition("/")[2])


async def _ended(api: Api, act: UUID) -> dict[str, Any] | None:
    view = await acts.find_act(api.gateway.services.pool, act)
    return view if view is not None and view["state"] == "done" else None


async def test_a_group_is_freed_as_it_was_frozen_whatever_others_did_meanwhile(
    api: Api, partner: Partner
) -> None:
    operator = await sign_in(api, "operator")
    [group] = await _groups(api)
    act = await _frozen(operator, "retry")
    listed = await acts.list_items(api.gateway.services.pool, act, limit=MANY)
    others = listed[:MEANWHILE]
    await api.http.post(
        "/v1/operations/acts",
        json={
            "act": "stop",
            "reason": "Trùng hồ sơ",
            "targets": [{"transfer": str(one["transfer"])} for one in others],
        },
        headers=await api.sign_in(None, "operator"),
    )
    await _submit(api, MEANWHILE)
    api.clock.move(minutes=11)

    partner.is_back = True
    await operator.post(f"/console/acts/{act}/resume")
    view = await eventually(lambda: _ended(api, act), within=60)
    waiting = (
        "SELECT count(*) = 0 FROM deliveries d JOIN operator_act_items i"
        " ON i.transfer_id = d.transfer_id WHERE i.act_id = %s AND d.state = 'pending'"
        " AND d.kind = 'handover.offered'"
    )
    await eventually(lambda: _is_true(api, waiting, act), within=120)

    items = await acts.list_items(api.gateway.services.pool, act, limit=MANY + MEANWHILE)
    assert (group.agency, group.failure, group.count) == (COMMUNE, "breaker-open", MANY)
    assert [one["transfer"] for one in items] == [one["transfer"] for one in listed]
    skipped = {one["transfer"]: one["detail"] for one in items if one["outcome"] == "skipped"}
    stopped = {one["transfer"] for one in others}
    by_itself = {detail for transfer, detail in skipped.items() if transfer not in stopped}
    assert view["outcomes"] == {"done": MANY - len(skipped), "skipped": len(skipped)}
    assert all(skipped[one].startswith("illegal-transition") for one in stopped)
    assert by_itself <= {deeds.DELIVERED}
    assert len(partner.has) == len(set(partner.has))


async def _is_true(api: Api, query: str, *asked: Any) -> bool:
    [(answer,)] = await api.rows(query, *asked)
    return bool(answer)


async def test_what_is_cancelled_half_way_ends_within_the_items_at_hand(api: Api) -> None:
    operator = await sign_in(api, "operator")
    act = await _frozen(operator, "archive")
    await operator.post(f"/console/acts/{act}/resume")
    some = "SELECT count(*) > 0 FROM operator_act_items WHERE act_id = %s AND outcome IS NOT NULL"
    await eventually(lambda: _is_true(api, some, act), within=60)

    await operator.post(f"/console/acts/{act}/cancel")
    more = await api.state.runner.round()
    ended = await api.rows(
        "SELECT count(*) FILTER (WHERE i.ended_at > a.finished_at), count(i.ended_at),"
        " max(i.ended_at) - min(a.finished_at)"
        " FROM operator_acts a JOIN operator_act_items i ON i.act_id = a.id WHERE a.id = %s",
        act,
    )
    page = await operator.get(f"/console/acts/{act}?outcome=open")

    [(afterwards, altogether, _)] = ended
    assert not more
    assert afterwards <= SLICE
    assert 0 < altogether < MANY
    assert "Đã hủy" in page.text
    assert "Chưa làm" in page.text
