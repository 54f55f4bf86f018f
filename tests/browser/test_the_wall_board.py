"""A board on a wall: turns, refreshes, says when it hears nothing; put up and taken down."""

import re

import pytest

from gateway.operations.audit import By
from gateway.operations.boards import make_board
from tests.browser.chromium import Theme
from tests.browser.conftest import Reading
from tests.browser.scenes import write_hall
from tests.browser.stage import IN_BROWSER, Town

pytestmark = IN_BROWSER

OFFICE = "H31.101"
BY = By("operator:cli:test", "thử")


_CUT = """() => {
    const bottom = document.getElementById("rows").getBoundingClientRect().bottom + 1;
    const rows = [...document.querySelectorAll("#rows li:not([hidden])")];
    const below = rows.filter((row) => row.getBoundingClientRect().bottom > bottom);
    const parts = rows.flatMap((row) => [...row.children]);
    return below.length + parts.filter(
        (one) => one.scrollWidth > one.clientWidth + 1
            || one.getBoundingClientRect().height > one.parentElement.clientHeight
    ).length;
}"""
"""How many rows are not whole, and how many of their parts are larger than their place."""


async def hall(gateway: Town, **counts: int) -> str:
    """Fill an office's hall, and return the path of a board in it."""
    services = gateway.gateway.services
    async with services.pool.connection() as connection:
        await write_hall(connection, OFFICE, services.clock.now(), **counts)
    return (await make_board(services.pool, OFFICE, BY)).path


SCREENS = [
    ("light", 1920, 1080),
    ("dark", 3840, 2160),
    ("light", 1080, 1920),
    ("dark", 360, 740),
]


@pytest.mark.parametrize(("theme", "width", "height"), SCREENS)
async def test_every_screen_shows_whole_rows_and_all_of_them_in_turn(
    reads: Reading, gateway: Town, theme: Theme, width: int, height: int
) -> None:
    path = await hall(gateway)
    async with reads(theme=theme, width=width, height=height) as reader:
        await reader.page.clock.install()
        page = await reader.open(path)
        pages = int((await page.locator("#turn").inner_text()).partition("/")[2])
        seen: list[str] = []
        cut = 0
        for _ in range(pages):
            seen += await page.locator(".board-list li:visible .board-code").all_inner_texts()
            cut += await page.evaluate(_CUT)
            await page.clock.run_for(12_100)

        assert len(seen) == len(set(seen)) == 43
        assert all(re.fullmatch(r"\d{4}-\d{4}", tail) for tail in seen)
        assert cut == 0
        assert await reader.faults() == []
        assert await reader.overflow() <= 0
        assert reader.complaints == []


async def test_it_says_since_when_it_hears_nothing_and_goes_on_by_itself(
    reads: Reading, gateway: Town
) -> None:
    path = await hall(gateway, open_=3, ended=0)
    async with reads(width=1920, height=1080) as reader:
        await reader.page.clock.install()
        page = await reader.open(path)
        await page.route("**/rows", lambda route: route.abort())
        await page.clock.run_for(16_000)
        await page.locator("#lost").wait_for()
        told = await page.locator("#lost").inner_text()
        kept = await page.locator(".board-list li").count()
        faults = await reader.faults()
        await page.unroute("**/rows")
        services = gateway.gateway.services
        async with services.pool.connection() as connection:
            await connection.execute(
                "UPDATE transfers SET state = 'completed', ended_at = %s WHERE code LIKE '%%-0001'",
                (services.clock.now(),),
            )
        gateway.app.state.console.state.wall._kept.clear()
        await page.clock.run_for(61_000)
        await page.get_by_text("Mời nhận kết quả").wait_for()

        assert re.search(r"Mất kết nối từ \d\d:\d\d \d\d/\d\d/\d{4}", told)
        assert "No connection since" in told
        assert kept == 3
        assert faults == []
        assert not await page.locator("#lost").is_visible()


async def test_without_script_the_pages_turn_all_the_same(reads: Reading, gateway: Town) -> None:
    path = await hall(gateway)
    async with reads(script=False) as reader:
        page = await reader.open(path)
        first = await page.locator(".board-code:visible").all_inner_texts()
        turned = await page.locator("noscript").inner_html()
        await reader.open(f"{path}?turn=1")
        second = await page.locator(".board-code:visible").all_inner_texts()

        assert f"url={path}?turn=1" in turned
        assert (len(first), len(second), set(first) & set(second)) == (8, 8, set())


async def test_a_supervisor_puts_a_board_up_and_takes_it_down(
    reads: Reading, gateway: Town
) -> None:
    await hall(gateway, open_=2, ended=0)
    admitted = await gateway.pass_for("supervisor@H31")
    async with reads(width=360, theme="dark", pass_=admitted) as reader:
        page = await reader.open("/console/boards")
        await page.get_by_label("Mã đơn vị").focus()
        await page.keyboard.type("h31.101")
        await reader.press("Tab")
        await page.keyboard.type("màn hình mới ở sảnh")
        await reader.press("Enter")
        address = await page.locator("a.break").get_attribute("href")
        faults, wider = await reader.faults(), await reader.overflow()
        assert address is not None
        async with reads(width=1920, height=1080) as screen:
            await screen.page.clock.install()
            wall = await screen.open(address.removeprefix(gateway.base))
            shown = await wall.locator(".board-list li").count()
            await reader.open("/console/boards")
            await page.get_by_label("Lý do").last.fill("đổi màn hình")
            await reader.tab_to("Thu hồi địa chỉ")
            await reader.press("Enter")
            await page.get_by_text("Đã thu hồi").wait_for()
            gateway.app.state.console.state.wall._kept.clear()
            await wall.clock.run_for(16_000)
            await wall.get_by_text("không còn hoạt động").wait_for()
            left = await wall.locator(".board-list li").count()

        assert (shown, left) == (2, 0)
        assert faults == []
        assert wider <= 0
