"""`make screenshots`: the screens as they look, for docs/screens and for whoever builds them.

    python -m tests.browser.pictures [--all] [NAME...]

Without --all only the pictures that docs/ shows are taken; with it, every screen at every width in
both themes, into build/screens.
"""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx
from playwright.async_api import Browser

from gateway.operations.audit import By
from gateway.operations.boards import make_board
from gateway.servers import Instance
from gateway.store.migrate import upgrade
from tests.browser.audit_scenes import write_trail
from tests.browser.chromium import Theme, chromium, reading
from tests.browser.connected import write_connections
from tests.browser.people_scenes import write_people
from tests.browser.report_scenes import write_books
from tests.browser.scenes import write_acts, write_afternoon, write_hall
from tests.browser.stage import Town, town
from tests.stage.chains import HandClock, play

_ROOT: Final = Path(__file__).parents[2]
THEMES: Final[tuple[Theme, ...]] = ("light", "dark")
WIDTHS: Final = {360: 740, 768: 1024, 1440: 900, 3840: 2160}
HEIGHTS: Final = {**WIDTHS, 720: 1280, 1280: 720}
"""Boards hang, lying or standing."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page to be pictured: its name, where it is, and how docs/ shows it."""

    name: str
    path: str
    width: int = 1440
    theme: Theme = "light"
    role: str | None = None
    fills: tuple[tuple[str, str], ...] = ()
    """What is filled in and sent before the picture is taken."""
    waits: str = ".timeline"
    """What the page shows once that was sent."""
    whole: bool = True
    """Down to the end of the page; else what a window shows of it at first."""


ORDER: Final = "/console/stuck/order?act=retry&cause=undelivered"

DOSSIER: Final = "a dossier"
"""In the place of an address: the page of one that was played, in a gateway of its own time."""
PICTURES: Final = (
    Picture("tra-cuu", "/tra-cuu", width=360),
    Picture(
        "tra-cuu-ket-qua",
        "/tra-cuu",
        width=360,
        fills=(("code", "H31.143-260302-0001"), ("proof", "1234")),
    ),
    Picture("components", "/console/components"),
    Picture("agencies-map", "/console/agencies?view=map", role="operator"),
    Picture("agency", "/console/agencies/G01.833.102", width=768, role="operator"),
    Picture("now", "/console", role="operator"),
    Picture("dossier", DOSSIER + "#way", role="supervisor", whole=False),
    Picture("dossier-phone", DOSSIER + "#way", width=360, theme="dark", role="viewer", whole=False),
    Picture(
        "reorganisation",
        "/console/reorganisation?effective=2025-07-01",
        role="supervisor",
        fills=(("legal_basis", "NQ 202/2025/QH15"),),
        waits=".flow svg",
        whole=False,
    ),
    Picture("calendar", "/console/calendar", role="supervisor", whole=False),
    Picture("procedure", "/console/procedures/9.000008", role="viewer", whole=False),
    Picture(
        "what-if",
        "/console/procedures/what-if?procedure=2.000987&unit=12472&day=2026-02-27&hour=15:30"
        "&fact.residence_check=verify&fact.identity_card=true",
        role="viewer",
        whole=False,
    ),
    Picture("reports", "/console/reports", role="viewer", whole=False),
    Picture("bieu-06", "/console/reports/bieu-06?agency=H31.101", role="viewer"),
    Picture("audit", "/console/audit", role="auditor"),
    Picture("stuck", "/console/stuck?cause=undelivered", role="operator", whole=False),
    Picture(
        "stuck-360", "/console/stuck?cause=undelivered", width=360, role="operator", whole=False
    ),
    Picture("stuck-order", ORDER, role="operator", whole=False),
    Picture("stuck-frozen", "act:paused", role="supervisor", whole=False),
    Picture("stuck-running", "act:running", role="supervisor", whole=False),
    Picture("stuck-outcome", "act:done", role="supervisor", whole=False),
    Picture("stuck-held", "act:held", role="supervisor", whole=False),
    Picture("now-dark", "/console", theme="dark", role="operator"),
    Picture("board", "board", width=1280),
    Picture("board-portrait", "board", width=720, theme="dark"),
    Picture("boards", "/console/boards", role="supervisor"),
    Picture("people", "/console/people", role="administrator"),
    Picture("sign-in", "/console/sign-in", width=360),
)


