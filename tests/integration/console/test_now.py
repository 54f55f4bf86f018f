"""The first screen over HTTP: no further than one may see, one look for everybody."""

from gateway.duties.bookkeeper import Bookkeeper
from gateway.reports.recount import rebuild
from tests.browser.scenes import write_stuck
from tests.integration.api.running import Api
from tests.integration.console.visiting import sign_in

HERE, THERE = "H31.101", "H31.102"


async def write(api: Api, agency: str, kind: str, number: int) -> None:
    services = api.gateway.services
    async with services.pool.connection() as connection:
        await write_stuck(connection, agency, agency, services.clock.now(), kind, number)


async def test_a_scope_narrows_everything_that_the_first_screen_says(api: Api) -> None:
    await write(api, HERE, "overdue", 1)
    await write(api, THERE, "unread", 2)
    await api.reach_by("mailbox", HERE, THERE)
    await api.rows("UPDATE endpoints SET breaker = 'open'")
    await api.rows("INSERT INTO alarms (id, kind, subject) VALUES (%s, 'x', %s)", "0" * 32, THERE)
    await api.gateway.refresh_endpoints()

    everything, narrowed = [
        (await (await sign_in(api, role)).get("/console")).text
        for role in ("viewer", f"viewer@{HERE}")
    ]

    for said in ("cause=overdue", "cause=no-receipt", HERE, THERE, "Cảnh báo đang mở"):
        assert said in everything
    for said in ("cause=overdue", HERE):
        assert said in narrowed
    for secret in ("cause=no-receipt", THERE, "Cảnh báo đang mở"):
        assert secret not in narrowed


async def test_many_readers_cost_one_look(api: Api) -> None:
    reader = await sign_in(api, "operator")
    pulse = api.app.state.console.state.pulse

    for _ in range(20):
        assert (await reader.get("/console")).status_code == 200

    assert pulse.looks == 1


async def test_traffic_is_counted_from_the_ledger_once(api: Api) -> None:
    caller = await api.sign_in(HERE)
    await api.reach_by("mailbox", HERE)
    for _ in range(3):
        await api.submit(caller)
    pool, day = api.gateway.services.pool, "SELECT submitted, handed_quickly FROM traffic_books"
    available = "SELECT count(*) FROM ledger WHERE act = 'hop.available'"

    while await Bookkeeper(pool).book():
        pass
    booked = await api.rows(day)
    await rebuild(pool)

    [[handed]] = await api.rows(available)
    assert handed == 3
    assert booked == await api.rows(day) == [(3, 3)]
    shown = await (await sign_in(api, "viewer")).get("/console")
    assert "3 hồ sơ" in shown.text


async def test_a_stranger_has_no_first_screen_and_no_stream(api: Api) -> None:
    for path in ("/console", "/console/", "/console/now/live"):
        assert (await api.http.get(path)).status_code == 303
