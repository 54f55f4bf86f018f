"""From registered to live and out again: what an agency may do in each state, and what is kept."""

import asyncio
from typing import Any

import orjson

from tests.integration.api.running import STRUCTURED, Api, submission
from tests.integration.joining.office import JOINER, Office

FROM_JOINER = {
    "source": f"urn:lienthong:agency:{JOINER}",
    "data__places": {"applicant": "11953"},
}


def _dossier(**changes: Any) -> dict[str, Any]:
    event = submission(**FROM_JOINER, **changes)
    return {**event, "subject": event["subject"].replace("H31.101", JOINER)}


async def test_an_agency_joins_step_by_step(office: Office) -> None:
    registered = await office.do("", agency=JOINER, contact="Tổ một cửa")
    await office.issue(JOINER)
    testing = await office.show()
    await office.do(f"/{JOINER}/endpoint", "PUT", connector="mailbox")
    described = await office.do(f"/{JOINER}/capabilities", "PUT", largest=200_000)
    live = await office.do(f"/{JOINER}/go-live", force=True)

    assert registered["state"] == "registered"
    assert {one["code"] for one in registered["missing"]} == {
        "no-credentials",
        "no-endpoint",
        "capabilities-unknown",
    }
    assert testing["state"] == "testing"
    assert [one["code"] for one in described["missing"]] == ["not-tested"]
    assert described["takes"]["largest"] == 200_000
    assert (live["state"], live["missing"]) == ("live", [])


async def test_nobody_joins_who_is_not_in_the_directory_or_twice(office: Office) -> None:
    unknown = await office.ask("", "POST", agency="H31.999999")
    await office.do("", agency=JOINER)
    again = await office.ask("", "POST", agency=JOINER)
    no_member = await office.ask("/H31.103")

    assert (unknown.status_code, again.status_code, no_member.status_code) == (422, 409, 404)


async def test_of_many_who_register_an_agency_at_once_one_does(office: Office) -> None:
    answers = await asyncio.gather(*(office.ask("", "POST", agency=JOINER) for _ in range(6)))

    told = await office.api.rows("SELECT act FROM audit WHERE subject = %s", JOINER)
    assert sorted(one.status_code for one in answers) == [201, *[409] * 5]
    assert told == [("agency.registered",)]


async def test_only_operators_let_anybody_join(api: Api) -> None:
    agency = await api.sign_in()

    answer = await api.http.post("/v1/operations/agencies", headers=agency, json={"agency": JOINER})

    assert answer.status_code == 403


async def test_before_it_is_live_it_tries_and_sends_nothing(office: Office) -> None:
    caller, event = await office.joins(), _dossier()
    body, headers = orjson.dumps(event), {**caller, "Content-Type": STRUCTURED}

    tried = await office.api.http.post("/v1/messages/validate", content=body, headers=headers)
    sent = await office.api.send(event, caller)
    read = await office.api.http.get("/v1/events", headers=caller)

    assert tried.json()["verdict"] == "accepted", tried.text
    assert (sent.status_code, sent.json()["type"]) == (403, "urn:lienthong:problem:not-live")
    assert "validate" in sent.json()["remedy"]
    assert read.status_code == 403


async def test_what_was_refused_before_is_new_once_it_is_live(office: Office) -> None:
    caller, event = await office.joins(), _dossier()
    before = await office.api.send(event, caller)

    await office.do(f"/{JOINER}/go-live", force=True)
    after = await office.api.send(event, caller)

    assert (before.status_code, after.status_code) == (403, 202)


async def test_to_force_it_needs_a_reason_and_the_trail_names_what_was_passed_over(
    office: Office,
) -> None:
    await office.do("", agency=JOINER)

    not_ready = await office.ask(f"/{JOINER}/go-live", "POST")
    silent = await office.ask(f"/{JOINER}/go-live", "POST", force=True, reason=None)
    await office.do(f"/{JOINER}/go-live", force=True)
    trail = await office.api.http.get(
        f"/v1/operations/audit?subject={JOINER}", headers=office.operator
    )

    assert not_ready.status_code == 409
    assert "no-credentials" in not_ready.json()["missing"]
    assert silent.status_code == 409
    newest = trail.json()["entries"][0]
    assert newest["act"] == "agency.went_live"
    assert "no-credentials" in newest["after"]["overlooked"]
    assert (newest["before"]["state"], newest["after"]["state"]) == ("registered", "live")
    assert newest["reason"]
    assert newest["actor"].startswith("operator:")


