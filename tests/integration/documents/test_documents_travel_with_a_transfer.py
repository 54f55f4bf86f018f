"""Messages refer to documents by content: only to what is here and theirs, served while needed."""

from pathlib import Path
from typing import Any

import orjson

from schemas.registry import REGISTRY
from tests.integration.api.running import COMMUNE, STRUCTURED, Api, running, submission
from tests.integration.documents.papers import Paper, fetch, hand_in, paper

FIRST, NEXT, LATER = "H31.102", "G01.899.001", "G01.833.102"
"""Who registers the birth, who gives the number, who registers the residence."""
BIRTH: dict[str, Any] = {
    "data__procedure": "2.000987",
    "data__places": {"applicant": "11977"},
    "data__facts": {"residence_check": "simple", "identity_card": False},
}
Caller = dict[str, str]


async def _submitted(api: Api, *papers: Paper) -> tuple[Caller, dict[str, Any]]:
    """Submit a birth with documents for another commune; return the originator and the receipt."""
    await api.reach_by("mailbox", COMMUNE, FIRST, NEXT, LATER)
    commune = await api.sign_in()
    for one in papers:
        await hand_in(api, commune, one)
    named = [one.reference() for one in papers]
    return commune, await api.submit(commune, data__documents=named, **BIRTH)


async def _say(
    api: Api, agency: str, receipt: dict[str, Any], kind: str, **data: Any
) -> dict[str, str]:
    caller = await api.sign_in(agency)
    message = submission(
        type=f"vn.lienthong.{kind}.v1",
        source=f"urn:lienthong:agency:{agency}",
        subject=receipt["dossier"]["code"],
        data={"transfer": receipt["transfer"], **data},
    )
    del message["time"]
    answer = await api.send(message, caller)
    assert answer.status_code == 202, answer.text
    return caller


async def _handover(api: Api, caller: Caller) -> dict[str, Any]:
    """Fetch and acknowledge what is in a mailbox; return the hand-over's data."""
    answer = await api.http.get("/v1/mailbox", headers=caller)
    [item] = [
        one
        for one in answer.json()["items"]
        if one["event"]["type"] == "vn.lienthong.handover.offered.v1"
    ]
    await api.http.post(f"/v1/mailbox/{item['delivery']}/ack", headers=caller)
    data: dict[str, Any] = item["event"]["data"]
    return data


async def _sees(api: Api, agency: str, one: Paper) -> int:
    return (await fetch(api, await api.sign_in(agency), one)).status_code


async def test_a_document_is_open_to_whose_turn_it_is_and_to_the_originator(api: Api) -> None:
    one = paper()

    _, receipt = await _submitted(api, one)

    assert [hop["agency"] for hop in receipt["itinerary"]][1:4] == [FIRST, NEXT, LATER]
    seen = [await _sees(api, agency, one) for agency in (COMMUNE, FIRST, NEXT, "H31.103")]
    assert seen == [200, 200, 404, 404]


async def test_the_next_agency_also_has_what_the_one_before_it_produced(api: Api) -> None:
    asked, made = paper(of="asked"), paper(of="made")
    _, receipt = await _submitted(api, asked)
    await hand_in(api, await api.sign_in(FIRST), made)
    result = {**made.reference(), "kind": "birth-certificate"}

    await _say(
        api,
        FIRST,
        receipt,
        "hop.completed",
        step="civil-status",
        round=1,
        outcome="issued",
        results=[result],
    )

    assert [await _sees(api, NEXT, one) for one in (asked, made)] == [200, 200]
    assert [await _sees(api, COMMUNE, one) for one in (asked, made)] == [200, 200]


async def test_access_ends_a_grace_after_the_hop_and_an_originators_with_the_transfer(
    api: Api,
) -> None:
    one = paper()
    _, receipt = await _submitted(api, one)
    await _say(api, FIRST, receipt, "hop.completed", step="civil-status", round=1, outcome="issued")

    api.clock.move(days=14)
    within = await _sees(api, FIRST, one)
    api.clock.move(days=2)
    after = await _sees(api, FIRST, one)
    originator = await _sees(api, COMMUNE, one)

    assert (within, after, originator) == (200, 404, 200)


async def test_an_agency_whose_hop_was_taken_back_is_served_no_more(api: Api) -> None:
    one = paper()
    _, receipt = await _submitted(api, one)

    await _say(api, COMMUNE, receipt, "transfer.withdrawn", reason="Người dân rút hồ sơ")

    assert await _sees(api, FIRST, one) == 404


