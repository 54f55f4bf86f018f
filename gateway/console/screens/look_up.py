"""Look-up (Tra cứu): where a dossier stands, for the citizen who handed it in; public."""

from fastapi import APIRouter, Response

from gateway.console.pages import Page
from gateway.console.visitors import anybody

router = APIRouter(dependencies=[anybody])


@router.get("/tra-cuu")
async def ask(page: Page) -> Response:
    """Show the form."""
    return page.show("look_up.html", title="lookup.title", is_public=True)
