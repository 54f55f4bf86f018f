"""The dossier: found by its code, read as a picture and in words, its contents for a reason."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from tests.browser.conftest import Reading
from tests.browser.stage import IN_BROWSER, Town, town
from tests.stage.chains import HandClock, play

pytestmark = IN_BROWSER

_MORE = """
INSERT INTO ledger (transfer_id, seq, recorded_at, legal_at, act, actor, body, prev_hash, hash)
SELECT transfer_id, seq + n * 100, recorded_at, legal_at, act, actor, body, prev_hash, hash
FROM ledger, generate_series(1, 6) n
WHERE transfer_id = %s
"""
CODE = "H31.15.20.011-260302-0001"


@pytest_asyncio.fixture(loop_scope="session")
async def gateway(database_url: str) -> AsyncIterator[Town]:
    """A gateway whose legal time is set by hand."""
    async with town(database_url, clock=HandClock()) as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def transfer(gateway: Town) -> UUID:
    """A dossier that is late at the tax authority, with branches still ahead."""
    clock = gateway.gateway.services.clock
    assert isinstance(clock, HandClock)
    async with httpx.AsyncClient(base_url=gateway.base) as http:
        return await play(
            gateway.gateway, http, clock, "1.012781", sayings=3, later=timedelta(days=6)
        )


@pytest.mark.parametrize(
    ("language", "late", "back"),
    [("vi", "Quá hạn", "Về hồ sơ"), ("en", "Late by", "Back to the dossier")],
)
async def test_it_is_found_read_and_opened_for_a_reason_by_keyboard_alone(
    gateway: Town, reads: Reading, transfer: UUID, language: str, late: str, back: str
) -> None:
    admitted = await gateway.pass_for("supervisor")
    async with reads(language=language, pass_=admitted) as reader:
        page = await reader.open("/console/dossiers")
        await page.focus("#q")
        await page.keyboard.type(CODE)
        await reader.press("Enter")
        await page.wait_for_url(f"**/console/transfers/{transfer}")

        assert late in await page.locator("main").inner_text()
        assert CODE not in await page.title()
        assert await reader.faults() == []
        await page.locator(".way").focus()
        await reader.press("Tab", "Tab")
        await reader.press("Enter")
        assert await page.locator("tr:target").count() == 1

        await page.locator("a[href$='/content']").focus()
        await reader.press("Enter")
        await page.wait_for_url("**/content")
        assert await reader.faults() == []
        await page.locator("input[value=complaint]").focus()
        await reader.press("Space", "Tab")
        await page.keyboard.type("Phiếu hỗ trợ 345")
        await reader.press("Enter")
        await page.get_by_text("Nguyễn Thị Ví Dụ").first.wait_for()
        assert await reader.faults() == []
        await reader.tab_to(back)

        assert reader.complaints == []


async def test_its_address_is_copied_for_a_colleague(
    gateway: Town, reads: Reading, transfer: UUID
) -> None:
    async with reads(pass_=await gateway.pass_for("viewer")) as reader:
        page = await reader.open(f"/console/transfers/{transfer}")
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])

        await page.get_by_role("button", name="Sao chép liên kết").click()
        await page.get_by_role("button", name="Đã sao chép").wait_for()

        copied = await page.evaluate("() => navigator.clipboard.readText()")
        assert copied == f"{gateway.base}/console/transfers/{transfer}"


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 3840)])
async def test_it_fits_every_window(
    gateway: Town, reads: Reading, transfer: UUID, theme: str, width: int
) -> None:
    admitted = await gateway.pass_for("supervisor")
    here = f"/console/transfers/{transfer}"
    async with reads(theme=theme, width=width, pass_=admitted) as reader:
        for path in (here, f"{here}/content", f"{here}/letter", "/console/dossiers"):
            await reader.open(path)

            assert await reader.faults() == [], path
            assert await reader.overflow() <= 0, path


async def test_older_evidence_comes_without_a_new_page_or_with_one(
    gateway: Town, reads: Reading, transfer: UUID
) -> None:
    async with gateway.gateway.services.pool.connection() as connection:
        await connection.execute(_MORE, (transfer,))
    for script in (True, False):
        async with reads(script=script, pass_=await gateway.pass_for("viewer")) as reader:
            page = await reader.open(f"/console/transfers/{transfer}")
            assert await page.get_by_text("Hồ sơ được chuyển lên cổng liên thông").count() == 2

            await page.locator("#evidence .pager a").last.click()
            await page.locator("#evidence .pager").get_by_text("Về mới nhất").wait_for()

            assert await page.get_by_text("Hồ sơ được chuyển lên cổng liên thông").count() == 3
