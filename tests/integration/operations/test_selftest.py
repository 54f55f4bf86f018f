"""The self-test sees every rule of legal time fire, and names exactly the one that does not."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from gateway.duties.examiner import SENDING, Examiner
from gateway.duties.sentry import Sentry
from gateway.operations.alarms import list_alarms
from gateway.operations.stuck import Asking, count_stuck
from gateway.selftest import examinations
from gateway.selftest.cases import CASES, RULES
from routing.legaltime import warning_instants
from routing.lifecycle import breaches, clocks, limits, supplements
from routing.lifecycle.model import Hop, HopClock, LimitName
from tests.integration.api.running import Api, submission

Break = Callable[[pytest.MonkeyPatch], None]
HOUR = timedelta(hours=1)
STEP = 12.0
"""Seconds between two looks of the timekeeper: no two instants of the cases lie closer."""


@pytest.fixture
def examiner(api: Api) -> Examiner:
    return _examiner(api)


def _examiner(api: Api) -> Examiner:
    return Examiner(
        api.gateway.services.pool,
        api.gateway.committer,
        api.clock,
        grace=api.gateway.services.rulebook.policies.grace,
        every=HOUR,
    )


async def _examine(api: Api, examiner: Examiner) -> dict[str, Any]:
    """Run one examination from its beginning to its end, in stepped legal time."""
    pool, now = api.gateway.services.pool, api.clock.now()
    begun = await examinations.begin(pool, now=now, since=now) or await _open(api)
    view = await examinations.find(pool, begun)
    while view is not None and view["finished_at"] is None:
        if view["due_at"] is not None and api.clock.now() <= view["due_at"]:
            api.clock.move(seconds=STEP)
            await api.keep_time()
            continue
        await examiner.look()
        view = await examinations.find(pool, begun)
    assert view is not None
    return view


async def _open(api: Api) -> UUID:
    [(examination,)] = await api.rows("SELECT id FROM examinations WHERE finished_at IS NULL")
    found: UUID = examination
    return found


async def _alarmed(api: Api) -> dict[str, str]:
    alarms = await list_alarms(api.gateway.services.pool)
    return {one["subject"]: one["detail"].get("fault", "") for one in alarms}


# Breaking one rule each, where it is decided


def _without_instant(limit: LimitName, *, lapsing: bool | None = None) -> Break:
    """The timekeeper never learns that a hop's limit comes: a timer nobody set."""

    def broken(patch: pytest.MonkeyPatch) -> None:
        known = Hop.instants

        def instants(self: Hop, grace: timedelta) -> list[tuple[str, Any]]:
            found = known(self, grace)
            if lapsing is not None and self.lapses is not lapsing:
                return found
            return [one for one in found if one[0] != limit]

        patch.setattr(Hop, "instants", instants)

    return broken


def _without_overall(patch: pytest.MonkeyPatch) -> None:
    known = HopClock.instants

    def instants(self: HopClock, limit: LimitName, grace: timedelta) -> list[tuple[str, Any]]:
        return [one for one in known(self, limit, grace) if one[0] != LimitName.OVERALL]

    patch.setattr(HopClock, "instants", instants)


def _without_entry(limit: LimitName) -> Break:
    """The limit is reached, and nothing is entered or told."""

    def broken(patch: pytest.MonkeyPatch) -> None:
        known = breaches._announce

        def announce(draft: Any, hop: Any, name: LimitName, *rest: Any) -> None:
            if name is not limit:
                known(draft, hop, name, *rest)

        patch.setattr(breaches, "_announce", announce)

    return broken


def _without_threshold(budget: str, name: str) -> Break:
    def broken(patch: pytest.MonkeyPatch) -> None:
        known = warning_instants

        def warnings(calendar: Any, started: Any, of: Any, *rest: Any) -> Any:
            found = known(calendar, started, of, *rest)
            return tuple(one for one in found if (str(of), one[0]) != (budget, name))

        patch.setattr(clocks, "warning_instants", warnings)

    return broken


def _without_start(patch: pytest.MonkeyPatch) -> None:
    def exceed_receipt(draft: Any, hop: Hop) -> None:
        assert hop.receive_by is not None
        draft.legal_at = hop.receive_by
        breaches.exceed(draft, hop, LimitName.RECEIPT, hop.receive_by)

    patch.setattr(limits, "_exceed_receipt", exceed_receipt)


