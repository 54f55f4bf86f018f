"""Signing in by a province's identity provider: who gets in as whom, and every way of cheating."""

import base64
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson
import pytest
from joserfc.jwk import ECKey, RSAKey

from gateway.operations.audit import By
from gateway.people.accounts import PersonRefused, disable_person, set_roles
from gateway.people.by_provider import RETURN
from gateway.people.linked import bind, unbind
from gateway.people.rights import Grant, Role
from gateway.people.signing_in import Opened, WrongPassword
from tests.integration.api.running import Api, running
from tests.integration.console.visiting import BY, PASSWORD, sign_in
from tests.stage.identity_provider import Provider, identity_provider

HOST = "http://gateway"
LAN = "7f3c0a1b-11d2-4f7e-9b55-000000000001"
ON_DUTY, CHECKING = "/lien-thong/truc", "/kiem-tra"
BEGIN = "/console/sign-in/provider"


class Browser:
    """Keeps cookies as a browser does, of this gateway."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.cookies: dict[str, str] = {}

    async def go(self, address: str, **headers: str) -> httpx.Response:
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        answer = await self.api.http.get(address, headers={**sent, **headers})
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        self.api.http.cookies.clear()
        self.cookies = {name: value for name, value in self.cookies.items() if value}
        return answer

    async def leave(self, onward: str = "/console/account") -> str:
        """Begin a round; return the address at the provider."""
        answer = await self.go(f"{BEGIN}?{urlencode({'next': onward})}")
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def name(self) -> str | None:
        """Return who is signed in."""
        token = self.cookies.get("lienthong", "")
        who = await self.api.state.sessions.present(token) if token else None
        return who.name if who else None


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with identity_provider() as one:
        one.redirect_uris = {HOST + RETURN}
        one.admit(LAN, "lan.nguyen", ON_DUTY)
        yield one


@pytest.fixture
async def api(database_url: str, provider: Provider) -> AsyncIterator[Api]:
    async with gateway(database_url, provider) as one:
        yield one


@asynccontextmanager
async def gateway(database_url: str, provider: Provider, **more: Any) -> AsyncIterator[Api]:
    settings = provider.settings(public_url=HOST, **more)
    async with running(database_url, **settings) as one:
        yield one


async def come(api: Api, provider: Provider, subject: str = LAN) -> tuple[Browser, str]:
    """Go the whole round; return the browser and the words of the last page, empty if signed in."""
    browser = Browser(api)
    back = provider.sign_in(await browser.leave(), subject)
    answer = await browser.go(back)
    return browser, "" if answer.status_code == 303 else why(answer)


def why(answer: httpx.Response) -> str:
    """Return the code that the page tells administrators, else which words it says."""
    _, _, rest = answer.text.partition('<span class="code">')
    if rest:
        return rest.partition("<")[0]
    for word, text in (
        ("stale", "đã hết hạn"),
        ("cancelled", "đã bị hủy"),
        ("off", "đã bị khóa"),
        ("no-role", "chưa thuộc nhóm"),
    ):
        if text in answer.text:
            return word
    return answer.text


async def acts_of(api: Api, subject: str) -> list[str]:
    found = await api.rows("SELECT act FROM audit WHERE subject = %s ORDER BY id", subject)
    return [act for (act,) in found]


async def test_a_first_sign_in_makes_an_account_that_follows_the_groups(
    api: Api, provider: Provider
) -> None:
    browser, refused = await come(api, provider)
    token = browser.cookies["lienthong"]
    who = await api.state.sessions.present(token)

    assert refused == ""
    assert who is not None
    assert (who.name, who.display_name, who.by_provider) == ("lan.nguyen", "Lê Thị Giả Định", True)
    assert [str(grant) for grant in who.grants] == ["operator@H31"]
    assert not who.has_password
    assert await api.rows("SELECT expires_at - opened_at FROM sessions") == [(timedelta(hours=4),)]
    assert "lienthong-round" not in browser.cookies
    assert await acts_of(api, "lan.nguyen") == ["person.added", "session.opened"]
    provider.admit(LAN, "another.name", ON_DUTY, CHECKING)
    again, _ = await come(api, provider)
    assert await again.name() == "lan.nguyen"
    assert await api.rows("SELECT count(*) FROM people") == [(1,)]
    [(kept,)] = await api.rows("SELECT to_jsonb(i)::text FROM provider_identities i")
    assert LAN not in kept
    api.state.sessions.forget()
    assert await browser.name() is None  # other roles: what was open is over
    with pytest.raises(PersonRefused, match="groups"):
        await set_roles(api.gateway.services.pool, "lan.nguyen", [Grant(Role.OPERATOR)], BY)


async def test_who_is_in_no_group_any_more_is_out(api: Api, provider: Provider) -> None:
    browser, _ = await come(api, provider)
    provider.admit(LAN, "lan.nguyen")
    provider.admit("0000", "nobody.here", "/other")

    _, refused = await come(api, provider)
    _, never = await come(api, provider, "0000")

    assert (refused, never.partition("/")[0]) == ("no-role", "no-role")
    assert await browser.name() is None
    assert await api.rows("SELECT count(*) FROM person_roles") == [(0,)]
    assert await api.rows("SELECT name FROM people") == [("lan.nguyen",)]
    assert (await acts_of(api, "lan.nguyen"))[-2:] == ["person.roles_set", "sign_in.refused"]


async def test_names_and_addresses_link_nobody_with_somebody_elses_account(
    api: Api, provider: Provider
) -> None:
    local = await sign_in(api, "administrator", name="quan.tri")
    provider.admit("666", "quan.tri", ON_DUTY, email="quan.tri@tinh.gov.vn")

    _, refused = await come(api, provider, "666")

    assert refused.startswith("name-taken/identity:")
    pool = api.gateway.services.pool
    await bind(pool, local.name, provider.issuer, "666", BY)
    browser, refused = await come(api, provider, "666")
    who = await api.state.sessions.present(browser.cookies["lienthong"])
    assert refused == ""
    assert who is not None
    assert [str(grant) for grant in who.grants] == ["administrator"]  # given by hand, and kept
    with pytest.raises(PersonRefused):
        await bind(pool, local.name, provider.issuer, "667", BY)
    await unbind(pool, local.name, BY)
    api.state.sessions.forget()
    assert await browser.name() is None
    assert (await acts_of(api, "quan.tri"))[-1] == "person.unbound"


async def test_an_administrator_binds_within_their_scope_alone(
    api: Api, provider: Provider
) -> None:
    admin = await sign_in(api, "administrator@H31.101")
    await sign_in(api, "operator@H31.101", name="ha.tran")
    await sign_in(api, "operator@H31.102", name="minh.le")
    ids = dict(await api.rows("SELECT name, id FROM people"))
    provider.admit("ha", "khac.ten", CHECKING)

    def page(name: str) -> str:
        return f"/console/people/{ids[name]}/bind"

    unsaid = await admin.post(page("ha.tran"), subject="ha", reason="")
    ours = await admin.post(page("ha.tran"), subject="ha", reason="cán bộ mới")
    theirs = await admin.post(page("minh.le"), subject=LAN, reason="thử")
    browser, refused = await come(api, provider, "ha")
    who = await api.state.sessions.present(browser.cookies["lienthong"])

    assert (ours.status_code, unsaid.status_code, theirs.status_code) == (303, 422, 404)
    assert refused == ""
    assert who is not None
    assert (who.name, [str(one) for one in who.grants]) == ("ha.tran", ["operator@H31.101"])
    account = await browser.go("/console/account")
    assert "Đang đăng nhập bằng tài khoản của tỉnh" in account.text


async def test_no_password_that_a_districts_administrator_knows_opens_what_groups_give(
    api: Api, provider: Provider
) -> None:
    district, province = (
        await sign_in(api, "administrator@H31.101"),
        await sign_in(api, "administrator"),
    )
    await sign_in(api, "viewer@H31.101", name="ha.tran")
    [(id_,)] = await api.rows("SELECT id FROM people WHERE name = 'ha.tran'")
    provider.admit("ha", "khac.ten", CHECKING)  # an auditor everywhere
    page, given = f"/console/people/{id_}", {"subject": "ha", "follows": "1", "reason": "thử"}

    beyond = await district.post(f"{page}/bind", **given)
    bound = await province.post(f"{page}/bind", **given)
    known = await api.state.doors.sign_in("ha.tran", PASSWORD, "192.0.2.1")
    another = await province.post(f"{page}/password", reason="quên mật khẩu")
    browser, refused = await come(api, provider, "ha")
    who = await api.state.sessions.present(browser.cookies["lienthong"])

    assert [one.status_code for one in (beyond, bound, another)] == [422, 303, 422]
    assert isinstance(known, WrongPassword)
    assert refused == ""
    assert who is not None
    assert (who.name, [str(one) for one in who.grants]) == ("ha.tran", ["auditor"])
    assert not who.has_password


async def test_who_is_switched_off_here_is_off(api: Api, provider: Provider) -> None:
    await come(api, provider)
    await disable_person(api.gateway.services.pool, "lan.nguyen", BY)

    _, refused = await come(api, provider)

    assert refused == "off"


async def test_a_round_ends_in_the_browser_it_began_in_once_and_in_time(
    api: Api, provider: Provider
) -> None:
    provider.admit("666", "ke.gian", ON_DUTY)
    victim, thief = Browser(api), Browser(api)
    mine = provider.sign_in(await victim.leave(), LAN)
    theirs = provider.sign_in(await thief.leave(), "666")

    lured = await victim.go(theirs)  # the thief's own round, sent to the victim: login CSRF
    stolen = await thief.go(mine)  # the victim's answer, seen by the thief
    bare = await Browser(api).go(mine)

    assert [why(one) for one in (lured, stolen, bare)] == ["stale"] * 3
    assert await victim.name() is await thief.name() is None
    kept = Browser(api)
    back = provider.sign_in(await kept.leave(), LAN)
    cookies = dict(kept.cookies)
    assert (await kept.go(back)).headers["location"] == "/console/account"
    kept.cookies = cookies  # somebody copied both the address and the cookie
    assert why(await kept.go(back)) == "stale/replayed"
    code = back.partition("code=")[2].partition("&")[0]
    fresh = Browser(api)
    state = (await fresh.leave()).partition("state=")[2].partition("&")[0]
    replayed = await fresh.go(f"{RETURN}?{urlencode({'code': code, 'state': state})}")
    assert why(replayed) == "not-believed/invalid_grant"


async def test_a_code_of_somebody_elses_round_is_of_no_use(api: Api, provider: Provider) -> None:
    provider.admit("666", "ke.gian", ON_DUTY)
    victim, thief = Browser(api), Browser(api)
    await victim.leave()
    theirs = provider.sign_in(await thief.leave(), "666")
    address = await victim.leave()
    state = address.partition("state=")[2].partition("&")[0]
    code = theirs.partition("code=")[2].partition("&")[0]

    injected = await victim.go(f"{RETURN}?{urlencode({'code': code, 'state': state})}")

    assert why(injected) == "not-believed/invalid_grant"  # PKCE: another verifier
    assert await victim.name() is None


async def test_only_the_providers_own_keys_sign(api: Api, provider: Provider) -> None:
    stranger = ECKey.generate_key("P-256", {"kid": provider.keys[0].kid or ""})
    published = RSAKey.generate_key(2048, {"kid": "rsa"})
    provider.keys.append(published)
    told = {}
    for name, header, key in (
        ("stranger", {"alg": "ES256", "kid": stranger.kid}, stranger),
        ("unknown", {"alg": "ES256", "kid": "no-such"}, stranger),
        ("unnamed", {"alg": "ES256"}, stranger),
        ("kind", {"alg": "ES256", "kid": "rsa"}, stranger),
    ):
        provider.header, provider.sign_with = header, key
        _, told[name] = await come(api, provider)
    provider.header, provider.sign_with = {}, None
    claims = {"sub": LAN}
    for name, header in (("none", {"alg": "none"}), ("hs256", {"alg": "HS256", "kid": "rsa"})):
        signed = f"{_part(header)}.{_part(claims)}"
        with_public = hmac.digest(published.as_pem(private=False), signed.encode(), "sha256")
        provider.forged = f"{signed}.{_b64(with_public) if name == 'hs256' else ''}"
        _, told[name] = await come(api, provider)

    assert told == {
        "stranger": "not-believed/signature",
        "unknown": "not-believed/key",
        "unnamed": "not-believed/signature",  # the only key of its kind is asked
        "hs256": "not-believed/algorithm",
        "kind": "not-believed/key",
        "none": "not-believed/algorithm",
    }
    assert await api.rows("SELECT count(*) FROM sessions") == [(0,)]
    refusals = "SELECT count(*) FROM audit WHERE act = 'sign_in.refused' AND subject = 'provider'"
    assert await api.rows(refusals) == [(6,)]


def _part(said: dict[str, Any]) -> str:
    return _b64(orjson.dumps(said))


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


async def test_keys_may_be_changed_at_any_time(api: Api, provider: Provider) -> None:
    _, first = await come(api, provider)
    api.gateway.services.provider._clock = lambda: time.monotonic() + 60  # type: ignore[union-attr]
    provider.rotate()

    _, second = await come(api, provider)
    asked = provider.asked.count("certs")
    _, third = await come(api, provider)

    assert (first, second, third) == ("", "", "")
    assert (asked, provider.asked.count("certs")) == (2, 2)
    assert provider.asked.count("openid-configuration") == 1


async def test_without_the_provider_accounts_of_our_own_go_on(api: Api, provider: Provider) -> None:
    await sign_in(api, "operator", name="ha.tran")
    provider.is_down = True

    away = await Browser(api).go(BEGIN)
    local = await api.state.doors.sign_in("ha.tran", PASSWORD, "192.0.2.7")

    assert (away.status_code, why(away)) == (503, "unreachable/status-503")
    assert "không phải ở bạn" in away.text
    assert isinstance(local, Opened)


async def test_a_cancelled_sign_in_and_one_that_others_begin_lead_nowhere(
    api: Api, provider: Provider
) -> None:
    browser = Browser(api)
    state = (await browser.leave()).partition("state=")[2].partition("&")[0]
    cancelled = await browser.go(
        f"{RETURN}?{urlencode({'error': 'access_denied', 'state': state})}"
    )
    pushed = await Browser(api).go(BEGIN, **{"Sec-Fetch-Site": "cross-site"})
    mixed = Browser(api)
    back = provider.sign_in(await mixed.leave(), LAN)
    other = await mixed.go(back.replace(urlencode({"iss": provider.issuer}), "iss=https%3A%2F%2Fx"))
    abroad = Browser(api)
    address = await abroad.leave("https://elsewhere.example/")
    home = await abroad.go(provider.sign_in(address, LAN))

    assert why(cancelled) == "cancelled"
    assert (pushed.status_code, pushed.headers["location"]) == (303, "/console/sign-in")
    assert why(other) == "not-believed/issuer"
    assert home.headers["location"] == "/console"


async def test_a_second_factor_shown_there_counts_if_the_provider_says_so(
    database_url: str, provider: Provider
) -> None:
    provider.admit("weak", "weak.one", CHECKING)
    provider.admit("strong", "strong.one", CHECKING, amr=["pwd", "otp"])
    settings = {"second_factor": "privileged", "oidc_strong_amr": "otp hwk"}
    async with gateway(database_url, provider, **settings) as api:
        owed = {}
        for subject in ("weak", "strong"):
            browser, _ = await come(api, provider, subject)
            who = await api.state.sessions.present(browser.cookies["lienthong"])
            assert who is not None
            owed[subject] = who.owed

    assert owed == {"weak": "factor", "strong": None}


async def test_with_a_break_glass_account_no_other_password_counts(
    database_url: str, provider: Provider
) -> None:
    async with gateway(database_url, provider, break_glass="du.phong") as api:
        for name in ("du.phong", "ha.tran"):
            await sign_in(api, "administrator", name=name)
        kept = await api.state.doors.sign_in("du.phong", PASSWORD, "192.0.2.7")
        other = await api.state.doors.sign_in("ha.tran", PASSWORD, "192.0.2.7")
        page = await api.http.get("/console/sign-in")

    assert isinstance(kept, Opened)
    assert isinstance(other, WrongPassword)
    assert "Tài khoản dự phòng" in page.text


async def test_another_person_at_the_same_browser_ends_the_first_ones_session(
    api: Api, provider: Provider
) -> None:
    provider.admit("b", "ha.tran", CHECKING)
    browser, _ = await come(api, provider)
    first = browser.cookies["lienthong"]

    address = (await browser.go(BEGIN)).headers["location"]
    await browser.go(provider.sign_in(address, "b"))

    assert await browser.name() == "ha.tran"
    assert await api.state.sessions.present(first) is None
    assert By("operator:person:lan.nguyen").actor in {
        actor for (actor,) in await api.rows("SELECT actor FROM audit WHERE act = 'session.ended'")
    }