_PROVIDER: Final[dict[str, Any]] = {
    "oidc_issuer": "https://sso.example.gov.vn/realms/tinh",
    "oidc_client_id": "lien-thong",
    "oidc_client_secret": "of nobody",
    "public_url": "https://lienthong.example.gov.vn",
}
"""Asked by no picture: it only has its button on one."""


async def take(pictures: Sequence[Picture], folder: Path, *, everything: bool) -> None:
    """Run a gateway, open each page, keep what is seen."""
    with Instance.temporary() as servers:
        upgrade(servers.postgres.url)
        async with town(servers.postgres.url, **_PROVIDER) as one, chromium() as browser:
            services = one.gateway.services
            async with services.pool.connection() as connection:
                now = services.clock.now()
                await write_afternoon(connection, services.rulebook, now)
                await write_connections(connection, services.rulebook, now)
                await write_books(connection, services.rulebook, now)
                await write_hall(connection, "H31.101", now)
            acts = await write_acts(services, now)
            await write_people(services.pool, _PROVIDER["oidc_issuer"])
            wall = await make_board(services.pool, "H31.101", By("operator:person:lan.nguyen"))
            await write_trail(services.pool)
            await one.submit_dossier("034199001234")
            for picture in (one for one in pictures if not one.path.startswith(DOSSIER)):
                path = (
                    wall.path if picture.path == "board" else acts.get(picture.path, picture.path)
                )
                await _shoot(one, browser, picture, folder, path, everything=everything)
        of_a_dossier = [one for one in pictures if one.path.startswith(DOSSIER)]
        if of_a_dossier:
            await _take_a_dossier(servers.postgres.url, of_a_dossier, folder, everything=everything)


async def _take_a_dossier(
    database_url: str, pictures: Sequence[Picture], folder: Path, *, everything: bool
) -> None:
    clock, later = HandClock(), timedelta(hours=20)
    async with (
        town(database_url, clock=clock) as one,
        chromium() as browser,
        httpx.AsyncClient(base_url=one.base) as http,
    ):
        played = await play(one.gateway, http, clock, "9.000008", sayings=3, later=later)
        for picture in pictures:
            made = picture.path.replace(DOSSIER, f"/console/transfers/{played}")
            await _shoot(one, browser, picture, folder, made, everything=everything)


async def _shoot(
    one: Town, browser: Browser, picture: Picture, folder: Path, path: str, *, everything: bool
) -> None:
    """Open a picture's page, at an address, and keep what is seen."""
    admitted = await one.pass_for(picture.role) if picture.role else None
    wanted = [(picture.width, picture.theme)]
    if everything:
        wanted = [(width, theme) for width in WIDTHS for theme in THEMES]
    for width, theme in wanted:
        name = f"{picture.name}-{width}-{theme}" if everything else picture.name
        async with reading(
            browser,
            one.base,
            theme=theme,
            width=width,
            height=HEIGHTS[width],
            pass_=admitted,
        ) as reader:
            page = await reader.open(path)
            for field, text in picture.fills:
                await page.fill(f"#{field}", text)
            if picture.fills:
                await page.press(f"#{picture.fills[-1][0]}", "Enter")
                await page.wait_for_selector(picture.waits)
            await page.screenshot(
                path=folder / f"{name}.png", full_page=picture.whole or everything
            )
            print(folder / f"{name}.png", *reader.complaints, sep="\n  ")


def main() -> None:
    parser = argparse.ArgumentParser(description="Take pictures of the screens.")
    parser.add_argument("--all", action="store_true", help="every width and theme")
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    chosen = [one for one in PICTURES if not asked.names or one.name in asked.names]
    folder = _ROOT / ("build/screens" if asked.all else "docs/screens")
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(chosen, folder, everything=asked.all))


if __name__ == "__main__":
    main()
