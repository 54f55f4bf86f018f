"""The calendar in a browser: a version brought in and approved by keyboard, for everybody."""

import pytest

from gateway.operations.calendars import import_calendar
from tests.browser.conftest import Reading
from tests.browser.stage import IN_BROWSER, Town
from tests.integration.console.test_the_calendar_screen import DOCUMENT, NEWER

pytestmark = IN_BROWSER

PAGE = "/console/calendar"


async def test_a_version_is_imported_by_one_and_approved_by_another(
    reads: Reading, gateway: Town
) -> None:
    async with reads(pass_=await gateway.pass_for("supervisor")) as reader:
        page = await reader.open(PAGE)
        await page.get_by_label("Nội dung tệp").fill(DOCUMENT)
        await reader.tab_to("Nhập để chờ phê duyệt")
        await reader.press("Enter")
        await page.get_by_text("chờ người khác phê duyệt").first.wait_for()

        assert await page.get_by_role("button", name="Phê duyệt và áp dụng").count() == 0
        assert reader.complaints == []
    async with reads(language="en", pass_=await gateway.pass_for("supervisor")) as reader:
        page = await reader.open(f"{PAGE}?calendar={NEWER}")
        await reader.tab_to("Why it is approved")
        await page.keyboard.type("reviewed")
        await reader.press("Enter")
        await page.get_by_text("Clocks that start now count by it.").wait_for()

        assert gateway.gateway.services.rulebook.calendar.pin == NEWER
        assert reader.complaints == []


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("vi", "light", 360), ("en", "dark", 1440), ("vi", "dark", 3840)],
)
async def test_nothing_serious_bars_anybody_and_nothing_is_wider_than_the_window(
    reads: Reading, gateway: Town, language: str, theme: str, width: int
) -> None:
    services = gateway.gateway.services
    await gateway.submit_dossier("034199001234")
    await import_calendar(services.pool, DOCUMENT, "operator:test", services.rulebook.calendars)
    admitted = await gateway.pass_for("supervisor")
    found: dict[str, object] = {}

    async with reads(language=language, theme=theme, width=width, pass_=admitted) as reader:
        for path in (
            PAGE,
            f"{PAGE}?year=2027",
            f"{PAGE}?calendar={NEWER}",
            f"{PAGE}/moves?calendar={NEWER}",
        ):
            await reader.open(path)
            found[path] = (await reader.faults(), max(0, await reader.overflow()))

    assert {path: told for path, told in found.items() if told != ([], 0)} == {}
