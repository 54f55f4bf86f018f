"""Alarms: whoever is on duty takes note of a kind of them, and everybody sees that somebody did."""

import pytest

from gateway.operations.alarm_kinds import AlarmKind
from gateway.operations.alarms import raise_alarm
from tests.browser.chromium import Theme
from tests.browser.conftest import Reading
from tests.browser.stage import IN_BROWSER, Town

pytestmark = IN_BROWSER


@pytest.mark.parametrize(
    ("language", "theme", "width", "note", "done"),
    [
        ("vi", "light", 360, "Ghi nhận 12 cảnh báo", "Đã ghi nhận 12 cảnh báo."),
        ("en", "dark", 3840, "Take note of 12 alarms", "Took note of 12 alarms."),
    ],
)
async def test_a_kind_of_alarms_is_noted_by_keyboard(
    gateway: Town, reads: Reading, language: str, theme: Theme, width: int, note: str, done: str
) -> None:
    for number in range(12):
        await raise_alarm(
            gateway.gateway.services.pool, AlarmKind.UNLISTED_CODE, f"webhook:http-{600 + number}"
        )
    pass_ = await gateway.pass_for("operator")

    async with reads(language=language, theme=theme, width=width, pass_=pass_) as reader:
        page = await reader.open("/console/alarms")
        assert await reader.faults() == []
        assert await reader.overflow() <= 0
        assert "nav." not in await page.inner_text("body")
        await reader.tab_to(note)
        await reader.press("Enter")
        await page.get_by_text(done).wait_for()

        assert await page.get_by_role("button", name=note).count() == 0
        assert await reader.faults() == []
        assert reader.complaints == []
