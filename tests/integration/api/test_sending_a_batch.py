"""application/cloudevents-batch+json: 200 with a receipt or a problem per event, in order."""

from typing import Any

import httpx
import orjson

from tests.integration.api.running import BATCH, Api, submission


async def _send(api: Api, caller: dict[str, str], body: Any) -> httpx.Response:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return await api.http.post(
        "/v1/messages", content=content, headers={**caller, "Content-Type": BATCH}
    )


async def test_each_event_has_its_answer_in_order(api: Api) -> None:
    commune = await api.sign_in()
    good, other = submission(), submission()
    batch = [good, {**other, "source": "urn:lienthong:agency:H31.102"}, 7, good, submission()]

    answer = await _send(api, commune, batch)

    assert answer.status_code == 200
    answers = answer.json()
    assert [one.get("verdict") for one in answers] == [
        "accepted",
        None,
        None,
        "duplicate",
        "accepted",
    ]
    assert answers[1]["type"].endswith(":foreign-source")
    assert answers[1]["receipt"]["verdict"] == "refused"
    assert answers[2]["type"].endswith(":not-a-cloudevent")


async def test_events_are_stored_byte_by_byte(api: Api) -> None:
    commune = await api.sign_in()
    text = orjson.dumps(submission(), option=orjson.OPT_INDENT_2)

    await _send(api, commune, b"[ " + text + b" ]")

    assert await api.rows("SELECT body FROM payloads") == [(text,)]


async def test_an_event_with_unsound_json_spoils_only_itself(api: Api) -> None:
    commune = await api.sign_in()
    unsound = orjson.dumps(submission()).replace(b'"in_person"', b"NaN")

    answer = await _send(api, commune, b"[" + unsound + b"," + orjson.dumps(submission()) + b"]")

    first, second = answer.json()
    assert first["type"].endswith(":not-json")
    assert second["verdict"] == "accepted"


async def test_one_event_that_is_too_large_is_refused_alone(api: Api) -> None:
    commune = await api.sign_in()

    answer = await _send(api, commune, [submission(data__note="x" * 300_000), submission()])

    first, second = answer.json()
    assert first["type"].endswith(":too-large")
    assert second["verdict"] == "accepted"


async def test_an_empty_batch_is_answered(api: Api) -> None:
    answer = await _send(api, await api.sign_in(), [])

    assert (answer.status_code, answer.json()) == (200, [])


async def test_what_is_no_batch_is_stored_and_refused(api: Api) -> None:
    commune = await api.sign_in()
    for body in (b"{}", b"[1,", b"[1] 2", b'["\xff"]', b""):
        answer = await _send(api, commune, body)

        assert answer.status_code == 400, body
        assert answer.json()["receipt"]["verdict"] == "refused"
    assert len(await api.rows("SELECT 1 FROM inbox WHERE problem = 'not-json'")) == 5


async def test_too_many_events_are_refused(api: Api) -> None:
    answer = await _send(api, await api.sign_in(), b"[" + b"1," * 1000 + b"1]")

    assert answer.status_code == 413
    assert "1000" in answer.json()["detail"]


async def test_too_many_bytes_are_refused_while_they_come(api: Api) -> None:
    commune = await api.sign_in()
    read = 0

    async def body() -> Any:
        nonlocal read
        for _ in range(40):
            read += 1
            yield b" " * 1024 * 1024

    answer = await api.http.post(
        "/v1/messages", content=body(), headers={**commune, "Content-Type": BATCH}
    )

    assert answer.status_code == 413
    assert read <= 40
