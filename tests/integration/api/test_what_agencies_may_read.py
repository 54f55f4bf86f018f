"""Transfers, dossiers and events: only the caller's, and never anything of the citizen's."""

from datetime import datetime
from typing import Any

import pytest

from routing.lifecycle.charges import Party
from tests.integration.api.running import COMMUNE, Api, submission

STRANGER = "H31.102"


async def _first_agency(receipt: dict[str, Any]) -> str:
    return str(next(h["agency"] for h in receipt["itinerary"] if h["state"] == "dispatching"))


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def _events(api: Api, caller: dict[str, str], **query: Any) -> dict[str, Any]:
    answer = await api.http.get("/v1/events", params=query, headers=caller)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def test_the_originator_reads_its_transfer(api: Api) -> None:
    commune = await api.sign_in()
    receipt = await api.submit(commune)

    answer = await api.http.get(f"/v1/transfers/{receipt['transfer']}", headers=commune)

    assert answer.status_code == 200
    transfer = answer.json()
    assert transfer["dossier"] == receipt["dossier"]
    assert transfer["hops"][0]["step"] == "origin"
    assert transfer["ledger"][0]["act"] == "transfer.submitted"
    assert transfer["ledger"][0]["cause"] == receipt["message"]
    assert "Bí Mật" not in answer.text


async def test_the_originator_reads_whose_time_it_was(api: Api) -> None:
    commune = await api.sign_in()
    receipt = await api.submit(commune)

    answer = await api.http.get(f"/v1/transfers/{receipt['transfer']}", headers=commune)

    transfer = answer.json()
    time = transfer["time"]
    elapsed = instant(time["as_of"]) - instant(transfer["submitted_at"])
    assert set(time["by_party"]) == set(Party)
    assert sum(time["by_party"].values()) == pytest.approx(elapsed.total_seconds(), abs=1e-5)
    assert [one["from"] for one in time["charges"][:1]] in ([], [transfer["submitted_at"]])


async def test_others_do_not_find_it(api: Api) -> None:
    receipt = await api.submit(await api.sign_in())
    stranger = await api.sign_in(STRANGER)

    transfer = await api.http.get(f"/v1/transfers/{receipt['transfer']}", headers=stranger)
    dossier = await api.http.get(f"/v1/dossiers/{receipt['dossier']['code']}", headers=stranger)

    assert (transfer.status_code, dossier.status_code) == (404, 404)
    assert transfer.json()["type"] == "urn:lienthong:problem:not-found"


async def test_an_agency_whose_turn_has_not_come_does_not_find_it(api: Api) -> None:
    receipt = await api.submit(await api.sign_in())
    planned = [h["agency"] for h in receipt["itinerary"] if h["state"] == "planned"]
    running = {h["agency"] for h in receipt["itinerary"] if h["state"] == "dispatching"}
    later = next(agency for agency in planned if agency not in {COMMUNE, None, *running})

    answer = await api.http.get(
        f"/v1/transfers/{receipt['transfer']}", headers=await api.sign_in(later)
    )

    assert answer.status_code == 404


async def test_an_operator_reads_every_transfer(api: Api) -> None:
    receipt = await api.submit(await api.sign_in())
    operator = await api.sign_in(None, "operator")

    answer = await api.http.get(f"/v1/transfers/{receipt['transfer']}", headers=operator)

    assert answer.status_code == 200
    assert "Bí Mật" not in answer.text


async def test_a_dossier_is_found_by_its_code_and_by_its_alias(api: Api) -> None:
    commune = await api.sign_in()
    receipt = await api.submit(commune, data__aliases=[{"system": "moj", "code": "HT-2026-77"}])
    code = receipt["dossier"]["code"]

    by_code = await api.http.get(f"/v1/dossiers/{code}", headers=commune)
    by_alias = await api.http.get("/v1/dossiers/HT-2026-77?system=moj", headers=commune)

    assert [one["transfer"] for one in by_code.json()["transfers"]] == [receipt["transfer"]]
    assert by_alias.json()["transfers"] == by_code.json()["transfers"]


