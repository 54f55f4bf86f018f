"""Reports: a leader sees how promises are kept; an officer takes a form away, by keyboard alone."""

import pytest

from tests.browser.conftest import Reading
from tests.browser.report_scenes import write_books
from tests.browser.stage import IN_BROWSER, Town

pytestmark = IN_BROWSER


async def write(town: Town) -> None:
    services = town.gateway.services
    async with services.pool.connection() as connection:
        await write_books(connection, services.rulebook, services.clock.now())


@pytest.mark.parametrize(
    ("language", "show", "said", "take"),
    [
        ("vi", "Xem báo cáo", "Quý IV/2025", "Tải Excel"),
        ("en", "Show", "Quarter IV/2025", "Excel"),
    ],
)
async def test_a_form_is_chosen_and_taken_away_by_keyboard(
    gateway: Town, reads: Reading, language: str, show: str, said: str, take: str
) -> None:
    await write(gateway)

    async with reads(language=language, pass_=await gateway.pass_for("viewer")) as reader:
        page = await reader.open("/console/reports")
        assert await reader.faults() == []
        await reader.tab_to("Biểu 06")
        await reader.press("Enter")
        await page.locator(".sheet").wait_for()
        await page.focus("#period")
        while await page.input_value("#period") != "2025-Q4":
            await reader.press("ArrowDown")
        await reader.tab_to(show)
        await reader.press("Enter")
        await page.locator(".sheet-title", has_text=said).wait_for()

        assert await reader.faults() == []
        await page.focus("main")
        await reader.tab_to(take)
        async with page.expect_download() as taken:
            await reader.press("Enter")
        file = await taken.value
        assert file.suggested_filename == "bieu-06_2025-10-01_2025-12-31.xlsx"
        assert reader.complaints == []


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 3840)])
@pytest.mark.parametrize("path", ["/console/reports?span=year", "/console/reports/agency-time"])
async def test_it_fits_every_window(
    gateway: Town, reads: Reading, theme: str, width: int, path: str
) -> None:
    await write(gateway)

    async with reads(theme=theme, width=width, pass_=await gateway.pass_for("viewer")) as reader:
        await reader.open(path)

        assert await reader.faults() == []
        assert await reader.overflow() <= 0


async def test_paper_shows_the_form_and_nothing_of_the_screen(
    gateway: Town, reads: Reading
) -> None:
    await write(gateway)

    async with reads(theme="dark", pass_=await gateway.pass_for("viewer")) as reader:
        page = await reader.open("/console/reports/bieu-06")
        await page.emulate_media(media="print")

        for gone in (".bar", ".tabs", ".filter", ".headline", ".actions"):
            assert not await page.locator(gone).first.is_visible()
        ink = "() => [getComputedStyle(document.body).color, getComputedStyle(document.querySelector('thead')).display]"  # noqa: E501
        assert await page.evaluate(ink) == ["rgb(0, 0, 0)", "table-header-group"]
        assert await page.locator(".signatures").is_visible()