async def test_a_handover_names_what_is_lacking_and_the_same_way_on_every_attempt(
    api: Api,
) -> None:
    had, lacking = paper(of="had"), paper(of="lacking")
    await hand_in(api, await api.sign_in(FIRST), had)
    api.clock.move(minutes=1)
    await _submitted(api, had, lacking)
    first = await api.sign_in(FIRST)

    fetched = await api.http.get("/v1/mailbox", headers=first)
    await fetch(api, first, lacking)
    await api.rows("UPDATE deliveries SET next_attempt_at = now() - interval '1 second'")
    again = await _handover(api, first)

    [item] = fetched.json()["items"]
    named = item["event"]["data"]["documents"]
    assert [(one["sha256"], one["held"]) for one in named] == [
        (had.digest, True),
        (lacking.digest, False),
    ]
    assert named[0]["size"] == len(had.content)
    assert again["documents"] == named
    REGISTRY.read("vn.lienthong.handover.offered.v1", orjson.dumps(again))


async def test_what_was_served_whole_is_held_at_the_next_handover(api: Api) -> None:
    one = paper()
    await _submitted(api, one)
    first = await api.sign_in(FIRST)
    await _handover(api, first)
    await fetch(api, first, one)
    api.clock.move(minutes=1)

    commune = await api.sign_in()
    await api.submit(commune, data__documents=[one.reference()], **BIRTH)

    assert [each["held"] for each in (await _handover(api, first))["documents"]] == [True]


async def test_a_dossier_has_a_limit_however_it_is_spread_over_messages(
    database_url: str, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {"documents_folder": tmp_path, "documents_reserve_megabytes": 0}
    async with running(database_url, dossier_documents=2, **settings) as api:
        papers = [paper(of=name) for name in "abc"]
        commune, receipt = await _submitted(api, *papers[:2])
        await hand_in(api, commune, papers[2])
        corrected = submission(
            type="vn.lienthong.transfer.corrected.v1",
            subject=receipt["dossier"]["code"],
            data={
                "transfer": receipt["transfer"],
                "documents": [papers[2].reference()],
                "reason": "Bổ sung",
            },
        )

        answer = await api.send(corrected, commune)

    assert answer.status_code == 413
    assert answer.json()["type"].endswith(":document-too-large")


async def test_a_dry_run_says_that_a_document_is_missing(api: Api) -> None:
    commune = await api.sign_in()
    event = submission(data__documents=[paper().reference()])
    headers = {**commune, "Content-Type": STRUCTURED}

    answer = await api.http.post(
        "/v1/messages/validate", content=orjson.dumps(event), headers=headers
    )

    assert answer.json()["problem"]["type"].endswith(":document-missing")


async def test_a_message_may_not_name_what_is_not_here(api: Api) -> None:
    one = paper()

    answer = await api.send(submission(data__documents=[one.reference()]), await api.sign_in())

    assert answer.status_code == 422
    assert answer.json()["type"].endswith(":document-missing")
    assert answer.json()["pointer"] == "/data/documents/0"


async def test_naming_what_another_agency_handed_in_gives_no_access_to_it(api: Api) -> None:
    here, nowhere = paper(of="here"), paper(of="nowhere")
    await hand_in(api, await api.sign_in("H31.102"), here)
    commune = await api.sign_in()

    answers = [
        await api.send(submission(data__documents=[one.reference()]), commune)
        for one in (here, nowhere)
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]
    assert (await fetch(api, commune, here)).status_code == 404
    assert await api.rows("SELECT count(*) FROM document_references") == [(0,)]


async def test_what_is_said_of_a_document_must_be_true(api: Api) -> None:
    commune, one, other = await api.sign_in(), paper(), paper(of="other")
    await hand_in(api, commune, one)

    size = await api.send(submission(data__documents=[one.reference(size=1)]), commune)
    name = await api.send(submission(data__documents=[one.reference(url=other.url)]), commune)

    assert size.json()["pointer"] == "/data/documents/0/size"
    assert name.json()["pointer"] == "/data/documents/0/url"


async def test_a_document_elsewhere_is_the_senders_own_business(api: Api) -> None:
    elsewhere = paper().reference(url="https://kho.vidu.example/tep/doc-1")

    answer = await api.send(submission(data__documents=[elsewhere]), await api.sign_in())

    assert answer.status_code == 202
    assert await api.rows("SELECT count(*) FROM document_references") == [(0,)]