def _without_stop(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(supplements, "stop_by_time", lambda *_: None)


BROKEN: dict[str, Break] = {
    "breach:handover": _without_instant(LimitName.HANDOVER),
    "breach:receipt": _without_entry(LimitName.RECEIPT),
    "breach:deadline": _without_instant(LimitName.DEADLINE, lapsing=False),
    "breach:overall": _without_overall,
    "breach:supplement": _without_entry(LimitName.SUPPLEMENT),
    "supplement-stop": _without_stop,
    "refusal-release": _without_instant(LimitName.REFUSAL),
    "lapse": _without_instant(LimitName.DEADLINE, lapsing=True),
    "start-without-receipt": _without_start,
    **{f"warning:{name}": _without_threshold("4 min", name) for name in ("50%", "80%", "1min")},
    **{
        f"overall-warning:{name}": _without_threshold("6 min", name)
        for name in ("50%", "80%", "1min")
    },
}


def test_every_rule_is_broken_by_a_test() -> None:
    assert set(BROKEN) == set(RULES)


async def test_every_rule_fires_and_nothing_is_left(api: Api, examiner: Examiner) -> None:
    view = await _examine(api, examiner)

    assert view["outcome"] == "passed", view
    assert {one["rule"] for one in view["expected"]} == set(RULES)
    assert {one["verdict"] for one in view["expected"]} == {"fired"}
    assert await _alarmed(api) == {}
    states = dict(await api.rows("SELECT id, state FROM transfers"))
    assert len(states) == len(CASES)
    assert "open" not in states.values()
    assert await api.rows("SELECT DISTINCT archived FROM transfers") == [(True,)]
    assert await api.rows("SELECT DISTINCT state FROM deliveries") == [("withdrawn",)]


@pytest.mark.parametrize("rule", RULES)
async def test_a_rule_that_never_runs_is_named(
    api: Api, examiner: Examiner, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    BROKEN[rule](monkeypatch)

    view = await _examine(api, examiner)

    assert view["outcome"] == "failed"
    assert await _alarmed(api) == {rule: "missing"}


async def test_a_timer_query_that_finds_nothing_breaks_every_rule(
    api: Api, examiner: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(limit: int) -> bool:
        return False

    async def keeps_no_time() -> None:
        return None

    monkeypatch.setattr(api.gateway.committer, "handle_due", nothing)
    monkeypatch.setattr(type(api), "keep_time", lambda _: keeps_no_time())

    await _examine(api, examiner)

    assert await _alarmed(api) == dict.fromkeys(RULES, "missing")


async def test_a_rule_that_fires_twice_is_named(
    api: Api, examiner: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = breaches._announce

    def announce(draft: Any, hop: Any, name: LimitName, *rest: Any) -> None:
        known(draft, hop, name, *rest)
        if name is LimitName.HANDOVER:
            known(draft, hop, name, *rest)

    monkeypatch.setattr(breaches, "_announce", announce)

    await _examine(api, examiner)

    assert await _alarmed(api) == {"breach:handover": "doubled"}


async def test_a_rule_that_counts_from_a_wrong_instant_is_named(
    api: Api, examiner: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = warning_instants

    def warnings(calendar: Any, started: Any, of: Any, *rest: Any) -> Any:
        late = timedelta(seconds=20)
        found = known(calendar, started, of, *rest)
        return tuple((name, at + late if name == "50%" else at) for name, at in found)

    monkeypatch.setattr(clocks, "warning_instants", warnings)

    await _examine(api, examiner)

    assert await _alarmed(api) == {"warning:50%": "wrong", "overall-warning:50%": "wrong"}


async def test_what_nobody_awaits_is_named(
    api: Api, examiner: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = warning_instants

    def warnings(calendar: Any, started: Any, of: Any, *rest: Any) -> Any:
        return (("10%", started + timedelta(seconds=12)), *known(calendar, started, of, *rest))

    monkeypatch.setattr(clocks, "warning_instants", warnings)

    await _examine(api, examiner)

    assert await _alarmed(api) == {"warning:10%": "unexpected", "overall-warning:10%": "unexpected"}


async def test_the_next_one_that_passes_clears_the_alarm(
    api: Api, examiner: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        BROKEN["breach:handover"](broken)
        await _examine(api, examiner)
    before = await _alarmed(api)
    api.clock.move(hours=1)

    view = await _examine(api, examiner)

    assert list(before) == ["breach:handover"]
    assert view["outcome"] == "passed"
    assert await _alarmed(api) == {}


async def test_it_passes_by_night_and_on_a_day_off(api: Api, examiner: Examiner) -> None:
    api.clock.move(days=5, hours=15)  # Saturday, 23:30

    view = await _examine(api, examiner)

    assert view["outcome"] == "passed", view


async def test_synthetic_dossiers_are_on_no_list(api: Api, examiner: Examiner) -> None:
    while not await api.rows("SELECT 1 FROM examinations WHERE due_at IS NOT NULL"):
        await examiner.look()
    api.clock.move(minutes=30)
    await api.keep_time()

    services = api.gateway.services
    counts = await count_stuck(services.pool, Asking.of(services.rulebook, api.clock.now()))

    assert await api.rows("SELECT count(*) FROM transfers") == [(len(CASES),)]
    assert {one.cause: one.count for one in counts if one.count} == {}


async def test_it_begins_anew_when_its_interval_has_passed(api: Api, examiner: Examiner) -> None:
    await _examine(api, examiner)

    await examiner.look()
    before = await api.rows("SELECT count(*) FROM examinations")
    api.clock.move(hours=1)
    await examiner.look()

    assert before == [(1,)]
    assert await api.rows("SELECT count(*) FROM examinations") == [(2,)]


async def test_off_it_begins_none(api: Api) -> None:
    services = api.gateway.services
    off = Examiner(
        services.pool,
        services.committer,
        api.clock,
        grace=services.rulebook.policies.grace,
        every=timedelta(),
    )

    await off.look()

    assert await api.rows("SELECT count(*) FROM examinations") == [(0,)]


async def test_one_at_a_time_whoever_looks(api: Api) -> None:
    first, second = _examiner(api), _examiner(api)

    while not await api.rows("SELECT 1 FROM examinations WHERE due_at IS NOT NULL"):
        await asyncio.gather(first.look(), second.look())
    await asyncio.gather(first.look(), second.look())

    assert await api.rows("SELECT count(*) FROM examinations") == [(1,)]
    assert await api.rows("SELECT count(*) FROM transfers") == [(len(CASES),)]


async def _look_until_it_fails(examiner: Examiner) -> None:
    while True:  # the gateway's own examiner may hold the lease
        await examiner.look()


async def test_what_was_sent_before_an_interruption_is_not_sent_twice(
    api: Api, examiner: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def interrupted(*_: Any, **__: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as dying:
        dying.setattr(examinations, "expect", interrupted)
        with pytest.raises(ConnectionError):
            await _look_until_it_fails(examiner)

    view = await _examine(api, _examiner(api))

    assert view["outcome"] == "passed", view
    assert await api.rows("SELECT count(*) FROM transfers") == [(len(CASES),)]


async def test_a_dossier_that_cannot_be_sent_is_an_alarm(
    api: Api, examiner: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.selftest.sending.SYNTHETIC_PROCEDURE", "9.999998")

    view = await _examine(api, examiner)

    assert view["outcome"] == "failed"
    [alarm] = await list_alarms(api.gateway.services.pool)
    assert alarm["subject"] == SENDING
    assert alarm["detail"] == {"case": "unreachable", "problem": "unknown-procedure"}


async def test_an_examiner_that_does_nothing_is_seen_from_outside(api: Api) -> None:
    sentry = Sentry(api.gateway.services.pool, api.clock, selftest_every=HOUR)
    api.clock.move(hours=3, seconds=1)

    await sentry.look()

    assert [one["kind"] for one in await list_alarms(sentry._pool)] == ["selftest-overdue"]
    assert sentry.selftest_age == timedelta(hours=3, seconds=1)


async def test_one_that_passed_clears_it_and_is_shown(api: Api, examiner: Examiner) -> None:
    sentry = api.gateway.services.sentry
    await _examine(api, examiner)
    await sentry.look()

    ready = (await api.http.get("/readyz")).json()
    metrics = (await api.http.get("/metrics")).text

    assert datetime.fromisoformat(ready["selftest_passed_at"]) == sentry.selftest_passed_at
    assert "lienthong_selftest_age_seconds 0.0" in metrics


async def test_no_agency_can_submit_the_synthetic_procedure(api: Api) -> None:
    commune = await api.sign_in()
    event = submission(data__procedure="9.999999", data__facts={"case": "silent"})

    answer = await api.send(event, commune)

    assert answer.status_code == 422
    assert answer.json()["type"].endswith(":unknown-procedure")
