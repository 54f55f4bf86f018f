"""Who is let in to a page of the console, and what a post must bring."""

from typing import Annotated

import pytest
from fastapi import APIRouter

from gateway.console.visitors import Visitor, Watching, allowed, anybody
from gateway.people.accounts import disable_person, set_roles
from gateway.people.rights import Ability, Grant, Role, reach
from gateway.people.signed_in import SignedIn
from tests.integration.api.running import Api
from tests.integration.console.visiting import BY, again, sign_in

CSRF = "X-CSRF-Token"


@pytest.fixture
async def api(api: Api) -> Api:
    """A console with a page of each kind."""
    pages = APIRouter(prefix="/console/test")

    @pages.get("/any")
    async def any_(who: Visitor) -> str:
        return who.name

    @pages.get("/watched")
    async def watched(who: Watching) -> str:
        return who.name

    @pages.get("/work")
    async def work(who: Annotated[SignedIn, allowed(Ability.SEE_WORK)]) -> list[str]:
        return sorted(reach(who, Ability.SEE_WORK) or [])

    @pages.post("/people")
    async def people(
        who: Annotated[SignedIn, allowed(Ability.MANAGE_PEOPLE, everywhere=True)],
    ) -> str:
        return who.actor

    @pages.post("/public", dependencies=[anybody])
    async def public() -> str:
        return "done"

    api.app.state.console.include_router(pages)
    return api


async def test_a_stranger_is_led_to_sign_in_and_back(api: Api) -> None:
    plain = await api.http.get("/console/test/any?a=1")
    swapped = await api.http.get("/console/test/any", headers={"HX-Request": "true"})
    posted = await api.http.post("/console/test/people")

    assert plain.status_code == posted.status_code == 303
    assert plain.headers["location"] == "/console/sign-in?next=%2Fconsole%2Ftest%2Fany%3Fa%3D1"
    assert swapped.headers["hx-redirect"].startswith("/console/sign-in?next=")
    assert posted.headers["location"] == "/console/sign-in"


async def test_roles_open_pages_and_scopes_narrow_them(api: Api) -> None:
    viewer = await sign_in(api, "viewer@H31.101")
    auditor = await sign_in(api, "auditor")

    narrowed = await viewer.get("/console/test/work")
    forbidden = await viewer.post("/console/test/people")

    assert narrowed.json() == ["H31.101"]
    assert forbidden.status_code == 403
    assert (await auditor.get("/console/test/work")).json() == []


async def test_what_holds_in_a_scope_opens_no_page_that_is_about_everything(api: Api) -> None:
    local = await sign_in(api, "administrator@H31")
    general = await sign_in(api, "administrator", name="lan.nguyen")

    assert (await local.post("/console/test/people")).status_code == 403
    assert (await general.post("/console/test/people")).json() == "operator:person:lan.nguyen"


async def test_a_post_needs_the_sessions_token_and_our_own_page(api: Api) -> None:
    one, other = await sign_in(api, "administrator"), await sign_in(api, "administrator")
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in one.cookies.items())}

    async def post(**headers: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await api.http.post("/console/test/people", headers={**cookie, **sent})
        return answer.status_code

    assert await post(X_CSRF_Token=one.csrf, Sec_Fetch_Site="same-origin") == 200
    assert await post(X_CSRF_Token=one.csrf, Origin="http://gateway") == 200
    assert await post(Sec_Fetch_Site="same-origin") == 403
    assert await post(X_CSRF_Token=other.csrf, Sec_Fetch_Site="same-origin") == 403
    assert (await one.post("/console/test/people", csrf="mèo")).status_code == 403
    assert await post(X_CSRF_Token=one.csrf, Sec_Fetch_Site="cross-site") == 403
    assert await post(X_CSRF_Token=one.csrf, Origin="http://elsewhere.example") == 403


async def test_a_public_page_takes_posts_of_its_own_alone(api: Api) -> None:
    ours = await api.http.post("/console/test/public", headers={"Origin": "http://gateway"})
    theirs = await api.http.post("/console/test/public", headers={"Sec-Fetch-Site": "cross-site"})
    unsaid = await api.http.post("/console/test/public")

    assert [one.status_code for one in (ours, theirs, unsaid)] == [200, 403, 403]


async def test_a_first_password_is_changed_before_anything_else(api: Api) -> None:
    newcomer = await sign_in(api, "operator", must_change=True)

    answer = await newcomer.get("/console/test/any")

    assert answer.headers["location"].startswith("/console/account/password?next=")


async def test_who_is_switched_off_or_gets_other_roles_is_signed_out(api: Api) -> None:
    pool = api.gateway.services.pool
    off, changed = await sign_in(api, "operator"), await sign_in(api, "operator")
    before = [(await one.get("/console/test/any")).status_code for one in (off, changed)]

    await disable_person(pool, off.name, BY)
    await set_roles(pool, changed.name, [Grant(Role.VIEWER, "H31.101")], BY)
    api.state.sessions.forget()  # what two seconds do by themselves
    after = [(await one.get("/console/test/any")).status_code for one in (off, changed)]
    signed_in_again = await again(api, changed.name)

    assert (before, after) == ([200, 200], [303, 303])
    assert (await signed_in_again.get("/console/test/work")).json() == ["H31.101"]


async def test_a_session_that_is_left_alone_or_lasts_too_long_is_over(api: Api) -> None:
    watching, idle, old = [await sign_in(api, "viewer") for _ in range(3)]
    move = "UPDATE sessions SET {} WHERE person_id = (SELECT id FROM people WHERE name = %s)"
    for one in (watching, idle):
        await api.rows(move.format("seen_at = now() - interval '59 minutes'"), one.name)
    await api.rows(move.format("expires_at = now()"), old.name)

    watched = await watching.get("/console/test/watched")
    first = await idle.get("/console/test/any")
    over = await old.get("/console/test/any")
    seen = "SELECT now() - seen_at < interval '5 minutes' FROM sessions ORDER BY id"

    assert [watched.status_code, first.status_code, over.status_code] == [200, 200, 303]
    assert [fresh for (fresh,) in await api.rows(seen)] == [False, True, True]
    await api.rows(move.format("seen_at = now() - interval '61 minutes'"), watching.name)
    assert (await watching.get("/console/test/watched")).status_code == 303


async def test_who_opens_more_sessions_than_they_may_loses_the_oldest(api: Api) -> None:
    visits = [await sign_in(api, "viewer")]
    visits += [await again(api, visits[0].name) for _ in range(5)]

    codes = [(await one.get("/console/test/any")).status_code for one in visits]

    assert codes == [303, 200, 200, 200, 200, 200]


async def test_a_token_is_stored_nowhere(api: Api) -> None:
    visit = await sign_in(api, "viewer")

    [(row,)] = await api.rows("SELECT to_jsonb(s)::text FROM sessions s")

    assert visit.token not in row
    assert visit.csrf not in row
    assert len(visit.token) >= 43
