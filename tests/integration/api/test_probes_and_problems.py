"""Alive, ready, measured; and every error a problem document."""

from dataclasses import replace

import pytest

from gateway.services import Health
from tests.integration.api.running import Api


async def test_it_is_alive_and_ready(api: Api) -> None:
    alive = await api.http.get("/healthz")
    ready = await api.http.get("/readyz")

    assert alive.json() == {"alive": True}
    assert ready.status_code == 200, ready.text
    assert "database" in {part["part"] for part in ready.json()["parts"]}


async def test_not_ready_says_which_part(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    unwell = replace(api.state.services, health=lambda: [Health("intake", False, "no consumer")])
    monkeypatch.setattr(api.app.state, "lienthong", replace(api.state, services=unwell))

    answer = await api.http.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["type"].endswith(":unavailable")
    assert {"part": "intake", "well": False, "detail": "no consumer"} in answer.json()["parts"]


async def test_metrics_name_routes_by_their_pattern(api: Api) -> None:
    await api.http.get("/v1/transfers/0195b0c4-7c00-7000-8000-000000000001")

    text = (await api.http.get("/metrics")).text

    assert 'route="/v1/transfers/{transfer}"' in text
    assert "0195b0c4" not in text
    assert "lienthong_commit_waiting_items 0.0" in text


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("DELETE", "/v1/messages", 405, "method-not-allowed"),
        ("GET", "/v1/transfers/not-an-id", 401, "unauthenticated"),
        ("POST", "/oauth/token", 400, "bad-query"),
        ("GET", "/schemas/no.such.v1", 404, "not-found"),
    ],
)
async def test_every_error_is_a_problem_document(
    api: Api, method: str, path: str, status: int, slug: str
) -> None:
    answer = await api.http.request(method, path)

    assert answer.status_code == status
    # OAuth 2 has its own media type (RFC 6749 5.2); a problem's members stand in it all the same.
    oauth = path == "/oauth/token"
    assert answer.headers["Content-Type"] == f"application/{'json' if oauth else 'problem+json'}"
    found = answer.json()
    assert found["type"] == f"urn:lienthong:problem:{slug}"
    assert found["fault"] == "sender"
    assert found["remedy"]


async def test_a_bad_parameter_is_named(api: Api) -> None:
    commune = await api.sign_in()

    answer = await api.http.get("/v1/events?limit=5000", headers=commune)

    assert answer.status_code == 400
    assert "limit" in answer.json()["detail"]


async def test_a_failure_of_ours_is_a_problem_without_its_text(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise RuntimeError("Trần Thị Bí Mật")

    monkeypatch.setattr("gateway.api.dossiers.find_transfer", fails)
    commune = await api.sign_in()

    answer = await api.http.get(
        "/v1/transfers/0195b0c4-7c00-7000-8000-000000000001", headers=commune
    )

    assert answer.status_code == 500
    assert answer.json()["type"].endswith(":internal")
    assert "Bí Mật" not in answer.text


async def test_schemas_and_documents_are_published(api: Api) -> None:
    listed = (await api.http.get("/schemas/")).json()["schemas"]
    schema = await api.http.get("/schemas/transfer.submitted.v1")
    openapi = await api.http.get("/openapi.json")
    asyncapi = await api.http.get("/asyncapi.yaml")

    assert "/schemas/transfer.submitted.v1.json" in listed
    assert schema.headers["Content-Type"] == "application/schema+json"
    assert openapi.json()["openapi"].startswith("3.1")
    assert asyncapi.text.startswith('asyncapi: "3')
