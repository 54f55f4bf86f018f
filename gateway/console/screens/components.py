"""Every component in both themes, for who builds screens; in development only."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Response

from gateway.console.pages import Crumb, Page
from gateway.console.visitors import anybody

router = APIRouter(prefix="/console", dependencies=[anybody])

_NOW = datetime(2026, 11, 25, 7, 5, tzinfo=UTC)


@router.get("/components")
async def show(page: Page) -> Response:
    """Show them with made-up contents; nothing here is read from anywhere."""
    return page.show(
        "components.html",
        title="components.title",
        trail=[Crumb(page.words("app.name"), "/console")],
        now=_NOW,
        earlier=timedelta(hours=3, minutes=12),
    )
