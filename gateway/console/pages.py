"""Make pages: templates with a language's words and formats in them, inside one frame.

    @router.get("/console/stuck")
    async def show(page: Page) -> Response:
        return page.show("stuck.html", title="stuck.title", screen="stuck", rows=rows)

In a template `t("id", n=3)` is a text, `asset("console.css")` an address, and `at|instant`,
`at|day`, `at|clock`, `n|number`, `n|decimal`, `part|percent`, `span|lasting` are how things are
written.
Whatever a template prints is escaped; a name that nobody gave it is an error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, cast

from fastapi import Depends, Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse

from gateway.console import flashes
from gateway.console.flashes import Flash
from gateway.console.formats import Formats
from gateway.console.navigation import SCREENS, Screen
from gateway.console.preferences import Preferences, preferences_of
from gateway.console.pulse import Pulse
from gateway.console.shelf import Shelf
from gateway.console.words import FIRST, LANGUAGES, Language, Words, words_of
from gateway.people.rights import Ability, may, may_everywhere
from gateway.people.signed_in import SignedIn


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way from the first page to this one: what it is called, and where it is."""

    title: str
    path: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds every page. `title` and `screen` are of this page, `visitor` who reads it."""

    language: Language
    theme: str
    title: str
    screen: str | None
    screens: Sequence[Screen]
    trail: Sequence[Crumb]
    back: str
    visitor: SignedIn | None
    flash: Flash | None
    is_public: bool
    waiting: int = 0
    """What waits for the visitor's decision."""


class Pages:
    """The templates of the console, once per language."""

    def __init__(self, shelf: Shelf) -> None:
        self._templates = {one: _templates(words_of(one), shelf) for one in LANGUAGES}

    def __repr__(self) -> str:
        return f"<Pages in {', '.join(self._templates)}>"

    def render(self, language: Language, template: str, facts: Mapping[str, Any]) -> str:
        return self._templates[language].get_template(template).render(facts)


@dataclass(frozen=True, slots=True)
class PageMaker:
    """Makes the answer to one request, as its reader wants it."""

    request: Request
    pages: Pages
    preferences: Preferences

    @property
    def language(self) -> Language:
        """What was chosen in this browser, else what is written with the person's account."""
        if self.preferences.language is not None:
            return self.preferences.language
        own = self.visitor.language if self.visitor else FIRST
        return own if own in LANGUAGES else FIRST

    @property
    def visitor(self) -> SignedIn | None:
        """Who is signed in, on pages that asked."""
        return getattr(self.request.state, "visitor", None)

    @property
    def words(self) -> Words:
        return words_of(self.language)

    def show(
        self,
        template: str,
        *,
        title: str,
        screen: str | None = None,
        trail: Sequence[Crumb] = (),
        is_public: bool = False,
        awaited: int | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> Response:
        """Answer with a whole page. `title` is an id of the catalogue: no title names a person.

        What waits for the visitor's decision is as of the last look, unless a page knows better.
        """
        flash = flashes.take(self.request, self.words)
        frame = Frame(
            self.language,
            self.preferences.theme,
            self.words(title),
            screen,
            self._screens(),
            trail,
            _address(self.request),
            self.visitor,
            flash,
            is_public,
            self._waiting() if awaited is None else awaited,
        )
        body = self.pages.render(self.language, template, {**facts, "frame": frame})
        answer = HTMLResponse(body, status_code=status, headers=dict(headers or {}))
        if flash is not None:
            answer.delete_cookie(flashes.COOKIE, path="/")
        return answer

    def _screens(self) -> list[Screen]:
        """Return what the bar shows: the screens that the visitor may open."""
        who = self.visitor
        if who is None:
            return []
        return [
            one for one in SCREENS if (may_everywhere if one.everywhere else may)(who, one.ability)
        ]

    def _waiting(self) -> int:
        who, pulse = self.visitor, getattr(self.request.app.state, "pulse", None)
        if who is None or pulse is None or not may(who, Ability.APPROVE):
            return 0
        return cast(Pulse, pulse).awaiting(who)

    def part(self, template: str, *, status: int = 200, **facts: Any) -> Response:
        """Answer with a piece of a page, for htmx to put in its place."""
        return HTMLResponse(self.written(template, **facts), status_code=status)

    def written(self, template: str, **facts: Any) -> str:
        """Return a piece of a page as text, for events of a stream."""
        return self.pages.render(self.language, template, facts)

    def lead_to(self, path: str, flash: Flash | None = None) -> Response:
        """Answer a form: lead to a page, which says the flash once."""
        answer = RedirectResponse(path, status_code=303)
        if flash is not None:
            flashes.leave(answer, flash, secure=self.request.url.scheme == "https")
        return answer


def page_of(request: Request) -> PageMaker:
    """Return what makes the page that a request asks for."""
    return PageMaker(request, cast(Pages, request.app.state.pages), preferences_of(request))


Page = Annotated[PageMaker, Depends(page_of)]


def _address(request: Request) -> str:
    """Where the page is that a form leads back to; the answer to a form is at no address."""
    if request.method != "GET":
        return request.url.path
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _templates(words: Words, shelf: Shelf) -> Environment:
    formats = Formats(words.language)
    templates = Environment(
        loader=PackageLoader("gateway.console", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.globals |= {"t": words, "asset": shelf.url, "scripts": shelf.scripts()}
    for name in ("instant", "day", "clock", "number", "decimal", "percent", "lasting"):
        templates.filters[name] = getattr(formats, name)
    templates.filters["iso"] = lambda at: at.isoformat(timespec="seconds")
    return templates
