"""Now: whoever is on duty sees what needs a person, and sees it change without a reload."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from psycopg_pool import PoolTimeout

from tests.browser.conftest import Reading
from tests.browser.scenes import write_afternoon, write_stuck
from tests.browser.stage import IN_BROWSER, Town
from tests.stage.facts import eventually

pytestmark = IN_BROWSER

OFFICE = "H31.101"


async def write(town: Town, kind: str, number: int) -> None:
    services = town.gateway.services
    async with services.pool.connection() as connection:
        await write_stuck(connection, OFFICE, OFFICE, services.clock.now(), kind, number)


async def test_what_gets_stuck_appears_without_a_reload_until_the_session_ends(
    gateway: Town, reads: Reading
) -> None:
    async with reads(pass_=await gateway.pass_for("operator")) as reader:
        page = await reader.open("/console")
        await page.get_by_text("Không có gì ách tắc").wait_for()

        await write(gateway, "overdue", 1)

        row = page.get_by_role("row", name="Quá hạn xử lý")
        await row.wait_for()
        assert "Đôn đốc cơ quan đang xử lý" in await row.inner_text()
        assert reader.complaints == []
        pulse = gateway.app.state.console.state.pulse
        async with gateway.gateway.services.pool.connection() as connection:
            await connection.execute("UPDATE sessions SET ended_at = now(), ended_by = 'test'")
        await eventually(lambda: pulse.watchers == 0, within=20)


@pytest.mark.parametrize(("language", "cause"), [("vi", "Quá hạn xử lý"), ("en", "Overdue")])
async def test_the_most_urgent_cause_comes_first_and_leads_to_its_queue(
    gateway: Town, reads: Reading, language: str, cause: str
) -> None:
    services = gateway.gateway.services
    async with services.pool.connection() as connection:
        await write_afternoon(connection, services.rulebook, services.clock.now())

    async with reads(language=language, pass_=await gateway.pass_for("viewer")) as reader:
        page = await reader.open("/console")
        first = page.locator("tbody tr").first
        assert cause in await first.inner_text()
        await reader.tab_to(cause)

        assert await page.evaluate("() => document.activeElement.getAttribute('href')") == (
            "/console/stuck?cause=overdue"
        )
        assert await reader.faults() == []


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 3840)])
async def test_it_fits_every_window(gateway: Town, reads: Reading, theme: str, width: int) -> None:
    services = gateway.gateway.services
    async with services.pool.connection() as connection:
        await write_afternoon(connection, services.rulebook, services.clock.now())

    async with reads(theme=theme, width=width, pass_=await gateway.pass_for("viewer")) as reader:
        await reader.open("/console")

        assert await reader.faults() == []
        assert await reader.overflow() <= 0


class NoPool:
    """A pool whose database has gone away."""

    @asynccontextmanager
    async def connection(self, **_: Any) -> AsyncIterator[Any]:
        raise PoolTimeout("couldn't get a connection")
        yield


@pytest.mark.parametrize(
    ("language", "said"),
    [("vi", "Cơ sở dữ liệu không trả lời từ"), ("en", "The database has not answered since")],
)
async def test_a_database_that_is_away_is_told_since_when_beside_what_was_known(
    gateway: Town, reads: Reading, language: str, said: str
) -> None:
    services = gateway.gateway.services
    async with services.pool.connection() as connection:
        await write_afternoon(connection, services.rulebook, services.clock.now())
    pulse = gateway.app.state.console.state.pulse

    async with reads(
        language=language, theme="dark", pass_=await gateway.pass_for("operator")
    ) as reader:
        page = await reader.open("/console")
        known = await page.locator("tbody tr").count()
        away = replace(services, pool=NoPool())  # type: ignore[arg-type]
        pulse._services = pulse._physician._services = away

        told = page.get_by_role("alert")
        await told.wait_for()
        organ = page.locator(".organs li").first

        assert said in await told.inner_text()
        assert ("Có sự cố" if language == "vi" else "Not well") in await organ.inner_text()
        assert await page.locator("tbody tr").count() == known > 3
        assert await reader.faults() == []
        pulse._services = pulse._physician._services = services
        await told.wait_for(state="detached")


async def test_the_keyboard_goes_through_every_cause_and_the_heat_map_and_stays_where_it_is(
    gateway: Town, reads: Reading
) -> None:
    services = gateway.gateway.services
    async with services.pool.connection() as connection:
        await write_afternoon(connection, services.rulebook, services.clock.now())
    pulse = gateway.app.state.console.state.pulse

    async with reads(pass_=await gateway.pass_for("operator")) as reader:
        page = await reader.open("/console")
        links = await page.evaluate(
            "() => [...document.querySelectorAll('main a[id]')].map(one => one.id)"
        )
        passed: list[str] = []
        while len(passed) < len(links):
            await reader.press("Tab")
            id_ = await page.evaluate("() => document.activeElement.id")
            passed += [id_] if id_ in links else []

        assert passed == links, "in the order in which they are read, each once"
        assert {one.partition("-")[0] for one in links} == {"cause", "heat"}
        looks = pulse.looks
        await eventually(lambda: pulse.looks >= looks + 2, within=20)
        stayed = await page.evaluate("() => document.activeElement.id")
        assert stayed == links[-1]
