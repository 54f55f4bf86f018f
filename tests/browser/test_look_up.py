"""Look-up at a phone and by keyboard, in both languages."""

import pytest

from tests.browser.conftest import Reading
from tests.browser.stage import IN_BROWSER, Town

pytestmark = IN_BROWSER


@pytest.mark.parametrize(
    ("language", "code", "proof", "none", "promised"),
    [
        ("vi", "Mã hồ sơ", "Bốn số cuối", "Không tìm thấy hồ sơ", "Hẹn trả kết quả"),
        ("en", "Dossier code", "Last four digits", "No dossier has", "Result promised for"),
    ],
)
async def test_an_owner_finds_the_dossier_by_keyboard(
    gateway: Town, reads: Reading, language: str, code: str, proof: str, none: str, promised: str
) -> None:
    dossier = await gateway.submit_dossier("034199001234")

    async with reads(language=language, width=360) as reader:
        page = await reader.open("/tra-cuu")
        await reader.tab_to(code)
        await page.keyboard.type(dossier)
        await reader.tab_to(proof)
        await page.keyboard.type("9999")
        await reader.press("Enter")
        await page.get_by_role("alert").filter(has_text=none).wait_for()
        assert await reader.faults() == []
        await reader.tab_to(proof)
        await page.keyboard.type("1234")
        await reader.press("Enter")

        await page.get_by_text(promised).wait_for()
        assert dossier in await page.get_by_role("heading", level=1).inner_text()
        assert page.url.endswith("/tra-cuu")
        assert await reader.faults() == []
        assert await reader.overflow() <= 0
