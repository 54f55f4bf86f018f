"""The work-queues in a browser: by keyboard, in both languages, for all, at every width."""

import pytest
from playwright.async_api import Page

from gateway.console.visitors import cookie_name
from tests.browser.chromium import Reader, Theme
from tests.browser.conftest import Reading
from tests.browser.stage import IN_BROWSER, Town
from tests.browser.stuck_work import load_stuck_work
from tests.integration.api.running import Api
from tests.integration.console.visiting import sign_in

pytestmark = IN_BROWSER

PAGE = "/console/stuck?cause=undelivered"
NONE_DONE = "Xong: không lượt nào làm được"
"""What was written by hand into these stores has no course to be archived in: an act ends so."""


async def enter(reader: Reader, town: Town, *roles: str) -> None:
    """Sign somebody in, in this window."""
    api = Api(town.gateway, town.app, None, None)  # type: ignore[arg-type]
    visit = await sign_in(api, *roles or ("operator",))
    await reader.page.context.add_cookies(
        [{"name": cookie_name(api.state), "value": visit.token, "url": reader.base}]
    )


async def test_items_are_chosen_by_keyboard_and_a_group_is_worked_off(
    reader: Reader, gateway: Town
) -> None:
    await load_stuck_work(gateway)
    await enter(reader, gateway)
    page = await reader.open(PAGE)

    await reader.press("j", "x", "j", "j", " ")
    chosen = await page.locator("input[name=item]:checked").count()
    await reader.press("o")
    await reader.tab_to("Đưa vào lưu")
    await reader.press("Enter")
    await page.get_by_label("Lý do").fill("Trùng hồ sơ")
    await reader.press("Enter")
    await page.get_by_role("heading", name="Đưa vào lưu: 2 lượt").wait_for()
    await reader.tab_to("Bắt đầu")
    await reader.press("Enter")
    await page.get_by_text(NONE_DONE, exact=True).first.wait_for()

    assert chosen == 2
    assert reader.complaints == []


async def test_a_group_takes_three_clicks_and_tells_its_progress(
    reader: Reader, gateway: Town
) -> None:
    await load_stuck_work(gateway)
    await enter(reader, gateway)
    page = await reader.open(PAGE)
    count = await _first_count(page)

    await page.get_by_role("link", name="Gửi lại").first.click()
    await page.keyboard.type("Hệ thống hoạt động lại")
    await page.get_by_role("button", name="Chốt danh sách").click()
    await page.get_by_role("heading", name=f"Gửi lại: {count} lượt").wait_for()
    await page.get_by_role("button", name="Bắt đầu").click()
    await page.get_by_text("Đã xong", exact=True).first.wait_for()
    await page.get_by_role("cell", name="Đã gửi lại").first.wait_for()

    assert await page.get_by_role("row").count() == count + 1
    assert reader.complaints == []


async def _first_count(page: Page) -> int:
    return int(await page.locator("section.card .number").nth(1).inner_text())


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_nothing_serious_bars_anybody_and_nothing_is_wider_than_the_window(
    reads: Reading, gateway: Town, language: str
) -> None:
    await load_stuck_work(gateway)
    found: dict[tuple[str, str, int], object] = {}

    for theme in ("light", "dark"):
        for width in (360, 1440):
            async with reads(language=language, theme=theme, width=width) as reader:
                await enter(reader, gateway)
                for path in (PAGE, "/console/stuck/order?act=pause&cause=undelivered"):
                    await reader.open(path)
                    wider = await reader.overflow()
                    found[path, theme, width] = (await reader.faults(), max(0, wider))

    assert {place: told for place, told in found.items() if told != ([], 0)} == {}


@pytest.mark.parametrize(
    ("language", "theme", "width", "note", "keep", "propose", "approve", "done"),
    [
        ("vi", "dark", 360, "Ghi chú", "Ghi", "Đề nghị", "Phê duyệt và thực hiện", NONE_DONE),
        (
            "en",
            "light",
            1440,
            "Note",
            "Keep",
            "Ask for",
            "Approve and carry out",
            "Ended: none could be done",
        ),
    ],
)
async def test_a_note_is_left_and_many_are_archived_by_two_people_at_the_keyboard(
    reads: Reading,
    gateway: Town,
    language: str,
    theme: Theme,
    width: int,
    note: str,
    keep: str,
    propose: str,
    approve: str,
    done: str,
) -> None:
    await load_stuck_work(gateway)
    found: dict[str, object] = {}
    window = {"language": language, "theme": theme, "width": width}

    async with reads(**window) as first, reads(**window) as second:
        await enter(first, gateway)
        page = await first.open(PAGE)
        link = page.locator("#items").get_by_role("link", name=note, exact=True).first
        await link.focus()
        await first.press("Enter")
        await page.locator("#note").fill("Đã gọi, hẹn 14 giờ")
        await first.tab_to(keep)
        await first.press("Enter")
        await page.get_by_text("Đã gọi, hẹn 14 giờ").wait_for()
        found["notes"] = (await first.faults(), max(0, await first.overflow()))

        await first.open("/console/stuck/order?act=archive&cause=undelivered")
        await page.locator("#reason").fill("Đã giải quyết ngoài hệ thống")
        await first.press("Enter")
        asks = page.locator("form[action$='/propose']")
        await asks.wait_for()
        await first.tab_to(propose)
        await first.press("Enter")
        await asks.wait_for(state="detached")
        found["held"] = (await first.faults(), max(0, await first.overflow()))
        begins = page.locator("form[action$='/resume']")
        can_begin = await begins.count()

        await enter(second, gateway, "supervisor")
        other = await second.open("/console/approvals")
        found["approvals"] = (await second.faults(), max(0, await second.overflow()))
        await other.locator("input[name=reason]").first.fill("Đã kiểm tra danh sách")
        await second.tab_to(approve)
        await second.press("Enter")
        await other.get_by_text(done, exact=True).first.wait_for()

    assert can_begin == 0
    assert {place: told for place, told in found.items() if told != ([], 0)} == {}
    assert (first.complaints, second.complaints) == ([], [])
