"""Audit: an auditor finds who did what, reads why, and sees what stood before and after."""

import pytest

from tests.browser.audit_scenes import write_trail
from tests.browser.conftest import Reading
from tests.browser.stage import IN_BROWSER, Town

pytestmark = IN_BROWSER


@pytest.mark.parametrize(
    ("language", "act", "find", "after"),
    [
        ("vi", "Tạm ngừng cơ quan", "Tìm", "tạm ngừng"),
        ("en", "Suspended an agency", "Find", "suspended"),
    ],
)
async def test_an_entry_is_found_and_read_by_keyboard(
    gateway: Town, reads: Reading, language: str, act: str, find: str, after: str
) -> None:
    await write_trail(gateway.gateway.services.pool)

    async with reads(language=language, pass_=await gateway.pass_for("auditor")) as reader:
        page = await reader.open("/console/audit")
        assert await reader.faults() == []
        await page.focus("#by")
        await page.keyboard.type("ha.tran")
        await reader.tab_to(find)
        await reader.press("Enter")
        await page.wait_for_url("**by=ha.tran**")
        await reader.tab_to(act)  # the table, which scrolls
        await reader.tab_to(act)
        await reader.press("Enter")

        await page.get_by_text("nghi lộ thông tin xác thực").wait_for()
        assert after in await page.locator("tbody strong").first.inner_text()
        assert await reader.faults() == []
        assert reader.complaints == []


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 3840)])
async def test_it_fits_every_window(gateway: Town, reads: Reading, theme: str, width: int) -> None:
    await write_trail(gateway.gateway.services.pool)

    async with reads(theme=theme, width=width, pass_=await gateway.pass_for("auditor")) as reader:
        page = await reader.open("/console/audit")
        await page.locator("details.take summary").click()

        assert await reader.faults() == []
        assert await reader.overflow() <= 0
