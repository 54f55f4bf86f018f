"""Alarms: one per kind and subject, counted, acknowledged, cleared; seen on every surface."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gateway.cli.alarms import app
from gateway.duties.sentry import Sentry
from gateway.operations.alarm_kinds import AlarmKind
from gateway.operations.alarms import (
    acknowledge_alarm,
    acknowledge_alarms,
    clear_alarm,
    count_alarms,
    group_alarms,
    list_alarms,
    raise_alarm,
)
from gateway.operations.audit import By
from gateway.store.pool import Pool, open_pool
from tests.integration.api.running import Api, SetClock

SOON = AlarmKind.CALENDAR_MISSING_SOON
NOBODY = "00000000-0000-7000-8000-000000000001"


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with open_pool(database_url, size=4) as one:
        yield one


@pytest.fixture
def command(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("LIENTHONG_DATABASE_URL", database_url)

    async def run(*arguments: str) -> Result:
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, list(arguments)))

    return run


async def test_raised_again_it_is_counted_with_its_newest_detail(pool: Pool) -> None:
    first = await raise_alarm(pool, SOON, "vn", {"days": 40})
    again = await asyncio.gather(*(raise_alarm(pool, SOON, "vn", {"days": 39}) for _ in range(4)))

    [alarm] = await list_alarms(pool)
    assert (first, again) == (True, [False] * 4)
    assert (alarm["kind"], alarm["subject"], alarm["count"]) == ("calendar-missing-soon", "vn", 5)
    assert alarm["detail"] == {"days": 39}
    assert alarm["last_seen_at"] >= alarm["first_raised_at"]


async def test_subjects_are_apart(pool: Pool) -> None:
    await raise_alarm(pool, SOON, "vn")
    await raise_alarm(pool, SOON, "vn.h31")

    cleared = await clear_alarm(pool, SOON, "vn")

    assert cleared
    assert [one["subject"] for one in await list_alarms(pool)] == ["vn.h31"]
    assert (await count_alarms(pool))["calendar-missing-soon"] == 1


async def test_cleared_it_is_history_and_the_next_is_a_new_one(pool: Pool) -> None:
    await raise_alarm(pool, SOON, "vn")
    await clear_alarm(pool, SOON, "vn")

    raised_anew = await raise_alarm(pool, SOON, "vn")

    assert raised_anew
    newest, oldest = await list_alarms(pool, cleared=True)
    assert newest["cleared_at"] is None
    assert oldest["cleared_at"] is not None
    assert not await clear_alarm(pool, AlarmKind.TIMEKEEPER_LAG, "timekeeper")


async def test_who_took_note_first_stands_and_it_stays_open(pool: Pool) -> None:
    await raise_alarm(pool, SOON, "vn")
    [alarm] = await list_alarms(pool)

    await acknowledge_alarm(pool, alarm["alarm"], by="operator:one")
    await acknowledge_alarm(pool, alarm["alarm"], by="operator:two")

    [noted] = await list_alarms(pool)
    assert noted["acknowledged_by"] == "operator:one"
    assert noted["cleared_at"] is None
    await clear_alarm(pool, SOON, "vn")
    assert await acknowledge_alarm(pool, alarm["alarm"], by="operator:two") is None


async def test_a_timekeeper_that_does_nothing_is_seen_from_outside(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def does_nothing(limit: int) -> bool:
        return False

    monkeypatch.setattr(api.gateway.committer, "handle_due", does_nothing)
    await api.submit(await api.sign_in())
    api.clock.move(minutes=10, seconds=51)  # claimed ten seconds before the clock
    sentry = Sentry(api.gateway.services.pool, api.clock)

    await sentry.look()
    after_one_look = await list_alarms(api.gateway.services.pool)
    await sentry.look()

    assert after_one_look == []
    assert sentry.lag == timedelta(seconds=61)
    assert sentry.alarms["timekeeper-lag"] == 1
    monkeypatch.undo()
    await api.keep_time()
    await sentry.look()
    assert sentry.alarms["timekeeper-lag"] == 0


async def test_a_timer_that_is_not_yet_late_is_no_alarm(api: Api) -> None:
    await api.submit(await api.sign_in())
    clock = SetClock(api.clock.now())
    sentry = Sentry(api.gateway.services.pool, clock)
    clock.move(minutes=10, seconds=50)

    await sentry.look()
    await sentry.look()

    assert sentry.lag == timedelta(seconds=60)
    assert await list_alarms(api.gateway.services.pool) == []


async def test_operators_read_and_acknowledge_over_http(api: Api) -> None:
    operator = await api.sign_in(None, "operator")
    await raise_alarm(api.gateway.services.pool, SOON, "vn", {"known_until": "2027-02-03"})
    await api.gateway.services.sentry.look()

    page = (await api.http.get("/v1/operations/alarms", headers=operator)).json()
    [alarm] = page["alarms"]
    where = f"/v1/operations/alarms/{alarm['alarm']}/acknowledge"
    noted = await api.http.post(where, headers=operator)
    ready = await api.http.get("/readyz")
    metrics = (await api.http.get("/metrics")).text

    assert page["next"] is None
    assert alarm["detail"] == {"known_until": "2027-02-03"}
    assert alarm["title"]["vi"] == "Lịch làm việc sắp hết"
    assert noted.json()["acknowledged_by"].startswith("operator:operator-")
    assert ready.status_code == 200
    assert ready.json()["alarms"] == {"calendar-missing-soon": 1}
    assert 'lienthong_alarms{kind="calendar-missing-soon"} 1.0' in metrics
    assert 'lienthong_alarms{kind="timekeeper-lag"} 0.0' in metrics
    missing = await api.http.post(where.replace(alarm["alarm"], NOBODY), headers=operator)
    assert missing.status_code == 404


async def test_pages_of_alarms_follow_each_other(api: Api) -> None:
    operator = await api.sign_in(None, "operator")
    for number in range(5):
        await raise_alarm(api.gateway.services.pool, SOON, f"vn.{number}")
    found: list[str] = []
    query: dict[str, Any] = {"limit": 2}

    while True:
        answer = await api.http.get("/v1/operations/alarms", params=query, headers=operator)
        page = answer.json()
        found += [one["subject"] for one in page["alarms"]]
        if page["next"] is None:
            break
        query["before"] = page["next"]

    assert found == ["vn.4", "vn.3", "vn.2", "vn.1", "vn.0"]


async def test_agencies_do_not_see_alarms(api: Api) -> None:
    commune = await api.sign_in()

    listed = await api.http.get("/v1/operations/alarms", headers=commune)
    noted = await api.http.post(f"/v1/operations/alarms/{NOBODY}/acknowledge", headers=commune)

    assert (listed.status_code, noted.status_code) == (403, 403)


async def test_the_command_lists_and_acknowledges(pool: Pool, command: Any) -> None:
    nothing = await command("list")
    await raise_alarm(pool, SOON, "vn", {"known_until": "2027-02-03"})
    listed = json.loads((await command("list", "--json")).stdout)

    noted = await command("acknowledge", listed[0]["alarm"])
    for_people = await command("list")
    again = await command("acknowledge", NOBODY)

    assert "no alarms" in nothing.stdout
    assert noted.exit_code == 0, noted.output
    assert "Lịch làm việc sắp hết" in for_people.stdout
    assert "operator:cli:" in for_people.stdout
    assert again.exit_code == 1
    assert NOBODY in again.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["acknowledge", "not-an-id"], "is not an id"),
        (["list"], "LIENTHONG_DATABASE_URL is missing"),
    ],
)
async def test_bad_input_is_one_line_and_exit_code_two(
    command: Any, monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    if "missing" in told:
        monkeypatch.delenv("LIENTHONG_DATABASE_URL")

    result = await command(*arguments)

    assert result.exit_code == 2
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1


async def test_a_kind_is_noted_up_to_what_was_seen_and_by_whom_is_on_record(pool: Pool) -> None:
    await raise_alarm(pool, AlarmKind.UNLISTED_CODE, "webhook:418")
    await raise_alarm(pool, AlarmKind.UNLISTED_CODE, "webhook:419")
    await raise_alarm(pool, AlarmKind.SCANNER_AWAY, "documents")
    [seen] = [one for one in group_alarms(await list_alarms(pool)) if len(one.alarms) == 2]
    await raise_alarm(pool, AlarmKind.UNLISTED_CODE, "webhook:420")

    by = By("operator:person:lan")
    noted = [await acknowledge_alarms(pool, seen.kind, seen.newest, by) for _ in range(2)]

    groups = group_alarms(await list_alarms(pool))
    async with pool.connection() as connection:
        entries = await connection.execute("SELECT actor, act, subject, after FROM audit")
        trail = await entries.fetchall()
    assert noted == [2, 0]
    assert [(one.kind, one.unnoted, len(one.alarms)) for one in groups] == [
        ("unlisted-code", 1, 3),
        ("scanner-away", 1, 1),
    ]
    after = {"subjects": ["webhook:418", "webhook:419"]}
    assert trail == [("operator:person:lan", "alarm.acknowledged", "unlisted-code", after)]
