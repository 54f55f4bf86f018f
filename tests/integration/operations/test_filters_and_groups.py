"""What is stuck is asked for by conditions, grouped by failure, and acted on as it was found."""

from datetime import timedelta
from typing import Any

from gateway.operations import acts
from gateway.operations.acts import Order
from gateway.operations.causes import Cause
from gateway.operations.stuck import Asking, Stuck, group_stuck, list_stuck
from gateway.operations.stuck_filter import StuckFilter
from routing.lifecycle.model import Act
from tests.integration.api.running import COMMUNE, Api

REASON = "Đã gọi bộ phận kỹ thuật"
ELSEWHERE = "H31.102"


async def _undelivered(api: Api, count: int = 3) -> list[str]:
    """Submit dossiers whose hand-over failed, each with another code; return their transfers."""
    caller = await api.sign_in()
    made = [str((await api.submit(caller))["transfer"]) for _ in range(count)]
    for transfer, code in zip(made, ("timeout", "timeout", "http-503"), strict=False):
        await api.rows(
            "UPDATE deliveries SET failure_code = %s, attempts = 1 WHERE transfer_id = %s"
            " AND kind = 'handover.offered'",
            code,
            transfer,
        )
    api.clock.move(minutes=11)
    await api.keep_time()  # a clock that is handled later would write over what a test changes
    return made


def _asking(api: Api, reach: set[str] | None = None, **wanted: Any) -> Asking:
    services = api.gateway.services
    wanted.setdefault("causes", (Cause.UNDELIVERED,))
    return Asking.of(services.rulebook, services.clock.now(), StuckFilter(**wanted), reach)


async def _found(api: Api, reach: set[str] | None = None, **wanted: Any) -> list[Stuck]:
    return await list_stuck(api.gateway.services.pool, _asking(api, reach, **wanted))


async def test_each_condition_takes_what_meets_it(api: Api) -> None:
    first, second, third = await _undelivered(api)
    code = (await _found(api))[0].code or ""
    await api.rows("UPDATE hops SET agency = %s WHERE transfer_id = %s", ELSEWHERE, third)
    await api.rows("INSERT INTO assignments VALUES (%s, 'lan', 'operator:x')", second)
    all_of_them = {first, second, third}
    late, soon = timedelta(minutes=1), timedelta(hours=1)
    due = (await _found(api))[0].due
    assert due is not None

    for wanted, expected in (
        ({}, all_of_them),
        ({"agency": ELSEWHERE}, {third}),
        ({"agency": "H31", "below": True}, all_of_them),
        ({"agency": "H31"}, set()),
        ({"level": "commune"}, all_of_them),
        ({"level": "province"}, set()),
        ({"procedure": "2.000987"}, all_of_them),
        ({"procedure": "1.000001"}, set()),
        ({"failure": "timeout"}, {first, second}),
        ({"stuck_for": late}, all_of_them),
        ({"stuck_for": soon}, set()),
        ({"time_left": soon}, set()),
        ({"time_left": due - api.clock.now()}, all_of_them),
        ({"text": code[-6:].lower()}, {first}),
        ({"text": "503"}, {third}),
        ({"text": "1_2"}, set()),
        ({"text": ELSEWHERE.lower()}, {third}),
        ({"person": "lan"}, {second}),
        ({"unassigned": True}, {first, third}),
    ):
        found = {str(item.transfer) for item in await _found(api, **wanted)}
        assert found == expected, wanted


async def test_nobody_sees_beyond_their_reach(api: Api) -> None:
    _, _, third = await _undelivered(api)
    await api.rows("UPDATE hops SET agency = %s WHERE transfer_id = %s", ELSEWHERE, third)

    theirs = await _found(api, {ELSEWHERE})
    others = await _found(api, {ELSEWHERE}, agency=COMMUNE)

    assert [str(item.transfer) for item in theirs] == [third]
    assert others == []


async def test_alike_failures_are_a_group_and_a_group_is_a_filter(api: Api) -> None:
    first, second, _ = await _undelivered(api)

    found = await group_stuck(api.gateway.services.pool, _asking(api, causes=()))
    [group] = [one for one in found.groups if one.failure == "timeout"]
    of_group = Asking.of(api.gateway.services.rulebook, api.clock.now(), group.filter)
    inside = await list_stuck(api.gateway.services.pool, of_group)

    assert (group.cause, group.agency, group.count) == (Cause.UNDELIVERED, COMMUNE, 2)
    assert {str(item.transfer) for item in inside} == {first, second}
    assert group.oldest == min(item.since for item in inside if item.since)
    assert group.most_urgent == min(item.due for item in inside if item.due)


async def test_every_group_of_every_cause_holds_what_it_counts(api: Api) -> None:
    await _undelivered(api)
    api.clock.move(days=21)
    await api.keep_time()
    pool, rulebook = api.gateway.services.pool, api.gateway.services.rulebook

    found = await group_stuck(pool, _asking(api, causes=()))

    assert len({group.cause for group in found.groups}) > 2
    for group in found.groups:
        inside = await list_stuck(pool, Asking.of(rulebook, api.clock.now(), group.filter))
        assert len(inside) == group.count, group


async def test_an_act_on_a_filter_is_frozen_as_it_was_found(api: Api) -> None:
    first, second, _ = await _undelivered(api)
    services = api.gateway.services
    order = Order(Act.ARCHIVE, "operator:x", REASON)

    frozen = await acts.freeze_asked(
        services.pool, order, _asking(api, failure="timeout"), dry_run=True
    )
    await api.rows("UPDATE deliveries SET failure_code = 'other'")
    items = await acts.list_items(services.pool, frozen.id)

    assert (frozen.total, frozen.capped) == (2, False)
    assert {str(one.transfer_id) for one in frozen.sample} == {first, second}
    assert {str(item["transfer"]) for item in items} == {first, second}