async def test_events_name_the_message_behind_them(api: Api) -> None:
    commune = await api.sign_in()
    receipt = await api.submit(commune)

    page = await _events(api, commune)

    assert {event["transfer"] for event in page["events"]} == {receipt["transfer"]}
    assert page["events"][0]["cause"] == receipt["message"]
    assert page["more"] is False


async def test_events_are_read_page_by_page_without_gap_or_repetition(api: Api) -> None:
    commune = await api.sign_in()
    for _ in range(5):
        await api.submit(commune)
    whole = [event["id"] for event in (await _events(api, commune, limit=1000))["events"]]

    read: list[str] = []
    page = await _events(api, commune, limit=2)
    while page["events"]:
        read += [event["id"] for event in page["events"]]
        page = await _events(api, commune, limit=2, cursor=page["next"])

    assert read == whole
    assert len(set(read)) == len(read)


async def test_events_of_others_are_passed_over(api: Api) -> None:
    await api.submit(await api.sign_in())
    stranger = await api.sign_in(STRANGER)

    page = await _events(api, stranger)
    again = await _events(api, stranger, cursor=page["next"])

    assert (page["events"], page["more"]) == ([], False)
    assert again["next"] == page["next"]


async def test_the_latest_cursor_begins_with_what_comes(api: Api) -> None:
    commune = await api.sign_in()
    await api.submit(commune)
    start = await _events(api, commune, cursor="latest")

    receipt = await api.submit(commune)
    page = await _events(api, commune, cursor=start["next"])

    assert {event["transfer"] for event in page["events"]} == {receipt["transfer"]}


async def test_events_wait_for_transactions_that_still_run(api: Api) -> None:
    commune = await api.sign_in()
    async with api.gateway.services.pool.connection() as slow, slow.transaction():
        await slow.execute("SELECT pg_current_xact_id()")
        await api.submit(commune)
        held_back = await _events(api, commune)

    shown = await _events(api, commune, cursor=held_back["next"])

    assert held_back["events"] == []
    assert shown["events"] != []


@pytest.mark.parametrize("cursor", ["x", "WzFd", "eyJhIjoxfQ", "%00", "e" * 150])
async def test_a_foreign_cursor_is_refused(api: Api, cursor: str) -> None:
    commune = await api.sign_in()

    answer = await api.http.get(f"/v1/events?cursor={cursor}", headers=commune)

    assert answer.status_code == 400
    assert answer.json()["type"].endswith(":bad-query")


async def test_an_agency_says_what_it_can_do(api: Api) -> None:
    commune = await api.sign_in()
    await api.reach_by("mailbox", COMMUNE)

    answer = await api.http.get(f"/v1/agencies/{COMMUNE}", headers=commune)

    found = answer.json()
    assert found["in_force"]
    assert (found["connector"], found["accepting"]) == ("mailbox", True)
    assert "2.000987" in {part["procedure"] for part in found["steps"]}


async def test_a_route_is_explained(api: Api) -> None:
    commune = await api.sign_in()

    answer = await api.http.get(
        "/v1/route",
        params={"procedure": "2.000987", "place": "applicant:11953"},
        headers=commune,
    )

    assert answer.status_code == 200, answer.text
    assert all(step["why"] for step in answer.json()["steps"])


async def test_a_route_that_cannot_be_planned_is_a_problem(api: Api) -> None:
    commune = await api.sign_in()

    answer = await api.http.get("/v1/route?procedure=9.999999", headers=commune)

    assert answer.status_code == 422
    assert answer.json()["type"].endswith(":unknown-procedure")


async def test_a_correction_is_not_shown_with_its_words(api: Api) -> None:
    commune = await api.sign_in()
    receipt = await api.submit(commune)
    correction = submission(
        type="vn.lienthong.transfer.corrected.v1",
        subject=receipt["dossier"]["code"],
        data={
            "transfer": receipt["transfer"],
            "reason": "Bí Mật viết sai tên",
            "note": "Bí Mật",
        },
    )
    assert (await api.send(correction, commune)).status_code == 202

    transfer = await api.http.get(f"/v1/transfers/{receipt['transfer']}", headers=commune)
    events = await api.http.get("/v1/events", headers=commune)

    assert "transfer.corrected" in transfer.text
    assert "Bí Mật" not in transfer.text + events.text
