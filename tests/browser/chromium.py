"""The system's Chromium, and a reader who opens pages of a gateway in it."""

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from gateway.console.preferences import LANGUAGE_COOKIE, THEME_COOKIE
from tests.npm import installed

PROGRAM: Final = shutil.which("chromium")
_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
)
Theme = Literal["light", "dark"]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run a browser without a window for the length of the block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=PROGRAM, headless=True, args=list(_FLAGS)
        )
        try:
            yield browser
        finally:
            await browser.close()


@dataclass(slots=True)
class Reader:
    """One person's browser window. What the page complains of is kept in `complaints`."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self._note(message))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def open(self, path: str) -> Page:
        """Go to a page of the gateway."""
        await self.page.goto(self.base + path)
        return self.page

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def tab_to(self, name: str, *, most: int = 60) -> None:
        """Press Tab until what has this accessible name, or this text, has the focus."""
        for _ in range(most):
            await self.page.keyboard.press("Tab")
            if name in await self._focused():
                return
        raise AssertionError(f"Tab does not reach {name!r}")

    async def _focused(self) -> str:
        said: str = await self.page.evaluate(
            "() => { const one = document.activeElement; if (one === document.body) return '';"
            " const told = one.labels?.[0] ?? one;"
            " return (one.getAttribute('aria-label') ?? '') + told.textContent; }"
        )
        return said

    async def faults(self) -> list[str]:
        """Return what axe finds serious or critical on the page, with where."""
        found: dict[str, Any] = await self.page.evaluate("() => axe.run(document)")
        return [
            f"{one['id']}: {one['help']}: {node['html'][:160]}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]

    async def overflow(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        wider: int = await self.page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wider

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@asynccontextmanager
async def reading(
    browser: Browser,
    base: str,
    *,
    language: str = "vi",
    theme: Theme = "light",
    width: int = 1440,
    height: int = 900,
    script: bool = True,
    pass_: Mapping[str, str] | None = None,
) -> AsyncIterator[Reader]:
    """Open a window of a person's own: language, theme, and the pass of whoever is signed in."""
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        java_script_enabled=script,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        reduced_motion="reduce",
    )
    try:
        cookies = {LANGUAGE_COOKIE: language, THEME_COOKIE: theme, **(pass_ or {})}
        await context.add_cookies(
            [{"name": name, "value": value, "url": base} for name, value in cookies.items()]
        )
        axe = installed(Path(__file__).parent) / "node_modules" / "axe-core" / "axe.min.js"
        await context.add_init_script(path=axe)
        page = await context.new_page()
        page.set_default_timeout(15_000)
        yield Reader(page, base)
    finally:
        await context.close()
