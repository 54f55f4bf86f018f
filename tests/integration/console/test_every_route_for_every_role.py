"""Every route of the console says whom it is for, and is tried for every role and for nobody.

A new route is tried without being named here: a route that declares nothing fails, and so does one
that lets in whom it does not declare.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from gateway.console.app import create_console
from gateway.console.visitors import (
    Allowed,
    WhoOwes,
    come_as_you_are,
    visitor_of,
    watcher_of,
)
from gateway.people.rights import Grant, Role, may, may_everywhere
from tests.integration.api.running import Api
from tests.integration.console.visiting import Visit, sign_in

_ENDS_THE_SESSION = "/console/sign-out"


@dataclass(frozen=True)
class Holding:
    grants: tuple[Grant, ...]


@dataclass(frozen=True)
class Way:
    """A route by one of its methods, and what it declares."""

    method: str
    path: str
    declared: tuple[Any, ...]

    @property
    def address(self) -> str:
        """The path with something in the place of each of its parameters."""
        parts = self.path.split("/")
        return "/".join(_SAMPLE if part.startswith("{") else part for part in parts)

    @property
    def is_public(self) -> bool:
        return come_as_you_are in self.declared

    def lets_in(self, role: Role, scope: str | None) -> bool:
        """Whether the declared dependencies let somebody in who has this role."""
        reached = frozenset({scope}) if scope else frozenset()
        person = Holding((Grant(role, scope, reached),))
        return all(
            (may_everywhere if one.everywhere else may)(person, one.ability)
            for one in self.declared
            if isinstance(one, Allowed)
        )


_SAMPLE = "00000000-0000-7000-8000-000000000000"


def ways_of(console: FastAPI) -> list[Way]:
    """Return every route by every method, with the marks that its dependencies carry."""
    found = []
    for route in routes_of(console):
        marks = tuple(call for call in calls_of(route.dependant) if is_mark(call))
        found += [Way(method, route.path, marks) for method in sorted(route.methods or ())]
    return found


def routes_of(app: Any) -> list[APIRoute]:
    found: list[APIRoute] = []
    for route in app.routes:
        if isinstance(route, APIRoute):
            found.append(route)
        elif hasattr(route, "effective_candidates"):
            found += [one for one in route.effective_candidates() if hasattr(one, "dependant")]
        else:
            raise AssertionError(f"what is {route!r}?")
    return found


def calls_of(dependant: Dependant) -> list[Any]:
    found = []
    for one in dependant.dependencies:
        found += [one.call, *calls_of(one)]
    return found


def is_mark(call: Any) -> bool:
    return isinstance(call, Allowed | WhoOwes) or call in (come_as_you_are, visitor_of, watcher_of)


def is_turned_away(status: int, location: str) -> bool:
    return status == 403 or location.startswith("/console/sign-in")


async def tried(way: Way, visit: Visit) -> tuple[int, str]:
    """Try a way as somebody's browser would: a form of our own page, without its fields."""
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in visit.cookies.items()),
        "X-CSRF-Token": visit.csrf,
        "Sec-Fetch-Site": "same-origin",
    }
    answer = await visit.api.http.request(way.method, way.address, headers=headers)
    return answer.status_code, answer.headers.get("location", "")


@pytest.fixture
def ways(api: Api) -> list[Way]:
    api.state.bell.close()  # streams end after their first words
    return ways_of(create_console(api.state))


async def test_every_route_says_whom_it_is_for(ways: list[Way]) -> None:
    silent = [f"{way.method} {way.path}" for way in ways if not way.declared]
    doubtful = [
        f"{way.method} {way.path}" for way in ways if way.is_public and len(way.declared) > 1
    ]

    assert len(ways) > 10
    assert silent == []
    assert doubtful == []


async def test_nobody_is_let_in_without_signing_in(api: Api, ways: list[Way]) -> None:
    let_in = []
    for way in ways:
        answer = await api.http.request(
            way.method, way.address, headers={"Sec-Fetch-Site": "same-origin"}
        )
        location = answer.headers.get("location", "")
        if not way.is_public and not (answer.status_code == 303 and "sign-in" in location):
            let_in.append((way.method, way.path, answer.status_code))

    assert let_in == []


@pytest.mark.parametrize("scope", [None, "H31.101"])
@pytest.mark.parametrize("role", Role)
async def test_a_role_is_let_in_where_it_is_declared_and_nowhere_else(
    api: Api, ways: list[Way], role: Role, scope: str | None
) -> None:
    visit = await sign_in(api, f"{role}@{scope}" if scope else role)
    wrong = []
    for way in ways:
        if way.path == _ENDS_THE_SESSION or way.is_public:
            continue
        status, location = await tried(way, visit)
        if is_turned_away(status, location) is way.lets_in(role, scope) or status >= 500:
            wrong.append((way.method, way.path, status, location))

    assert wrong == []


async def test_no_form_is_taken_without_the_sessions_token(api: Api, ways: list[Way]) -> None:
    visit = await sign_in(api, *Role)
    cookie = "; ".join(f"{name}={value}" for name, value in visit.cookies.items())
    taken = []
    for way in ways:
        if way.method in ("GET", "HEAD") or way.is_public:
            continue
        answer = await api.http.request(
            way.method, way.address, headers={"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
        )
        if answer.status_code != 403:
            taken.append((way.method, way.path, answer.status_code))

    assert taken == []
