"""Procedures in a browser: found and read by keyboard, for everybody, at every width."""

import pytest

from tests.browser.conftest import Reading
from tests.browser.stage import IN_BROWSER, Town

pytestmark = IN_BROWSER

PAGE = "/console/procedures"
ROUTES = tuple(
    f"{PAGE}/what-if{question}"
    for question in (
        "",
        "?procedure=2.000987&unit=12472&day=2026-02-27&hour=15:30&fact.identity_card=true",
        "?procedure=2.000987&unit=quynh",
        "?procedure=2.000987&unit=12433&day=2026-03-02",
        "?procedure=2.000987&unit=00004&day=2026-03-02&office=H31.101",
    )
)


async def test_a_procedure_is_found_by_keyboard_without_accents(
    reads: Reading, gateway: Town
) -> None:
    async with reads(pass_=await gateway.pass_for("viewer")) as reader:
        page = await reader.open(PAGE)
        await reader.tab_to("Tên hoặc mã thủ tục")
        await page.keyboard.type("giay phep xay dung")
        await reader.press("Enter")
        await page.wait_for_url("**text=giay**")
        await reader.tab_to("Cấp giấy phép xây dựng")
        await reader.press("Enter")
        await page.get_by_role("heading", name="Cấp giấy phép xây dựng").wait_for()

        assert await page.get_by_role("img", name="Sơ đồ các bước").is_visible()
        assert await page.locator("tbody tr").count() == 7
        assert reader.complaints == []


@pytest.mark.parametrize(
    ("language", "field", "button", "chosen", "told"),
    [
        ("vi", "Xã, phường", "Thử tuyến", "Xã Quỳnh Phụ, Tỉnh Hưng Yên", "Công an xã Quỳnh Phụ"),
        ("en", "Commune", "Try it", "Xã Quỳnh Phụ, Tỉnh Hưng Yên", "Công an xã Quỳnh Phụ"),
    ],
)
async def test_a_route_is_tried_by_keyboard(
    reads: Reading, gateway: Town, language: str, field: str, button: str, chosen: str, told: str
) -> None:
    admitted = await gateway.pass_for("viewer@H31.101")
    async with reads(language=language, pass_=admitted) as reader:
        page = await reader.open(f"{PAGE}/what-if?procedure=2.000987")
        await reader.tab_to(field)
        await page.keyboard.type("quynh phu")
        await reader.tab_to(button)
        await reader.press("Enter")
        await page.wait_for_url("**unit=quynh**")
        await reader.tab_to(chosen)
        await reader.press("Enter")
        await page.wait_for_url("**unit=12472**")

        assert await page.get_by_role("cell", name=told).first.is_visible()
        assert await page.locator(".route svg").is_visible()
        assert reader.complaints == []


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("vi", "light", 360), ("en", "dark", 1440), ("vi", "dark", 3840)],
)
async def test_nothing_serious_bars_anybody_and_nothing_is_wider_than_the_window(
    reads: Reading, gateway: Town, language: str, theme: str, width: int
) -> None:
    admitted = await gateway.pass_for("viewer")
    found: dict[str, object] = {}

    async with reads(language=language, theme=theme, width=width, pass_=admitted) as reader:
        for path in (PAGE, f"{PAGE}/9.000008", f"{PAGE}/9.000106", *ROUTES):
            await reader.open(path)
            found[path] = (await reader.faults(), max(0, await reader.overflow()))

    assert {path: told for path, told in found.items() if told != ([], 0)} == {}
