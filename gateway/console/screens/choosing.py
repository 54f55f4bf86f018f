"""Choosing a language, and light or dark: a form in the bar of every page."""

from typing import Final, get_args

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from gateway.console.forms import read_form
from gateway.console.preferences import LANGUAGE_COOKIE, THEME_COOKIE, Theme
from gateway.console.visitors import HOME, anybody
from gateway.console.words import LANGUAGES

router = APIRouter(dependencies=[anybody])

_A_YEAR: Final = 31_536_000


@router.post("/console/preferences")
async def choose(request: Request) -> Response:
    """Keep a choice and lead back to the page that it was made on."""
    form = await read_form(request)
    answer = RedirectResponse(local(form.one("back")), status_code=303)
    for cookie, field, known in (
        (LANGUAGE_COOKIE, "language", LANGUAGES),
        (THEME_COOKIE, "theme", get_args(Theme)),
    ):
        if (chosen := form.one(field)) in known:
            answer.set_cookie(
                cookie,
                chosen,
                max_age=_A_YEAR,
                path="/",
                secure=request.url.scheme == "https",
                httponly=True,
                samesite="lax",
            )
    return answer


def local(path: str, *, otherwise: str = HOME) -> str:
    """Return a path if it leads to a page of ours, else another: nobody is led elsewhere."""
    is_ours = path.startswith("/") and not path.startswith("//")
    return path if is_ours and path.isprintable() and "\\" not in path else otherwise