async def test_a_list_that_is_too_long_says_so(api: Api, monkeypatch: Any) -> None:
    await _undelivered(api)
    monkeypatch.setattr(acts, "MOST_ITEMS", 2)
    order = Order(Act.ARCHIVE, "operator:x", REASON)

    frozen = await acts.freeze_asked(api.gateway.services.pool, order, _asking(api), dry_run=True)

    assert (frozen.total, frozen.capped) == (2, True)


async def test_what_has_several_causes_is_acted_on_once(api: Api) -> None:
    [transfer] = await _undelivered(api, 1)
    api.clock.move(days=21)
    order = Order(Act.ARCHIVE, "operator:x", REASON)
    asking = _asking(api, causes=(Cause.UNDELIVERED, Cause.OVERDUE))

    frozen = await acts.freeze_asked(api.gateway.services.pool, order, asking, dry_run=True)
    items = await acts.list_items(api.gateway.services.pool, frozen.id)

    steps = [(str(item["transfer"]), item["step"]) for item in items]
    assert len(steps) == len(set(steps)) == frozen.total
    assert (transfer, "civil-status") in steps


async def test_over_http_a_group_is_retried_and_its_endpoint_asked_again(api: Api) -> None:
    await api.reach_by("amqp", COMMUNE)
    await _undelivered(api)
    await api.rows("UPDATE endpoints SET breaker = 'open', breaker_until = now() + interval '1 h'")
    operator = await api.sign_in(None, "operator")

    groups = (
        await api.http.get(
            "/v1/operations/stuck-groups",
            params={"cause": "undelivered", "text": "Breaker"},
            headers=operator,
        )
    ).json()["groups"]
    answer = await api.http.post(
        "/v1/operations/acts",
        json={"act": "retry", "reason": REASON, "filter": groups[0]["filter"]},
        headers=operator,
    )

    act = answer.json()
    assert (act["total"], act["outcomes"], act["capped"]) == (3, {"done": 3}, False)
    assert act["question"]["filter"]["failure"] == "breaker-open"
    assert await api.rows("SELECT breaker_until <= clock_timestamp() FROM endpoints") == [(True,)]


async def test_contradictions_and_names_are_refused(api: Api) -> None:
    operator = await api.sign_in(None, "operator")
    for query in ("text=Nguyễn", "below=true", "assigned=lan&unassigned=true", "level=moon"):
        answer = await api.http.get(f"/v1/operations/stuck?{query}", headers=operator)
        assert answer.status_code == 400, query
    for wanted in ({}, {"causes": ["undelivered"], "below": True}, {"causes": ["moon"]}):
        answer = await api.http.post(
            "/v1/operations/acts",
            json={"act": "retry", "reason": REASON, "filter": wanted},
            headers=operator,
        )
        assert answer.status_code == 422, wanted


async def test_work_is_assigned_and_noted_and_no_list_shows_the_words(api: Api) -> None:
    first, second, third = await _undelivered(api)
    operator = await api.sign_in(None, "operator")
    words = "Ông Bí Mật hẹn gọi lại"

    async def act(**order: Any) -> dict[str, Any]:
        answer = await api.http.post(
            "/v1/operations/acts", json={"reason": REASON, **order}, headers=operator
        )
        assert answer.status_code == 202, answer.text
        view: dict[str, Any] = answer.json()
        return view

    assigned = await act(act="assign", person="lan", filter={"causes": ["undelivered"]})
    ended = await act(act="assign", targets=[{"transfer": third}])
    noted = await act(
        act="note", note=words, targets=[{"transfer": one} for one in (first, second)]
    )
    listed = await api.http.get("/v1/operations/stuck/undelivered", headers=operator)
    notes = await api.http.get(f"/v1/operations/notes/{first}", headers=operator)
    trail = await api.http.get("/v1/operations/acts", headers=operator)

    assert (assigned["outcomes"], ended["outcomes"]) == ({"done": 3}, {"done": 1})
    assert noted["outcomes"] == {"done": 2}
    who = {item["transfer"]: item["assigned"] for item in listed.json()["items"]}
    assert who == {first: "lan", second: "lan", third: None}
    assert [one["text"] for one in notes.json()["notes"]] == [words]
    assert "Bí Mật" not in trail.text + listed.text
    await api.rows("UPDATE payloads SET body = NULL, purged_at = now()")
    purged = await api.http.get(f"/v1/operations/notes/{second}", headers=operator)
    assert [one["text"] for one in purged.json()["notes"]] == [None]
    assert (
        await api.http.get(f"/v1/operations/notes/{first}", headers=await api.sign_in())
    ).status_code == 403


async def test_views_are_a_persons_own(api: Api) -> None:
    mine, others = await api.sign_in(None, "operator"), await api.sign_in(None, "operator")
    wanted = {"causes": ["overdue"], "stuck_for": 3600, "text": "260302"}

    for text in ("old", "260302"):
        order = {"name": "Quá hạn lâu", "filter": {**wanted, "text": text}}
        kept = await api.http.post("/v1/operations/stuck-views", json=order, headers=mine)
    listed = (await api.http.get("/v1/operations/stuck-views", headers=mine)).json()["views"]
    theirs = (await api.http.get("/v1/operations/stuck-views", headers=others)).json()["views"]
    address = f"/v1/operations/stuck-views/{kept.json()['id']}"
    by_others = await api.http.delete(address, headers=others)
    by_me = await api.http.delete(address, headers=mine)

    assert [(one["name"], one["filter"]) for one in listed] == [("Quá hạn lâu", wanted)]
    assert theirs == []
    assert (by_others.status_code, by_me.status_code) == (404, 204)
