"""The reorganisation preview in a browser: drafted by keyboard, for everybody, at every width."""

import pytest

from tests.browser.conftest import Reading
from tests.browser.stage import IN_BROWSER, Town

pytestmark = IN_BROWSER

PAGE = "/console/reorganisation"
WORDS = {
    "vi": ("Ngày có hiệu lực", "Căn cứ pháp lý", "Từ cơ quan kết thúc đến cơ quan kế thừa"),
    "en": ("Takes effect", "Legal basis", "From what closes to what goes on"),
}


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("vi", "light", 360), ("en", "dark", 1440), ("vi", "dark", 3840)],
)
async def test_a_plan_is_previewed_by_keyboard_and_nothing_serious_bars_anybody(
    reads: Reading, gateway: Town, language: str, theme: str, width: int
) -> None:
    day, basis, flows = WORDS[language]
    admitted = await gateway.pass_for("supervisor")
    async with reads(language=language, theme=theme, width=width, pass_=admitted) as reader:
        page = await reader.open(PAGE)
        first = (await reader.faults(), max(0, await reader.overflow()))
        await page.get_by_label(day).select_option("2025-07-01")
        await reader.tab_to(basis)
        await page.keyboard.type("NQ 202/2025/QH15")
        await reader.press("Enter")
        await page.get_by_role("img", name=flows).wait_for()
        second = (await reader.faults(), max(0, await reader.overflow()))

        assert (first, second) == (([], 0), ([], 0))
        assert reader.complaints == []
