"""The CloudEvents SDK as the client, in both modes; one event, however it is written."""

from datetime import datetime
from typing import Any

import httpx
import pytest
from cloudevents.core.bindings.http import HTTPMessage, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from tests.integration.api.running import Api, submission


def _event(**attributes: Any) -> CloudEvent:
    said = submission()
    data = said.pop("data")
    said["time"] = datetime.fromisoformat(said["time"])
    said["datacontenttype"] = "application/json"
    return CloudEvent({**said, **attributes}, data)


async def _post(api: Api, message: HTTPMessage, caller: dict[str, str]) -> httpx.Response:
    headers = {**message.headers, **caller}
    return await api.http.post("/v1/messages", content=message.body, headers=headers)


async def test_structured_and_binary_mode_are_one_message(api: Api) -> None:
    commune, event = await api.sign_in(), _event()

    structured = await _post(api, to_structured(event, JSONFormat()), commune)
    binary = await _post(api, to_binary(event, JSONFormat()), commune)

    assert structured.status_code == 202, structured.text
    assert (binary.status_code, binary.json()["verdict"]) == (200, "duplicate")


@pytest.mark.parametrize("text", ["Hồ sơ 100%", 'an id with "quotes"', "đ/é +"])
async def test_attributes_in_headers_are_percent_decoded(api: Api, text: str) -> None:
    commune, event = await api.sign_in(), _event(id=text)

    answer = await _post(api, to_binary(event, JSONFormat()), commune)

    assert answer.status_code == 202, answer.text
    assert answer.json()["message"] == text
