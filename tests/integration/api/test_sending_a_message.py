"""POST /v1/messages: stored, judged, answered; once, whatever is sent again."""

import orjson

from schemas.receipts import Receipt
from tests.integration.api.running import STRUCTURED, Api, submission


async def test_the_first_time_is_202_with_a_receipt(api: Api) -> None:
    commune = await api.sign_in()

    answer = await api.send(submission(), commune)

    assert answer.status_code == 202, answer.text
    receipt = Receipt.model_validate_json(answer.content)
    assert receipt.verdict == "accepted"
    assert receipt.deadlines.overall is not None
    assert answer.headers["Location"] == f"/v1/transfers/{receipt.transfer}"


async def test_a_duplicate_is_200_with_the_first_receipt(api: Api) -> None:
    commune, event = await api.sign_in(), submission()

    first = await api.send(event, commune)
    again = await api.send(event, commune)

    assert again.status_code == 200
    assert again.json() == {**first.json(), "verdict": "duplicate", "first": "accepted"}


async def test_the_same_id_with_another_content_is_409(api: Api) -> None:
    commune, event = await api.sign_in(), submission()
    await api.send(event, commune)

    event["data"]["note"] = "Ghi chú khác"
    answer = await api.send(event, commune)

    assert answer.status_code == 409
    assert answer.json()["type"].endswith(":content-differs")


async def test_a_refusal_is_a_problem_with_its_receipt(api: Api) -> None:
    commune = await api.sign_in()

    answer = await api.send(submission(data__procedure="9.999999"), commune)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    found = answer.json()
    assert found["type"] == "urn:lienthong:problem:unknown-procedure"
    assert found["fault"] == "sender"
    assert found["remedy"]
    assert found["receipt"]["verdict"] == "refused"


async def test_the_source_must_be_the_callers_own(api: Api) -> None:
    commune = await api.sign_in()

    answer = await api.send(submission(source="urn:lienthong:agency:H31.102"), commune)

    assert answer.status_code == 403
    assert answer.json()["type"].endswith(":foreign-source")


async def test_binary_mode_is_read(api: Api) -> None:
    commune, event = await api.sign_in(), submission()
    headers = {f"ce-{name}": value for name, value in event.items() if name != "data"}

    answer = await api.http.post(
        "/v1/messages",
        content=orjson.dumps(event["data"]),
        headers={**commune, **headers, "Content-Type": "application/json"},
    )
    again = await api.send(event, commune)

    assert answer.status_code == 202, answer.text
    assert again.json()["verdict"] == "duplicate"


async def test_what_is_too_large_is_recorded_by_size_and_digest_alone(api: Api) -> None:
    commune = await api.sign_in()
    body = b'{"specversion":"1.0","data":"' + b"x" * 300_000 + b'"}'

    answer = await api.http.post(
        "/v1/messages", content=body, headers={**commune, "Content-Type": STRUCTURED}
    )

    assert answer.status_code == 413
    [(size, kept)] = await api.rows(
        "SELECT i.size, p.id FROM inbox i LEFT JOIN payloads p ON p.id = i.id"
    )
    assert size == len(body)
    assert kept is None


async def test_what_is_not_declared_as_json_is_stored_and_refused(api: Api) -> None:
    commune = await api.sign_in()

    answer = await api.http.post(
        "/v1/messages", content=b"<a/>", headers={**commune, "Content-Type": "text/xml"}
    )

    assert answer.status_code == 415
    assert await api.rows("SELECT problem FROM inbox") == [("unsupported-media-type",)]


async def test_without_credentials_nothing_is_stored(api: Api) -> None:
    answer = await api.send(submission(), {})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert await api.rows("SELECT 1 FROM inbox") == []
