"""Signing in by the province's identity provider, the whole round as a browser sees it."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from gateway.people.by_provider import RETURN
from gateway.servers.ports import free_ports
from tests.browser.chromium import Theme, reading
from tests.browser.stage import IN_BROWSER, Town, town
from tests.stage.identity_provider import Provider, identity_provider

pytestmark = IN_BROWSER


@dataclass
class Province:
    gateway: Town
    provider: Provider


@pytest_asyncio.fixture(loop_scope="session")
async def province(database_url: str) -> AsyncIterator[Province]:
    """A gateway with an identity provider; both listen, under different names."""
    [port] = free_ports(1)
    base = f"http://127.0.0.1:{port}"
    async with identity_provider() as provider:
        provider.base = provider.base.replace("127.0.0.1", "localhost")
        provider.redirect_uris = {base + RETURN}
        provider.admit("7f3c", "lan.nguyen", "/lien-thong/truc")
        provider.admit("0000", "nguoi.la")
        settings = provider.settings(public_url=base, http_port=port)
        async with town(database_url, **settings) as gateway:
            assert gateway.base == base
            yield Province(gateway, provider)


@pytest.mark.parametrize(
    ("language", "theme", "width", "enter", "out", "still"),
    [
        ("vi", "light", 360, "Đăng nhập bằng tài khoản của tỉnh", "Đăng xuất", "vẫn còn"),
        ("en", "dark", 3840, "Sign in with the province's account", "Sign out", "still be"),
    ],
)
async def test_away_and_back_and_out_by_keyboard(
    browser: Browser,
    province: Province,
    language: str,
    theme: Theme,
    width: int,
    enter: str,
    out: str,
    still: str,
) -> None:
    base = province.gateway.base
    async with reading(browser, base, language=language, theme=theme, width=width) as reader:
        page = await reader.open("/console/account?from=here")
        faults, wider = await reader.faults(), await reader.overflow()
        await reader.tab_to(enter)
        await reader.press("Enter")
        await page.wait_for_url(re.compile("localhost"))
        await page.get_by_role("button").first.press("Enter")
        await page.wait_for_url("**/console/account?from=here")
        faults += await reader.faults()
        cookies = {one["name"]: one for one in await page.context.cookies(base)}
        signed_in = await page.get_by_text("lan.nguyen").is_visible()
        passwords = await page.locator("a[href$='/account/password']").count()
        await reader.tab_to(out)
        await reader.press("Enter")
        await page.get_by_text(still).wait_for()
        faults += await reader.faults()
        await page.get_by_role("link", name=re.compile("khỏi|as well")).press("Enter")
        await page.get_by_role("heading", name="Đã đăng xuất SSO").wait_for()

        assert faults == []
        assert wider <= 0
        assert signed_in
        assert passwords == 0
        assert cookies["lienthong"]["httpOnly"]
        assert "lienthong-round" not in cookies
        assert [one for one in reader.complaints if "favicon" not in one] == []


async def test_who_belongs_to_no_group_reads_why_and_what_to_do(
    browser: Browser, province: Province
) -> None:
    async with reading(browser, province.gateway.base, width=360) as reader:
        page = await reader.open("/console/sign-in/provider")
        await page.get_by_role("button").nth(1).click()
        await page.get_by_text("chưa thuộc nhóm nào").wait_for()
        faults, wider = await reader.faults(), await reader.overflow()
        await reader.tab_to("Quay lại trang đăng nhập")
        await reader.press("Enter")
        await page.get_by_role("link", name="Đăng nhập bằng tài khoản của tỉnh").wait_for()

        assert faults == []
        assert wider <= 0
