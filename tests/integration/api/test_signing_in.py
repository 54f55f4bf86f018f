"""POST /oauth/token and the bearer tokens that it gives."""

import httpx

from gateway.identity.clients import Clients
from gateway.identity.secrets import SecretKeeper
from gateway.identity.tokens import Caller, TokenIssuer
from tests.integration.api.running import COMMUNE, QUICK, Api

GRANT = {"grant_type": "client_credentials"}


def _clients(api: Api) -> Clients:
    return Clients(api.gateway.services.pool, SecretKeeper(QUICK))


async def _ask(api: Api, client_id: str, secret: str) -> httpx.Response:
    return await api.http.post("/oauth/token", data=GRANT, auth=(client_id, secret))


async def _read(api: Api, token: str) -> int:
    answer = await api.http.get("/v1/events", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code


async def test_credentials_by_basic_and_in_the_form_give_a_token(api: Api) -> None:
    made = await _clients(api).register("commune-1", agency=COMMUNE)

    by_basic = await _ask(api, made.client_id, made.secret)
    in_form = await api.http.post(
        "/oauth/token",
        data={**GRANT, "client_id": made.client_id, "client_secret": made.secret},
    )

    for answer in (by_basic, in_form):
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.json()["token_type"] == "Bearer"
        assert await _read(api, answer.json()["access_token"]) == 200


async def test_a_wrong_secret_and_an_unknown_client_look_alike(api: Api) -> None:
    await _clients(api).register("commune-1", agency=COMMUNE)

    wrong = await _ask(api, "commune-1", "not-the-secret")
    unknown = await _ask(api, "nobody", "not-the-secret")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert wrong.json()["error"] == "invalid_client"


async def test_a_wrong_secret_is_told_what_to_do_as_oauth_clients_read_it(api: Api) -> None:
    answer = await _ask(api, "commune-1", "not-the-secret")

    told = answer.json()
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert told["error_description"] == f"{told['detail']} {told['remedy']}"
    assert "makes a new one" in told["remedy"]
    assert "not-the-secret" not in answer.text


async def test_guessing_is_slowed_down_without_locking_others_out(api: Api) -> None:
    made = await _clients(api).register("commune-1", agency=COMMUNE)
    await _clients(api).register("commune-2", agency=COMMUNE)
    for _ in range(10):
        await _ask(api, "commune-2", "guess")

    slowed = await _ask(api, "commune-2", "guess")
    other = await _ask(api, made.client_id, made.secret)

    assert slowed.status_code == 429
    assert 0 < int(slowed.headers["Retry-After"]) <= 60
    assert slowed.json()["error"] == "invalid_client"
    assert f"in {slowed.headers['Retry-After']} s" in slowed.json()["error_description"]
    assert "same id" not in slowed.json()["remedy"]
    assert other.status_code == 200


async def test_a_rotated_secret_overlaps_the_old_one(api: Api) -> None:
    clients = _clients(api)
    old = await clients.register("commune-1", agency=COMMUNE)

    new = await clients.rotate("commune-1")
    both = [(await _ask(api, "commune-1", one.secret)).status_code for one in (old, new)]
    await api.rows("UPDATE clients SET previous_until = now()")
    after = [(await _ask(api, "commune-1", one.secret)).status_code for one in (old, new)]

    assert both == [200, 200]
    assert after == [401, 200]


async def test_a_client_that_is_switched_off_is_out_with_its_tokens(api: Api) -> None:
    clients = _clients(api)
    made = await clients.register("commune-1", agency=COMMUNE)
    token = (await _ask(api, made.client_id, made.secret)).json()["access_token"]

    await clients.disable("commune-1")

    assert (await _ask(api, made.client_id, made.secret)).status_code == 401
    assert await _read(api, token) == 401


async def test_a_token_signed_with_another_secret_is_refused(api: Api) -> None:
    await _clients(api).register("commune-1", agency=COMMUNE)
    forged = TokenIssuer("x" * 40, issuer=api.gateway.services.settings.gateway_id, seconds=60)

    assert await _read(api, forged.issue(Caller("commune-1", COMMUNE))) == 401


async def test_an_unsigned_token_is_refused(api: Api) -> None:
    # {"alg":"none","typ":"JWT"} . {"sub":"commune-1","iss":"vn.lienthong.gateway",...} .
    head = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"
    body = "eyJzdWIiOiJjb21tdW5lLTEiLCJpc3MiOiJ2bi5saWVudGhvbmcuZ2F0ZXdheSIsImV4cCI6NDEwMjQ0NDgwMH0"

    assert await _read(api, f"{head}.{body}.") == 401


async def test_other_grants_are_refused(api: Api) -> None:
    answer = await api.http.post("/oauth/token", data={"grant_type": "password"})

    assert answer.status_code == 400
    assert answer.json()["error"] == "unsupported_grant_type"
    assert "grant_type=client_credentials" in answer.json()["error_description"]


async def test_an_operator_without_an_agency_sends_nothing(api: Api) -> None:
    operator = await api.sign_in(None, "operator")

    answer = await api.send({}, operator)

    assert answer.status_code == 403
