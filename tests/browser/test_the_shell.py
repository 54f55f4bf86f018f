"""What surrounds every screen: bar, languages, themes, problem pages; by keyboard and for all."""

import pytest

from tests.browser.chromium import Reader
from tests.browser.conftest import Reading
from tests.browser.stage import IN_BROWSER, Town

pytestmark = IN_BROWSER


async def test_the_language_is_switched_by_keyboard_and_stays(reader: Reader) -> None:
    page = await reader.open("/tra-cuu")
    assert await page.title() == "Tra cứu hồ sơ · Liên Thông"

    await reader.tab_to("English")
    await reader.press("Enter")
    await page.wait_for_url("**/tra-cuu")
    await page.get_by_role("heading", name="Look up a dossier").wait_for()
    await page.reload()

    assert await page.title() == "Look up a dossier · Liên Thông"
    assert await page.get_attribute("html", "lang") == "en"
    assert reader.complaints == []


async def test_the_first_tab_leads_past_the_bar(reader: Reader) -> None:
    page = await reader.open("/tra-cuu")

    await reader.press("Tab", "Enter", "Tab")

    assert await page.evaluate("() => document.activeElement.id") == "code"


async def test_dark_is_dark_and_pressing_again_gives_it_back(reader: Reader) -> None:
    page = await reader.open("/tra-cuu")

    await page.get_by_role("button", name="Giao diện tối").click()
    await page.wait_for_selector("html[data-theme=dark]")
    dark = await page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    await page.get_by_role("button", name="Giao diện tối").click()
    await page.wait_for_selector("html:not([data-theme])")

    assert dark == "rgb(14, 20, 28)"


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("vi", "light", 1440), ("en", "dark", 360)]
)
async def test_nothing_serious_bars_anybody_and_nothing_is_wider_than_the_window(
    reads: Reading, language: str, theme: str, width: int
) -> None:
    faults: dict[str, list[str]] = {}
    wider: dict[str, int] = {}

    async with reads(language=language, theme=theme, width=width) as reader:
        for path in ("/tra-cuu", "/console/components", "/console/nowhere"):
            await reader.open(path)
            faults[path] = await reader.faults()
            wider[path] = await reader.overflow()

    assert {path: told for path, told in faults.items() if told} == {}
    assert {path: pixels for path, pixels in wider.items() if pixels > 0} == {}


async def test_pages_can_be_read_without_any_script(reads: Reading) -> None:
    async with reads(script=False) as reader:
        page = await reader.open("/tra-cuu")
        await page.get_by_role("button", name="English").click()
        code = page.get_by_role("textbox", name="Dossier code")
        await code.wait_for()

        assert await code.is_editable()


@pytest.mark.parametrize("width", [1280, 360])
async def test_rare_screens_lie_under_more_and_its_menu_closes_with_escape(
    gateway: Town, reads: Reading, width: int
) -> None:
    pass_ = await gateway.pass_for("supervisor", "administrator")
    async with reads(width=width, pass_=pass_) as reader:
        page = await reader.open("/console/audit")
        bar = await page.locator("header.bar").bounding_box()
        users = page.get_by_role("link", name="Người dùng", exact=True)
        if width < 1080:
            await reader.tab_to("Màn hình")
            await reader.press("Enter")
        await reader.tab_to("Thêm")
        await reader.press("Enter")
        await users.wait_for()
        assert await reader.faults() == []
        await reader.press("Escape")
        closed = not await users.is_visible()
        if width >= 1080:
            await reader.press("Enter")
            await reader.tab_to("Người dùng")
            await reader.press("Enter")
            await page.wait_for_url("**/console/people")

        assert bar is not None
        assert width < 1080 or bar["height"] < 60
        assert closed
        assert reader.complaints == []
