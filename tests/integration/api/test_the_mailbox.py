"""GET /v1/mailbox and its acks: leased, in order, delivered by the agency's own word."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from tests.integration.api.running import COMMUNE, Api, submission


async def _handed_over(api: Api, **changes: Any) -> tuple[dict[str, str], dict[str, Any]]:
    """Submit a dossier whose first hop's agency has a mailbox; return that agency's header."""
    commune = await api.sign_in()
    await api.reach_by("mailbox", COMMUNE)
    receipt = await api.submit(commune, **changes)
    first = next(hop for hop in receipt["itinerary"] if hop["state"] == "dispatching")
    if first["agency"] == COMMUNE:
        return commune, receipt
    await api.reach_by("mailbox", first["agency"])
    return await api.sign_in(first["agency"]), receipt


async def _fetch(api: Api, caller: dict[str, str], **query: Any) -> list[dict[str, Any]]:
    answer = await api.http.get("/v1/mailbox", params=query, headers=caller)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def _answer(
    api: Api, caller: dict[str, str], item: dict[str, Any], how: str, **said: Any
) -> Any:
    url = f"/v1/mailbox/{item['delivery']}/{how}"
    return await api.http.post(url, json=said, headers=caller)


async def test_a_handover_is_fetched_whole_and_leased(api: Api) -> None:
    agency, receipt = await _handed_over(api)

    [item] = await _fetch(api, agency)
    again = await _fetch(api, agency)

    assert item["event"]["type"] == "vn.lienthong.handover.offered.v1"
    assert item["event"]["id"] == item["delivery"]
    assert item["event"]["data"]["transfer"] == receipt["transfer"]
    assert item["event"]["data"]["submission"]["applicant"]["name"] == "Trần Thị Bí Mật"
    assert again == []


async def test_an_ack_makes_the_hop_delivered(api: Api) -> None:
    agency, receipt = await _handed_over(api)
    [item] = await _fetch(api, agency)

    answer = await _answer(api, agency, item, "ack")

    assert answer.status_code == 200
    assert answer.json()["state"] == "delivered"
    [(state,)] = await api.rows(
        "SELECT state FROM hops WHERE transfer_id = %s AND step = %s",
        receipt["transfer"],
        item["event"]["data"]["step"],
    )
    assert state == "delivered"


async def test_an_ack_may_be_repeated(api: Api) -> None:
    agency, _ = await _handed_over(api)
    [item] = await _fetch(api, agency)
    first = await _answer(api, agency, item, "ack", lease=item["lease"])
    entries = await api.rows("SELECT count(*) FROM ledger")

    again = await _answer(api, agency, item, "ack", lease=item["lease"])

    assert (again.status_code, again.json()) == (200, first.json())
    assert await api.rows("SELECT count(*) FROM ledger") == entries


async def test_a_nack_gives_it_back_for_later_and_keeps_no_text(api: Api) -> None:
    agency, _ = await _handed_over(api)
    [item] = await _fetch(api, agency)

    answer = await _answer(api, agency, item, "nack", reason="busy", detail="Bà Trần Thị X vắng")
    again = await _answer(api, agency, item, "nack", reason="busy")

    assert answer.json()["state"] == "pending"
    assert answer.json()["next_attempt_at"] is not None
    assert again.json() == answer.json()
    assert await api.rows("SELECT outcome, code, detail FROM attempts") == [
        ("unreachable", "busy", None)
    ]


async def test_a_warning_that_was_given_back_is_not_offered_again_after_its_deadline(
    api: Api,
) -> None:
    agency, receipt = await _handed_over(api)
    due = api.clock.now() + timedelta(minutes=1)
    await api.rows("UPDATE deliveries SET state = 'delivered'")
    await _owe_a_warning(api, receipt, deadline_at=due)
    [item] = await _fetch(api, agency)

    api.clock.move(minutes=2)
    answer = await _answer(api, agency, item, "nack", reason="busy")

    assert answer.status_code == 409
    assert await api.rows("SELECT state FROM deliveries WHERE kind = 'clock.warned'") == [
        ("withdrawn",)
    ]


async def test_however_often_it_was_given_back_it_waits_no_longer_than_a_hand_over_can_bear(
    api: Api,
) -> None:
    agency, receipt = await _handed_over(api)
    await api.rows("UPDATE deliveries SET state = 'delivered'")
    await _owe_a_warning(api, receipt, deadline_at=api.clock.now() + timedelta(days=9))
    await api.rows("UPDATE deliveries SET attempts = 20, lease_no = 20 WHERE state = 'pending'")
    [item] = await _fetch(api, agency)

    await _answer(api, agency, item, "nack", reason="busy")

    [(wait,)] = await api.rows(
        "SELECT d.next_attempt_at - a.ended_at FROM deliveries d"
        " JOIN attempts a ON a.delivery_id = d.id"
    )
    assert wait < timedelta(seconds=155)


async def test_a_permanent_nack_is_a_refusal_that_waits_for_a_person(api: Api) -> None:
    agency, _ = await _handed_over(api)
    [item] = await _fetch(api, agency)

    answer = await _answer(api, agency, item, "nack", reason="not-ours", permanent=True)
    later_ack = await _answer(api, agency, item, "ack")

    assert answer.json()["state"] == "failed"
    assert later_ack.status_code == 409
    assert later_ack.json()["type"].endswith(":lease-lost")


async def test_what_was_taken_back_cannot_be_acked(api: Api) -> None:
    agency, receipt = await _handed_over(api)
    [item] = await _fetch(api, agency)
    withdrawal = submission(
        type="vn.lienthong.transfer.withdrawn.v1",
        subject=receipt["dossier"]["code"],
        data={"transfer": receipt["transfer"], "reason": "Người dân rút hồ sơ"},
    )
    taken = await api.send(withdrawal, await api.sign_in())
    assert taken.status_code == 202, taken.text

    answer = await _answer(api, agency, item, "ack")

    assert answer.status_code == 409
    assert "do not act on it" in answer.json()["detail"]


async def test_another_agency_sees_and_settles_nothing(api: Api) -> None:
    agency, _ = await _handed_over(api)
    [item] = await _fetch(api, agency)
    stranger = await api.sign_in("H31.102")

    fetched = await _fetch(api, stranger)
    acked = await _answer(api, stranger, item, "ack")

    assert fetched == []
    assert acked.status_code == 404


async def test_an_older_lease_counts_no_more(api: Api) -> None:
    agency, _ = await _handed_over(api)
    [item] = await _fetch(api, agency)
    await api.rows("UPDATE deliveries SET next_attempt_at = now() - interval '1 second'")
    [fetched_again] = await _fetch(api, agency)

    late = await _answer(api, agency, item, "ack", lease=item["lease"])

    assert fetched_again["lease"] == item["lease"] + 1
    assert late.status_code == 409


async def test_a_long_poll_ends_when_something_comes(api: Api) -> None:
    commune = await api.sign_in()
    await api.reach_by("mailbox", COMMUNE)
    polling = asyncio.create_task(_fetch(api, commune, wait=20))
    await asyncio.sleep(0)

    await api.submit(commune)
    api.state.bell.ring()
    items = await asyncio.wait_for(polling, 10)

    assert [item["event"]["type"] for item in items] == ["vn.lienthong.handover.offered.v1"]


async def test_a_long_poll_comes_back_empty(api: Api) -> None:
    commune = await api.sign_in()

    assert await _fetch(api, commune, wait=1) == []


async def _owe_a_warning(api: Api, receipt: dict[str, Any], *, deadline_at: datetime) -> None:
    first = next(hop for hop in receipt["itinerary"] if hop["state"] == "dispatching")
    await api.rows(
        "INSERT INTO deliveries (id, agency, kind, data, state, parked, created_at,"
        " next_attempt_at) VALUES (gen_random_uuid(), %s, 'clock.warned',"
        " json_build_object('transfer', gen_random_uuid(), 'threshold', '80%%',"
        " 'deadline_at', %s::timestamptz)::text, 'pending', true, now(), now())",
        first["agency"],
        deadline_at,
    )
