"""Agencies in a browser: found, opened, tested, suspended by keyboard, in both languages."""

import httpx
import pytest

from gateway.identity.clients import Clients
from gateway.joining import members
from gateway.operations.audit import By
from tests.browser.conftest import Reading
from tests.browser.connected import write_connections
from tests.browser.scenes import write_afternoon
from tests.browser.stage import IN_BROWSER, Town
from tests.stage.inside import QUICK

pytestmark = IN_BROWSER

AGENCY = "H31.101"
PAGES = (
    "?at=G12.05.33",
    "?view=map",
    "?condition=trouble",
    "/G01.833.102",
    "/H31.101/suspend",
    "/H31.101/outages",
    "/H31.101/admission",
)
WORDS = {
    "vi": (
        "Gửi thông điệp thử",
        "Đã tới nơi",
        "Tạm ngừng cơ quan",
        "Lý do",
        "Đã tạm ngừng",
    ),
    "en": ("Send a test message", "Arrived", "Suspend", "Reason", "is suspended"),
}


async def connect(town: Town) -> None:
    """Let one agency take part, which fetches what is for it."""
    services = town.gateway.services
    by = By("operator:cli:test")
    await members.register(
        services.pool,
        AGENCY,
        by,
        contact=None,
        directory=services.rulebook.directory,
        now=services.clock.now(),
    )
    async with services.pool.connection() as connection:
        await connection.execute("UPDATE members SET state = 'live'")
        await connection.execute(
            "INSERT INTO endpoints (agency, connector) VALUES (%s, 'mailbox')", (AGENCY,)
        )
    await town.gateway.refresh_endpoints()


async def fetch(town: Town) -> None:
    """Fetch and acknowledge what lies in the agency's mailbox, as its software would."""
    made = await Clients(town.gateway.services.pool, QUICK).register("software", agency=AGENCY)
    async with httpx.AsyncClient(base_url=town.base) as http:
        answer = await http.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(made.client_id, made.secret),
        )
        bearer = {"authorization": f"Bearer {answer.json()['access_token']}"}
        items = (await http.get("/v1/mailbox", headers=bearer)).json()["items"]
        for item in items:
            await http.post(
                f"/v1/mailbox/{item['delivery']}/ack", json={"lease": item["lease"]}, headers=bearer
            )


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_an_agency_is_found_tested_and_suspended_by_keyboard(
    gateway: Town, reads: Reading, language: str
) -> None:
    send, arrived, suspend, reason, suspended = WORDS[language]
    await connect(gateway)

    async with reads(language=language, pass_=await gateway.pass_for("operator")) as reader:
        page = await reader.open("/console/agencies")
        await page.focus("#q")
        await page.keyboard.type("hanh chinh cong phuong pho hien")
        await reader.press("Enter")
        await page.get_by_role("rowheader", name="H31.101").wait_for()
        await reader.tab_to("Phố Hiến")  # the table itself, which scrolls
        await reader.press("Tab", "Enter")
        await page.get_by_role("heading", level=1, name="Phố Hiến").wait_for()
        await reader.tab_to(send)
        await reader.press("Enter")
        await page.wait_for_url("**#test")
        await fetch(gateway)
        await page.get_by_text(arrived, exact=True).wait_for()
        await reader.open(f"/console/agencies/{AGENCY}")
        await reader.tab_to(suspend)
        await reader.press("Enter")
        await page.get_by_label(reason).focus()
        await page.keyboard.type("Công văn 12/UBND")
        await reader.press("Enter")
        await page.get_by_text(suspended).wait_for()

        state = await page.locator(".headline").inner_text()
        assert ("Tạm ngừng" if language == "vi" else "Suspended") in state
        assert reader.complaints == []


async def test_a_branch_opens_in_its_place_and_without_script_on_a_page(
    gateway: Town, reads: Reading
) -> None:
    pass_ = await gateway.pass_for("viewer@H31.15")

    async with reads(pass_=pass_) as reader:
        page = await reader.open("/console/agencies")
        await reader.tab_to("Ủy ban nhân dân tỉnh Hưng Yên")
        await reader.press("Enter")
        await page.get_by_role(
            "link", name="Trung tâm Phục vụ hành chính công phường Phố Hiến"
        ).wait_for()
        assert page.url.endswith("/console/agencies")
        assert reader.complaints == []

    async with reads(pass_=pass_, script=False) as reader:
        page = await reader.open("/console/agencies")
        await page.locator("#at-H31 > summary").click()
        await page.locator("#at-H31 .opening a").click()
        await page.get_by_role(
            "link", name="Trung tâm Phục vụ hành chính công phường Phố Hiến"
        ).wait_for()


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_nothing_serious_bars_anybody_and_nothing_is_wider_than_the_window(
    gateway: Town, reads: Reading, language: str
) -> None:
    services = gateway.gateway.services
    async with services.pool.connection() as connection:
        await write_afternoon(connection, services.rulebook, services.clock.now())
        await write_connections(connection, services.rulebook, services.clock.now())
    pass_ = await gateway.pass_for("operator", "administrator")
    found: dict[tuple[str, str, int], object] = {}

    for theme, width in (("light", 360), ("dark", 3840), ("dark", 360), ("light", 1440)):
        async with reads(language=language, theme=theme, width=width, pass_=pass_) as reader:
            for path in PAGES:
                await reader.open(f"/console/agencies{path}")
                found[path, theme, width] = (await reader.faults(), max(0, await reader.overflow()))

    assert {place: told for place, told in found.items() if told != ([], 0)} == {}
