"""Users and approvals: an administrator's main tasks by keyboard, for everybody, at every width."""

import re

from gateway.people.four_eyes import Irrevocable, propose
from tests.browser.conftest import Reading
from tests.browser.stage import IN_BROWSER, Town
from tests.browser.test_signing_in import add, sign_in
from tests.integration.console.visiting import PASSWORD

pytestmark = IN_BROWSER


async def test_an_administrator_adds_somebody_by_keyboard(reads: Reading, gateway: Town) -> None:
    await add(gateway, "quan.tri", "administrator")
    async with reads() as reader:
        page = await reader.open("/console/sign-in?next=/console/people/new")
        await sign_in(reader, "quan.tri", PASSWORD)
        await page.get_by_label("Họ và tên").focus()
        await page.keyboard.type("Nguyễn Thị Lan")
        await reader.press("Tab")
        await page.keyboard.type("lan.nguyen")
        await reader.press("Tab")
        await page.get_by_label("Vai trò").select_option("operator")
        await reader.press("Tab")
        await page.keyboard.type("h31.101")
        await reader.press("Tab")
        await page.keyboard.type("nhân sự mới")
        await reader.press("Enter")
        await page.get_by_role("heading", name="Mật khẩu đầu").wait_for()
        password = await page.locator("code").inner_text()
        await reader.open("/console/people")
        await page.get_by_role("link", name="Nguyễn Thị Lan").click()
        await page.get_by_label("Lý do").last.fill("nghỉ việc")
        await reader.tab_to("Khóa tài khoản")
        await reader.press("Enter")
        await page.get_by_text("Đã lưu thay đổi.").wait_for()

        assert re.fullmatch(r"([a-z2-9]{5}-){3}[a-z2-9]{5}", password)
        assert await page.get_by_text("Đã khóa").is_visible()
        assert "lan" not in page.url
        assert reader.complaints == []


async def test_nothing_serious_bars_anybody(reads: Reading, gateway: Town) -> None:
    await add(gateway, "quan.tri", "administrator", "supervisor")
    await add(gateway, "lan.nguyen", "operator@H31.101")
    pool = gateway.gateway.services.pool
    session = gateway.app.state.lienthong.sessions
    async with pool.connection() as connection, connection.transaction():
        found = await connection.execute("SELECT id, name FROM people")
        ids = {name: id_ for id_, name in await found.fetchall()}
        token = await session.open(ids["lan.nguyen"], within=connection)
    who = await session.present(token)
    await propose(pool, who, Irrevocable.REMOVE_AGENCY, "H31.101", "sáp nhập đơn vị")
    paths = ("/console/people", "/console/people/new", f"/console/people/{ids['lan.nguyen']}")
    faults: dict[tuple[str, str, int], list[str]] = {}
    wider: dict[tuple[str, str, int], int] = {}
    for language, theme, width in (("vi", "light", 360), ("en", "dark", 1440)):
        async with reads(language=language, theme=theme, width=width) as reader:
            await reader.open("/console/sign-in?next=/console/account")
            await sign_in(reader, "quan.tri", PASSWORD)
            await reader.page.wait_for_selector("dl.facts")
            for path in (*paths, "/console/approvals"):
                await reader.open(path)
                faults[path, theme, width] = await reader.faults()
                wider[path, theme, width] = await reader.overflow()

    assert {place: told for place, told in faults.items() if told} == {}
    assert {place: pixels for place, pixels in wider.items() if pixels > 0} == {}
