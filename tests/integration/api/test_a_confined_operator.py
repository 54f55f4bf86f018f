"""An operator's client with a scope sees and acts within it; what is not narrowed is shut."""

from typing import Any
from uuid import UUID

from gateway.api.app import openapi_document
from gateway.identity.clients import Clients
from gateway.identity.secrets import SecretKeeper
from tests.integration.api.running import COMMUNE, QUICK, Api

ELSEWHERE = "H31.102"
NARROWED = {
    "GET /v1/operations/stuck",
    "GET /v1/operations/stuck/{cause}",
    "GET /v1/operations/stuck-groups",
    "GET /v1/operations/stuck-views",
    "POST /v1/operations/stuck-views",
    "DELETE /v1/operations/stuck-views/{view}",
    "GET /v1/operations/notes/{subject}",
    "GET /v1/operations/transfers/{transfer}",
    "POST /v1/operations/acts",
    "GET /v1/operations/acts/{act}",
    "GET /v1/operations/acts/{act}/items",
    "POST /v1/operations/acts/{act}/{how}",
}
_NOTHING = "00000000-0000-7000-8000-000000000000"
_VALUES = {"cause": "undelivered", "how": "pause", "code": COMMUNE, "agency": COMMUNE}


async def confined(api: Api, scope: str) -> dict[str, str]:
    clients = Clients(api.gateway.services.pool, SecretKeeper(QUICK))
    made = await clients.register(f"confined-{scope}", roles=["operator"], scope=scope)
    answer = await api.http.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(made.client_id, made.secret),
    )
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def undelivered(api: Api) -> str:
    transfer = str((await api.submit(await api.sign_in()))["transfer"])
    api.clock.move(minutes=11)
    await api.keep_time()
    return transfer


async def test_what_does_not_narrow_refuses_who_is_confined(api: Api) -> None:
    client = await confined(api, ELSEWHERE)
    operations = [
        (method.upper(), path)
        for path, item in openapi_document()["paths"].items()
        for method in item
        if path.startswith("/v1/operations") and method in ("get", "post", "put", "delete")
    ]

    answers: dict[str, int] = {}
    for method, path in operations:
        address = path
        for name in [part[1:-1] for part in path.split("/") if part.startswith("{")]:
            address = address.replace(f"{{{name}}}", _VALUES.get(name, _NOTHING))
        sent: Any = {} if method in ("POST", "PUT") else None
        answer = await api.http.request(method, address, headers=client, json=sent)
        answers[f"{method} {path}"] = answer.status_code

    let_in = {one for one, status in answers.items() if status not in (403, 400, 404, 422)}
    shut = {one for one, status in answers.items() if status == 403}
    assert len(operations) > 40
    assert let_in <= NARROWED
    assert shut >= {one for one in answers if one not in NARROWED and one.startswith("GET")}
    assert not shut & NARROWED


async def test_it_sees_and_acts_on_its_own_alone(api: Api) -> None:
    transfer = await undelivered(api)
    inside, outside = await confined(api, COMMUNE), await confined(api, ELSEWHERE)
    order = {
        "act": "note",
        "reason": "ghi lại",
        "note": "Đã gọi điện",
        "targets": [{"transfer": transfer, "step": "civil-status", "round": 1}],
    }
    base = "/v1/operations"

    acted = [
        await api.http.post(f"{base}/acts", json=order, headers=one) for one in (inside, outside)
    ]
    seen: list[list[Any]] = []
    for one in (inside, outside):
        listed = await api.http.get(f"{base}/stuck/undelivered", headers=one)
        grouped = await api.http.get(f"{base}/stuck-groups", headers=one)
        notes = await api.http.get(f"{base}/notes/{transfer}", headers=one)
        seen.append(
            [len(listed.json()["items"]), len(grouped.json()["groups"]), len(notes.json()["notes"])]
        )
    read = [
        (await api.http.get(address, headers=one)).status_code
        for one in (inside, outside)
        for address in (f"{base}/transfers/{transfer}", f"/v1/transfers/{transfer}")
    ]
    act = acted[0].json()["id"]
    followed = [
        (await api.http.get(f"{base}/acts/{act}", headers=one)).status_code
        for one in (inside, outside)
    ]

    assert [one.status_code for one in acted] == [202, 422]
    assert seen == [[1, 2, 1], [0, 0, 0]], "it is undelivered, and has no endpoint"
    assert read == [200, 200, 404, 404]
    assert followed == [200, 404]


async def test_a_dossier_is_found_within_reach_alone(api: Api) -> None:
    transfer = await undelivered(api)
    [(code,)] = await api.rows("SELECT code FROM transfers WHERE id = %s", UUID(transfer))

    found = [
        (await api.http.get(f"/v1/dossiers/{code}", headers=await confined(api, scope))).status_code
        for scope in (COMMUNE, ELSEWHERE)
    ]

    assert found == [200, 404]
