"""Signing in and out, by keyboard: the first password, the second factor, in both languages."""

import base64
import re
import time

import pytest

from gateway.people.accounts import add_person
from gateway.people.codes import STEP_SECONDS, code_at
from gateway.people.rights import read_grant
from tests.browser.chromium import Reader
from tests.browser.conftest import Reading
from tests.browser.stage import IN_BROWSER, Town
from tests.integration.console.visiting import BY, PASSWORD
from tests.stage.inside import QUICK

pytestmark = IN_BROWSER

NEXT = "ba mươi sáu phố phường"


async def add(gateway: Town, name: str, *roles: str, must_change: bool = False) -> None:
    await add_person(
        gateway.gateway.services.pool,
        name,
        "Trần Văn Thử",
        [read_grant(role) for role in roles],
        BY,
        password=PASSWORD,
        must_change=must_change,
        secrets=QUICK,
    )


async def sign_in(reader: Reader, name: str, password: str) -> None:
    """Fill the form in as fingers do: name, Tab, password, Enter."""
    await reader.page.get_by_role("textbox", name=re.compile("Tên đăng nhập|Sign-in name")).focus()
    await reader.page.keyboard.type(name)
    await reader.press("Tab")
    await reader.page.keyboard.type(password)
    await reader.press("Enter")


async def test_a_stranger_signs_in_is_led_on_and_signs_out(reader: Reader, gateway: Town) -> None:
    await add(gateway, "lan.nguyen", "operator")
    page = await reader.open("/console/account?from=here")
    assert await page.title() == "Đăng nhập · Liên Thông"

    await sign_in(reader, "lan.nguyen", "không phải mật khẩu")
    await page.get_by_role("alert").get_by_text("không đúng").wait_for()
    await sign_in(reader, "lan.nguyen", PASSWORD)
    await page.wait_for_url("**/console/account?from=here")
    cookies = {one["name"]: one for one in await page.context.cookies()}
    await reader.tab_to("Đăng xuất")
    await reader.press("Enter")
    await page.get_by_text("Bạn đã đăng xuất.").wait_for()
    await reader.open("/console/account")

    assert cookies["lienthong"]["httpOnly"]
    assert "lienthong" not in {one["name"] for one in await page.context.cookies()}
    assert page.url.endswith("/console/sign-in?next=%2Fconsole%2Faccount")


async def test_a_first_password_is_changed_and_then_the_account_is_open(
    reads: Reading, gateway: Town
) -> None:
    await add(gateway, "lan.nguyen", "operator@H31", must_change=True)
    async with reads(language="en", width=360) as reader:
        page = await reader.open("/console/sign-in?next=/console/account")
        await sign_in(reader, "lan.nguyen", PASSWORD)
        await page.get_by_text("Somebody else made your present password").wait_for()
        for name, typed in (("Present password", PASSWORD), ("New password", "lan.nguyen 2026")):
            await page.get_by_label(name, exact=True).fill(typed)
        await page.get_by_label("The new password again").fill("lan.nguyen 2026")
        await reader.press("Enter")
        await page.get_by_text("must not contain your name").wait_for()
        faults = await reader.faults()
        for name in ("New password", "The new password again"):
            await page.get_by_label(name, exact=True).fill(NEXT)
        await page.get_by_label("Present password", exact=True).fill(PASSWORD)
        await reader.press("Enter")
        await page.wait_for_url("**/console")
        await reader.open("/console/account")
        await page.get_by_role("heading", name="My account").wait_for()

        assert faults == []
        assert await reader.faults() == []
        assert await reader.overflow() <= 0
        assert await page.get_by_text("Operator · Ủy ban nhân dân tỉnh").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_second_factor_is_set_up_and_asked_for(
    reads: Reading, gateway: Town, theme: str
) -> None:
    await add(gateway, "lan.nguyen", "supervisor")
    async with reads(theme=theme) as reader:
        page = await reader.open("/console/sign-in?next=/console/account/second-factor")
        faults = await reader.faults()
        await sign_in(reader, "lan.nguyen", PASSWORD)
        await page.get_by_role("button", name="Bật xác thực lớp thứ hai").press("Enter")
        letters = await page.locator("span.code").inner_text()
        secret = base64.b32decode(letters)
        faults += await reader.faults()
        await page.get_by_label("Mã xác thực").fill(code_now(secret))
        await reader.press("Enter")
        await page.get_by_role("heading", name="Mã dự phòng").wait_for()
        faults += await reader.faults()
        recovery = await page.locator(".codes code").all_inner_texts()
        await page.get_by_role("button", name="Đăng xuất").click()
        await reader.open("/console/sign-in?next=/console/account")
        await sign_in(reader, "lan.nguyen", PASSWORD)
        await page.get_by_role("heading", name="Xác thực lớp thứ hai").wait_for()
        faults += await reader.faults()
        await page.get_by_label("Mã xác thực").fill(recovery[0])
        await reader.press("Enter")
        await page.get_by_text("còn lại 9 mã").wait_for()

        assert faults == []
        assert len(recovery) == 10
        assert page.url.endswith("/console/account")


def code_now(secret: bytes) -> str:
    return code_at(secret, int(time.time()) // STEP_SECONDS)