async def test_nothing_real_goes_to_it_before_it_is_live(office: Office) -> None:
    receiver = "H31.101"
    mailbox = await office.joins(receiver)
    submitter = await office.api.sign_in("H31.103")
    event = submission(source="urn:lienthong:agency:H31.103")
    event["subject"] = event["subject"].replace("H31.101", "H31.103")

    receipt = (await office.api.send(event, submitter)).json()
    fetched = await office.api.http.get("/v1/mailbox", headers=mailbox)
    stuck = await office.api.http.get("/v1/operations/stuck/no-endpoint", headers=office.operator)
    await office.do(f"/{receiver}/go-live", force=True)
    await office.api.gateway.services.endpoints.refresh()
    for _ in range(6):  # what waits is looked at again every few turns
        await office.api.gateway.services.endpoints.refresh()
    fetched_live = await office.api.http.get("/v1/mailbox", headers=mailbox)

    assert fetched.json()["items"] == []
    waiting = [one for one in stuck.json()["items"] if one["transfer"] == receipt["transfer"]]
    assert [(one["agency"], one["detail"]) for one in waiting] == [(receiver, "testing")]
    assert [one["event"]["type"] for one in fetched_live.json()["items"]] == [
        "vn.lienthong.handover.offered.v1"
    ]


async def test_a_suspended_agency_is_cut_off_and_its_hops_say_so(office: Office) -> None:
    receiver = "H31.101"
    caller = await office.goes_live(receiver)
    submitter = await office.api.sign_in("H31.103")
    event = submission(source="urn:lienthong:agency:H31.103")
    event["subject"] = event["subject"].replace("H31.101", "H31.103")
    receipt = (await office.api.send(event, submitter)).json()

    suspended = await office.do(f"/{receiver}/suspend")
    refused = await office.api.http.get("/v1/mailbox", headers=caller)
    stuck = await office.api.http.get("/v1/operations/stuck/suspended", headers=office.operator)
    resumed = await office.do(f"/{receiver}/resume")
    back = await office.api.http.get("/v1/mailbox", headers=caller)

    assert (suspended["state"], suspended["resumes_as"]) == ("suspended", "live")
    assert refused.status_code == 401
    assert [one["transfer"] for one in stuck.json()["items"]] == [receipt["transfer"]]
    assert resumed["state"] == "live"
    assert [one["event"]["type"] for one in back.json()["items"]] == [
        "vn.lienthong.handover.offered.v1"
    ]


async def test_who_was_set_up_directly_is_live_and_can_be_suspended(office: Office) -> None:
    direct = await office.api.sign_in("H31.104")

    listed = await office.do("", "GET")
    await office.do("/H31.104/suspend")
    refused = await office.api.http.get("/v1/mailbox", headers=direct)

    assert [one["state"] for one in listed["agencies"] if one["agency"] == "H31.104"] == ["live"]
    assert refused.status_code == 401


async def test_who_is_removed_leaves_its_history_and_may_come_back(office: Office) -> None:
    caller = await office.goes_live()

    removed = await office.do(f"/{JOINER}/remove")
    refused = await office.api.http.get("/v1/mailbox", headers=caller)
    again = await office.do("", agency=JOINER)
    trail = await office.api.http.get(
        f"/v1/operations/audit?subject={JOINER}", headers=office.operator
    )

    assert (removed["state"], removed["endpoint"]) == ("removed", None)
    assert all(not one["good"] for one in removed["credentials"])
    assert refused.status_code == 401
    assert again["state"] == "registered"
    assert [one["act"] for one in trail.json()["entries"]] == [
        "agency.registered",
        "agency.removed",
        "agency.went_live",
        "agency.described",
        "endpoint.set",
        "credentials.issued",
        "agency.registered",
    ]


async def test_no_secret_is_kept_where_it_can_be_read(office: Office) -> None:
    await office.do("", agency=JOINER)
    secrets = [one["secret"] for one in (await office.issue(JOINER, "http", "amqp")).values()]
    address = "https://example.invalid/hook/token-of-theirs"
    made = await office.do(f"/{JOINER}/endpoint", "PUT", connector="webhook", address=address)
    secrets += [made["secret"]["secret"], "token-of-theirs"]

    kept = await office.api.rows(
        "SELECT (SELECT jsonb_agg(a)::text FROM audit a),"
        " (SELECT jsonb_agg(c)::text FROM clients c),"
        " (SELECT jsonb_agg(b)::text FROM broker_credentials b)"
    )
    shown = await office.ask(f"/{JOINER}")

    assert secrets[2].startswith("whsec_")
    assert not [one for one in secrets if one in str(kept) + shown.text]


async def test_nothing_more_is_sent_to_a_suspended_agency_and_all_of_it_once_it_is_back(
    office: Office,
) -> None:
    receiver, address = "H31.101", "https://192.0.2.1/nobody"
    await office.goes_live(receiver)
    await office.do(f"/{receiver}/endpoint", "PUT", connector="webhook", address=address)
    submitter = await office.api.sign_in("H31.103")
    event = submission(source="urn:lienthong:agency:H31.103")
    event["subject"] = event["subject"].replace("H31.101", "H31.103")
    leases = "SELECT max(lease_no) FROM deliveries WHERE agency = %s"

    await office.do(f"/{receiver}/suspend")
    await office.api.send(event, submitter)
    for _ in range(3):
        await office.api.gateway.dispatcher.claim()
    [(suspended,)] = await office.api.rows(leases, receiver)
    await office.do(f"/{receiver}/resume")
    await office.api.gateway.dispatcher.claim()
    [(resumed,)] = await office.api.rows(leases, receiver)

    assert (suspended, resumed) == (0, 1)
