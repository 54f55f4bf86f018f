"""Test messages by the agency's own connector, and what its software cannot take is not sent."""

import asyncio
from typing import Any

from connectors.simulators import SystemWake, WebhookAgency, running
from tests.integration.api.running import Api, submission
from tests.integration.joining.office import JOINER, Office
from tests.stage.stage import PROMPT

RECEIVER = "H31.101"


async def _submitted_to_receiver(api: Api) -> dict[str, Any]:
    submitter = await api.sign_in("H31.103")
    event = submission(source="urn:lienthong:agency:H31.103")
    event["subject"] = event["subject"].replace("H31.101", "H31.103")
    answer = await api.send(event, submitter)
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


async def _fetched(office: Office, caller: dict[str, str]) -> list[dict[str, Any]]:
    answer = await office.api.http.get("/v1/mailbox", headers=caller)
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_mailbox_answers_a_test_by_its_ack(office: Office) -> None:
    caller = await office.joins()

    testing = asyncio.create_task(office.do(f"/{JOINER}/test"))
    fetching = await office.api.http.get("/v1/mailbox?wait=10", headers=caller)
    [item] = fetching.json()["items"]
    await office.api.http.post(f"/v1/mailbox/{item['delivery']}/ack", headers=caller)
    told = await testing
    live = await office.do(f"/{JOINER}/go-live")

    assert item["event"]["type"] == "vn.lienthong.connection.tested.v1"
    assert item["event"]["data"]["agency"] == JOINER
    assert (told["state"], told["evidence"]) == ("delivered", "mailbox-ack")
    assert (live["state"], live["missing"]) == ("live", [])


async def test_a_webhook_answers_a_test_by_its_status(office: Office) -> None:
    await office.joins()
    secret = "whsec_c3ludGhldGljLXN5bnRoZXRpYy1zeW50aGV0aWM="
    agency = WebhookAgency(
        JOINER,
        "http://127.0.0.1:9",
        client_id="nobody",
        client_secret="nobody",
        secret=secret,
        behaviour=PROMPT,
        wake=SystemWake(),
    )
    way = {"connector": "webhook", "address": agency.address, "secret": secret}

    await office.do(f"/{JOINER}/endpoint", "PUT", **way)
    nobody_there = await office.do(f"/{JOINER}/test")
    async with running(agency):
        await asyncio.wait_for(agency.started.wait(), 10)
        taken = await office.do(f"/{JOINER}/test")

    assert (nobody_there["state"], nobody_there["tries"]) == ("pending", 1)
    assert nobody_there["failure"]
    assert taken["state"] == "delivered"
    assert agency.record.notices["connection.tested"] == 1


async def test_another_endpoint_was_not_tested(office: Office) -> None:
    caller = await office.joins()
    testing = asyncio.create_task(office.do(f"/{JOINER}/test"))
    [item] = (await office.api.http.get("/v1/mailbox?wait=10", headers=caller)).json()["items"]
    await office.api.http.post(f"/v1/mailbox/{item['delivery']}/ack", headers=caller)
    await testing

    await office.do(f"/{JOINER}/endpoint", "PUT", connector="mailbox")
    refused = await office.ask(f"/{JOINER}/go-live", "POST")

    assert (refused.status_code, refused.json()["missing"]) == (409, ["not-tested"])


async def test_nothing_is_tested_that_is_off_suspended_or_nowhere(office: Office) -> None:
    await office.do("", agency=JOINER)
    nowhere = await office.ask(f"/{JOINER}/test", "POST")
    await office.do(f"/{JOINER}/endpoint", "PUT", connector="mailbox")
    await office.do(f"/{JOINER}/endpoint/off")
    off = await office.ask(f"/{JOINER}/test", "POST")
    await office.do(f"/{JOINER}/suspend")
    suspended = await office.ask(f"/{JOINER}/test", "POST")

    assert [one.status_code for one in (nowhere, off, suspended)] == [409, 409, 409]


async def test_work_that_its_software_does_not_take_is_held_with_the_cause(
    office: Office,
) -> None:
    caller = await office.goes_live(RECEIVER)
    await office.do(f"/{RECEIVER}/capabilities", "PUT", kinds=["transfer.finished"])
    receipt = await _submitted_to_receiver(office.api)

    fetched = await _fetched(office, caller)
    stuck = await office.api.http.get("/v1/operations/stuck/undeliverable", headers=office.operator)

    assert fetched == []
    [held] = stuck.json()["items"]
    assert (held["transfer"], held["detail"]) == (receipt["transfer"], "kind-not-taken")


async def test_once_it_takes_it_a_retry_sends_it(office: Office) -> None:
    caller = await office.goes_live(RECEIVER)
    await office.do(f"/{RECEIVER}/capabilities", "PUT", kinds=["transfer.finished"])
    await _submitted_to_receiver(office.api)
    await _fetched(office, caller)

    await office.do(f"/{RECEIVER}/capabilities", "PUT")
    act = {"act": "retry", "cause": "undeliverable", "reason": "Đã nâng cấp phần mềm"}
    await office.api.http.post("/v1/operations/acts", headers=office.operator, json=act)
    fetched = await _fetched(office, caller)

    assert [one["event"]["type"] for one in fetched] == ["vn.lienthong.handover.offered.v1"]


async def test_what_is_larger_than_it_takes_is_held(office: Office) -> None:
    caller = await office.goes_live(RECEIVER)
    await office.do(f"/{RECEIVER}/capabilities", "PUT", largest=16 * 1024)
    submitter = await office.api.sign_in("H31.103")
    event = submission(source="urn:lienthong:agency:H31.103")
    event["subject"] = event["subject"].replace("H31.101", "H31.103")
    event["data"]["form"] = {"text": "x" * 20_000}
    sent = await office.api.send(event, submitter)

    fetched = await _fetched(office, caller)
    failures = await office.api.rows(
        "SELECT failure_code FROM deliveries WHERE agency = %s AND state = 'failed'", RECEIVER
    )

    assert sent.status_code == 202, sent.text
    assert fetched == []
    assert failures == [("larger-than-taken",)]


async def test_what_it_takes_is_shown_to_whoever_looks_it_up(office: Office) -> None:
    await office.goes_live(RECEIVER)
    await office.do(f"/{RECEIVER}/capabilities", "PUT", kinds=["handover.offered"])
    anybody = await office.api.sign_in("H31.103")

    live = await office.api.http.get(f"/v1/agencies/{RECEIVER}", headers=anybody)
    await office.do(f"/{RECEIVER}/suspend")
    suspended = await office.api.http.get(f"/v1/agencies/{RECEIVER}", headers=anybody)

    assert (live.json()["live"], live.json()["takes"]["kinds"]) == (True, ["handover.offered"])
    assert (suspended.json()["live"], suspended.json()["accepting"]) == (False, False)
