"""Acts: on a frozen list, with an outcome per item, paused and cancelled between items, audited."""

from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from gateway.commit.items import Act as ActItem
from gateway.ids import derived_id
from gateway.operations import acts
from gateway.operations.acts import Order, Target
from gateway.operations.runner import ActRunner
from routing.lifecycle.model import Act, Operated
from tests.integration.api.running import COMMUNE, Api

REASON = "Đã gọi bộ phận kỹ thuật"


async def _act(api: Api, operator: dict[str, str], **order: Any) -> dict[str, Any]:
    answer = await api.http.post(
        "/v1/operations/acts", json={"reason": REASON, **order}, headers=operator
    )
    assert answer.status_code == 202, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def _items(api: Api, operator: dict[str, str], act: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await api.http.get(f"/v1/operations/acts/{act['id']}/items", headers=operator)
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def _failed_handover(api: Api) -> dict[str, Any]:
    """Submit a dossier whose hand-over its agency has refused for good; return its receipt."""
    caller = await api.sign_in()
    await api.reach_by("mailbox", COMMUNE)
    receipt = await api.submit(caller)
    for item in (await api.http.get("/v1/mailbox", headers=caller)).json()["items"]:
        url = f"/v1/mailbox/{item['delivery']}/nack"
        await api.http.post(url, json={"reason": "gone", "permanent": True}, headers=caller)
    return receipt


async def test_a_failed_delivery_is_retried_under_the_same_id(api: Api) -> None:
    await _failed_handover(api)
    operator = await api.sign_in(None, "operator")
    [(delivery,)] = await api.rows("SELECT id FROM deliveries WHERE state = 'failed'")

    act = await _act(api, operator, act="retry", cause="undeliverable")
    commune = await api.sign_in()
    fetched = (await api.http.get("/v1/mailbox", headers=commune)).json()["items"]

    assert (act["state"], act["outcomes"]) == ("done", {"done": 1})
    assert str(delivery) in [item["delivery"] for item in fetched]


async def test_a_silent_agency_is_offered_the_same_handover_again(api: Api) -> None:
    commune = await api.sign_in()
    await api.reach_by("mailbox", COMMUNE)
    receipt = await api.submit(commune)
    [first] = (await api.http.get("/v1/mailbox", headers=commune)).json()["items"]
    await api.http.post(f"/v1/mailbox/{first['delivery']}/ack", headers=commune)
    operator = await api.sign_in(None, "operator")

    target = {"transfer": receipt["transfer"], "step": "civil-status", "round": 1}
    act = await _act(api, operator, act="retry", targets=[target])
    [again] = (await api.http.get("/v1/mailbox", headers=commune)).json()["items"]

    assert act["outcomes"] == {"done": 1}
    assert again["event"] == first["event"]


async def test_an_act_on_a_transfer_is_in_its_ledger_without_its_words(api: Api) -> None:
    receipt = await api.submit(await api.sign_in())
    operator = await api.sign_in(None, "operator")

    await _act(
        api,
        operator,
        act="stop",
        code="duplicate-case",
        targets=[{"transfer": receipt["transfer"]}],
    )
    answer = await api.http.get(f"/v1/operations/transfers/{receipt['transfer']}", headers=operator)

    shown = answer.json()
    assert shown["state"] == "stopped"
    stopped = next(one for one in shown["ledger"] if one["actor"].startswith("operator:"))
    assert stopped["actor"].count("operator:") == 1
    assert REASON not in answer.text
    assert "duplicate-case" in {one["reason"] for one in shown["ledger"]}
    assert stopped["versions"]


async def test_agencies_are_not_told_which_operator_it_was(api: Api) -> None:
    commune = await api.sign_in()
    receipt = await api.submit(commune)
    operator = await api.sign_in(None, "operator")
    await _act(api, operator, act="stop", targets=[{"transfer": receipt["transfer"]}])

    events = (await api.http.get("/v1/events", headers=commune)).json()["events"]

    assert "operator" in {event["actor"] for event in events}
    assert not [event for event in events if event["actor"].startswith("operator:")]


async def test_what_could_not_be_done_says_why(api: Api) -> None:
    receipt = await api.submit(await api.sign_in())
    operator = await api.sign_in(None, "operator")

    target = {"transfer": receipt["transfer"], "step": "civil-status", "round": 1}
    act = await _act(api, operator, act="resume", targets=[target])
    [item] = await _items(api, operator, act)

    assert item["outcome"] == "skipped"
    assert "illegal-transition" in item["detail"]


async def test_what_fails_by_our_own_fault_has_failed_and_is_found_in_the_log(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = await api.submit(await api.sign_in())
    operator = await api.sign_in(None, "operator")

    async def broken(*_: Any, **__: Any) -> str:
        return "internal: the gateway could not do this; see its log"

    monkeypatch.setattr(api.gateway.services.committer, "enqueue", broken)
    with capture_logs() as logs:
        act = await _act(api, operator, act="stop", targets=[{"transfer": receipt["transfer"]}])
        [item] = await _items(api, operator, act)

    assert (act["outcomes"], item["outcome"]) == ({"failed": 1}, "failed")
    assert f"{act['id']}/1" in [one.get("reference") for one in logs]


async def test_a_dry_run_freezes_the_list_that_is_acted_on_later(api: Api) -> None:
    commune, operator = await api.sign_in(), await api.sign_in(None, "operator")
    shown = [await api.submit(commune) for _ in range(2)]
    api.clock.move(minutes=11)
    act = await _act(api, operator, act="archive", cause="undelivered", dry_run=True)

    later = await api.submit(commune)
    api.clock.move(minutes=11)
    resumed = await api.http.post(f"/v1/operations/acts/{act['id']}/resume", headers=operator)

    assert (act["state"], act["total"]) == ("paused", 2)
    assert {one["transfer"] for one in act["sample"]} == {one["transfer"] for one in shown}
    assert resumed.json()["outcomes"] == {"done": 2}
    [(archived,)] = await api.rows(
        "SELECT archived FROM transfers WHERE id = %s", later["transfer"]
    )
    assert not archived


async def test_a_cancelled_act_does_nothing_more(api: Api) -> None:
    receipt = await api.submit(await api.sign_in())
    operator = await api.sign_in(None, "operator")
    order = {"act": "stop", "targets": [{"transfer": receipt["transfer"]}], "dry_run": True}
    act = await _act(api, operator, **order)

    cancelled = await api.http.post(f"/v1/operations/acts/{act['id']}/cancel", headers=operator)
    resumed = await api.http.post(f"/v1/operations/acts/{act['id']}/resume", headers=operator)

    assert cancelled.json()["state"] == "cancelled"
    assert resumed.status_code == 409
    [(state,)] = await api.rows("SELECT state FROM transfers")
    assert state == "open"


async def test_an_interrupted_act_goes_on_and_does_nothing_twice(api: Api) -> None:
    services = api.gateway.services
    receipt = await api.submit(await api.sign_in())
    transfer = UUID(receipt["transfer"])
    order = Order(Act.ARCHIVE, "operator:x", REASON)
    frozen = await acts.freeze(services.pool, order, [Target(transfer)], question={}, dry_run=False)
    # A process took the act, did the item, and died before it could record the outcome.
    await api.rows("UPDATE operator_acts SET lease_no = 1")

    done = Operated(Act.ARCHIVE, "operator:x", "by-operator", ref=derived_id(frozen.id, 1))
    await services.committer.enqueue(ActItem(transfer, done))
    before = await api.rows("SELECT count(*) FROM ledger")

    await ActRunner(services.pool, services.committer).round()

    [item] = await acts.list_items(services.pool, frozen.id)
    assert (item["outcome"], item["detail"]) == ("done", "recorded after an interruption")
    assert await api.rows("SELECT count(*) FROM ledger") == before


async def test_an_act_that_somebody_works_on_is_left_alone(api: Api) -> None:
    services = api.gateway.services
    receipt = await api.submit(await api.sign_in())
    frozen = await acts.freeze(
        services.pool,
        Order(Act.STOP, "operator:x", REASON),
        [Target(UUID(receipt["transfer"]))],
        question={},
        dry_run=False,
    )
    await api.rows("UPDATE operator_acts SET leased_until = now() + interval '1 minute'")

    more = await ActRunner(services.pool, services.committer).round()

    assert not more
    assert (await acts.find_act(services.pool, frozen.id) or {})["outcomes"] == {"open": 1}


async def test_poison_is_settled_and_kept(api: Api) -> None:
    operator = await api.sign_in(None, "operator")
    await api.rows(
        "INSERT INTO inbox (id, recorded_at, road, agency, verdict, answer, size, digest)"
        " VALUES (%s, now(), 'dead', %s, 'poison', '{}', 2, '')",
        UUID(int=7),
        COMMUNE,
    )

    act = await _act(api, operator, act="resolve", cause="poison", agency=COMMUNE)

    assert act["outcomes"] == {"done": 1}
    assert await api.rows("SELECT settled_at IS NOT NULL FROM inbox") == [(True,)]


async def test_an_open_breaker_is_probed_at_once(api: Api) -> None:
    operator = await api.sign_in(None, "operator")
    await api.reach_by("mailbox", COMMUNE)
    await api.rows(
        "UPDATE endpoints SET breaker = 'open', breaker_until = now() + interval '1 hour'"
    )

    act = await _act(api, operator, act="retry", cause="breaker-open")

    assert act["outcomes"] == {"done": 1}
    assert await api.rows("SELECT breaker_until <= clock_timestamp() FROM endpoints") == [(True,)]


async def test_acts_need_what_they_need(api: Api) -> None:
    operator = await api.sign_in(None, "operator")
    target = {"transfer": str(UUID(int=1))}
    for order in (
        {"act": "redirect", "targets": [target]},
        {"act": "extend", "targets": [target]},
        {"act": "stop"},
        {"act": "stop", "targets": [{}]},
        {"act": "stop", "targets": [target], "cause": "poison"},
        {"act": "stop", "targets": [target], "reason": " "},
        {"act": "retry", "cause": "poison"},
    ):
        answer = await api.http.post(
            "/v1/operations/acts", json={"reason": REASON, **order}, headers=operator
        )

        assert answer.status_code == 422, (order, answer.text)
        assert answer.json()["type"].endswith(":invalid-value")
    assert await api.rows("SELECT 1 FROM operator_acts") == []


async def test_only_operators_may(api: Api) -> None:
    commune = await api.sign_in()
    for method, path in (
        ("GET", "/stuck"),
        ("GET", "/stuck/poison"),
        ("GET", f"/transfers/{UUID(int=1)}"),
        ("GET", "/acts"),
        ("GET", "/endpoints"),
        ("POST", "/acts"),
        ("POST", f"/acts/{UUID(int=1)}/pause"),
    ):
        body = {"act": "stop", "reason": REASON, "targets": [{"transfer": str(UUID(int=1))}]}
        answer = await api.http.request(method, f"/v1/operations{path}", headers=commune, json=body)

        assert answer.status_code == 403, path


async def test_stuck_lists_over_http_page_by_page(api: Api) -> None:
    commune, operator = await api.sign_in(), await api.sign_in(None, "operator")
    for _ in range(3):
        await api.submit(commune)
    api.clock.move(minutes=11)

    counts = (await api.http.get("/v1/operations/stuck", headers=operator)).json()["causes"]
    found: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = (
            await api.http.get("/v1/operations/stuck/undelivered", params=query, headers=operator)
        ).json()
        found += [item["transfer"] for item in page["items"]]
        if page["next"] is None:
            break
        query["after"] = page["next"]

    assert {one["cause"]: one["count"] for one in counts}["undelivered"] == 3
    assert len(found) == len(set(found)) == 3
    foreign = await api.http.get(
        "/v1/operations/stuck/poison", params={"after": query["after"]}, headers=operator
    )
    assert foreign.status_code == 400


async def test_every_act_is_audited(api: Api) -> None:
    receipt = await api.submit(await api.sign_in())
    operator = await api.sign_in(None, "operator")
    act = await _act(api, operator, act="archive", targets=[{"transfer": receipt["transfer"]}])

    trail = (await api.http.get("/v1/operations/acts", headers=operator)).json()["acts"]

    assert [(one["id"], one["act"], one["reason"]) for one in trail] == [
        (act["id"], "archive", REASON)
    ]
    assert trail[0]["actor"].startswith("operator:operator-")
