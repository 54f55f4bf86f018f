"""Operators see what became of a document and who had it; its content needs role and reason."""

from uuid import uuid4

from tests.integration.api.running import COMMUNE, Api
from tests.integration.documents.papers import fetch, hand_in, paper


async def test_an_operator_sees_the_audit_and_never_a_name(api: Api) -> None:
    commune, operator = await api.sign_in(), await api.sign_in(None, "operator")
    one = paper()
    await hand_in(api, commune, one)
    receipt = await api.submit(commune, data__documents=[one.reference()])
    await fetch(api, commune, one, Range="bytes=0-9")

    answer = await api.http.get(f"/v1/operations/documents/{one.digest}", headers=operator)

    shown = answer.json()
    assert answer.status_code == 200
    assert (shown["state"], shown["holders"]) == ("kept", [COMMUNE])
    assert shown["transfers"] == [receipt["transfer"]]
    assert [line["act"] for line in shown["accesses"]] == ["served", "stored"]
    assert (shown["accesses"][0]["first"], shown["accesses"][0]["past"]) == (0, 10)
    assert "Giấy" not in answer.text


async def test_content_is_shown_for_a_reason_that_is_kept(api: Api) -> None:
    commune, operator = await api.sign_in(), await api.sign_in(None, "operator")
    one = paper()
    await hand_in(api, commune, one)
    address = f"/v1/operations/documents/{one.digest}/content"

    without = await api.http.post(address, json={}, headers=operator)
    agency = await api.http.post(address, json={"reason": "Đối chiếu"}, headers=commune)
    shown = await api.http.post(address, json={"reason": "Đối chiếu"}, headers=operator)

    assert (without.status_code, agency.status_code) == (422, 403)
    assert shown.content == one.content
    [(actor, reason)] = await api.rows(
        "SELECT actor, reason FROM document_accesses WHERE act = 'shown'"
    )
    assert actor.startswith("operator:operator-")
    assert reason == "Đối chiếu"


async def test_an_agency_lists_its_transfers_documents_and_what_it_has(api: Api) -> None:
    commune, stranger, one = await api.sign_in(), await api.sign_in("H31.102"), paper()
    await hand_in(api, commune, one)
    receipt = await api.submit(commune, data__documents=[one.reference()])
    address = f"/v1/transfers/{receipt['transfer']}/documents"

    own = await api.http.get(address, headers=commune)
    foreign = await api.http.get(address, headers=stranger)

    [listed] = own.json()["documents"]
    assert (listed["sha256"], listed["held"], listed["state"]) == (one.digest, True, "kept")
    assert foreign.status_code == 404


async def test_a_digest_that_never_was_here_is_not_found(api: Api) -> None:
    operator = await api.sign_in(None, "operator")
    digest = (uuid4().hex + uuid4().hex)[:64]

    answer = await api.http.get(f"/v1/operations/documents/{digest}", headers=operator)

    assert answer.status_code == 404
