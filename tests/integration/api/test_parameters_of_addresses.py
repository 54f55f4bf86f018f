"""What is wrong in an address is answered with what is expected there."""

import pytest

from tests.integration.api.running import Api

BIRTH = "/v1/route?procedure=2.000987&place=applicant:11953"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (f"{BIRTH}&as_of=2026-03-02T08:00:00+07:00", "as_of must be an instant with offset"),
        (f"{BIRTH}&as_of=2026-13-40", "%2B07:00"),
        ("/v1/route?procedure=2.000987&place=applicant=11953", "place/0 must match"),
        ("/v1/route", "procedure is missing"),
        ("/v1/mailbox?wait=60", "wait must be at most 20"),
        ("/v1/events?limit=0", "limit must be at least 1"),
        ("/v1/events?limit=many", "limit must be an integer"),
        ("/v1/events?limt=5", "limt is not known; known are cursor, limit"),
        (f"{BIRTH}&from=H31.101", "from is not known"),
        ("/v1/transfers/not-an-id", "transfer must be a UUID"),
    ],
)
async def test_a_mistake_in_an_address_is_told_with_what_is_expected(
    api: Api, path: str, told: str
) -> None:
    commune = await api.sign_in()

    answer = await api.http.get(path, headers=commune)

    assert answer.status_code == 400, answer.text
    assert answer.json()["type"].endswith(":bad-query")
    assert told in answer.json()["detail"]


@pytest.mark.parametrize("as_of", ["2026-03-02", "2026-03-02T08:00:00%2B07:00"])
async def test_a_day_and_an_instant_are_understood(api: Api, as_of: str) -> None:
    commune = await api.sign_in()

    answer = await api.http.get(f"{BIRTH}&as_of={as_of}", headers=commune)

    assert answer.status_code == 200, answer.text


async def test_a_place_that_the_procedure_does_not_ask_for_is_refused(api: Api) -> None:
    commune = await api.sign_in()

    answer = await api.http.get(f"{BIRTH}&place=home:12499", headers=commune)

    assert answer.status_code == 422
    assert answer.json()["type"].endswith(":unknown-field")
    assert answer.json()["pointer"] == "/data/places/home"
    assert "applicant" in answer.json()["detail"]
