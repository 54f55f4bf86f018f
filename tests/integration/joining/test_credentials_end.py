"""Credentials end: warned of in time, overlapping while rotated, good for nothing after."""

from gateway.duties.credential_watch import CredentialWatch
from tests.integration.api.running import Api
from tests.integration.joining.office import JOINER, Office


async def _ends_in(api: Api, days: float) -> None:
    for table in ("clients", "broker_credentials"):
        await api.rows(
            f"UPDATE {table} SET expires_at = clock_timestamp() + %s * interval '1 day'"
            " WHERE agency = %s",
            days,
            JOINER,
        )


async def _alarms(api: Api) -> dict[str, list[str]]:
    await CredentialWatch(api.gateway.services.pool).look()
    rows = await api.rows("SELECT kind, subject FROM alarms WHERE cleared_at IS NULL ORDER BY 1, 2")
    told: dict[str, list[str]] = {}
    for kind, subject in rows:
        told.setdefault(kind, []).append(subject)
    return told


async def test_a_credential_that_has_ended_signs_nobody_in(office: Office) -> None:
    await office.do("", agency=JOINER)
    credential = (await office.issue())["http"]
    caller = await office.caller(credential)

    await _ends_in(office.api, -0.01)
    office.api.state.clients.forget()
    signing_in = await office.sign_in(credential)
    with_its_token = await office.api.http.get("/v1/mailbox", headers=caller)
    shown = await office.show()

    assert (signing_in.status_code, with_its_token.status_code) == (401, 401)
    assert [one["good"] for one in shown["credentials"]] == [False]


async def test_an_end_is_told_thirty_and_seven_days_before(office: Office) -> None:
    await office.do("", agency=JOINER)
    await office.issue(JOINER, "http", "amqp")
    both = [f"{JOINER}-1/amqp", f"{JOINER}-1/http"]

    long_before = await _alarms(office.api)
    await _ends_in(office.api, 29.5)
    soon, shown_soon = await _alarms(office.api), await office.show()
    await _ends_in(office.api, 6.5)
    urgent, shown_urgent = await _alarms(office.api), await office.show()
    await office.do(f"/{JOINER}/credentials/rotate", road="http")
    await office.do(f"/{JOINER}/credentials/rotate", road="amqp")
    rotated = await _alarms(office.api)

    assert long_before == {}
    assert soon == {"credential-ends": both}
    assert {one["ends"] for one in shown_soon["credentials"]} == {"soon"}
    assert urgent == {"credential-ends-soon": both}
    assert {one["ends"] for one in shown_urgent["credentials"]} == {"urgent"}
    assert rotated == {}


async def test_two_secrets_are_good_until_the_overlap_ends(office: Office) -> None:
    await office.do("", agency=JOINER)
    former = (await office.issue())["http"]

    made = await office.do(f"/{JOINER}/credentials/rotate", road="http", overlap_hours=1)
    following = made["credentials"][0]
    both = [(await office.sign_in(one)).status_code for one in (former, following)]
    await office.api.rows("UPDATE clients SET previous_until = clock_timestamp()")
    after = [(await office.sign_in(one)).status_code for one in (former, following)]

    assert following["name"] == former["name"]
    assert (both, after) == ([200, 200], [401, 200])


async def test_a_webhook_is_signed_with_two_keys_until_the_overlap_ends(office: Office) -> None:
    await office.do("", agency=JOINER)
    address = "https://example.invalid/hook"
    set_up = await office.do(f"/{JOINER}/endpoint", "PUT", connector="webhook", address=address)
    former = set_up["secret"]["secret"]

    made = await office.do(f"/{JOINER}/credentials/rotate", road="webhook", overlap_hours=1)
    following = made["credentials"][0]["secret"]
    meanwhile = await office.api.rows("SELECT secret FROM endpoints")
    await office.api.rows("UPDATE endpoints SET former_until = clock_timestamp()")
    await CredentialWatch(office.api.gateway.services.pool).look()
    after = await office.api.rows("SELECT secret FROM endpoints")

    assert meanwhile == [(f"{following} {former}",)]
    assert after == [(following,)]


async def test_a_rotation_never_makes_the_former_one_last_longer(office: Office) -> None:
    await office.do("", agency=JOINER)
    former = (await office.issue())["http"]
    await _ends_in(office.api, -0.01)

    following = await office.do(f"/{JOINER}/credentials/rotate", road="http", name=former["name"])

    assert (await office.sign_in(former)).status_code == 401
    assert (await office.sign_in(following["credentials"][0])).status_code == 200
