"""Admission from the screen: each act in the audit, each secret on one page and on no other."""

import html
import re

import httpx

from tests.integration.api.running import Api
from tests.integration.console.test_the_agencies_screen import ALL, FAR, NEAR, let_in, text_of
from tests.integration.console.visiting import Visit, sign_in

PAGE = f"{ALL}/{NEAR}/admission"
ENDPOINT = {"concurrency": "8", "timeout": "5000", "calls": "", "burst": "1"}
PACED = {**ENDPOINT, "calls": "60", "burst": "5"}


def secrets_in(answer: httpx.Response) -> list[str]:
    """Return what a page shows as secrets: the second of each pair of codes."""
    return [html.unescape(one) for one in re.findall(r"<code>([^<]+)</code>", answer.text)][1::2]


async def act(visit: Visit, name: str, **fields: object) -> httpx.Response:
    return await visit.post(f"{PAGE}/{name}", reason="Công văn 12/UBND", **fields)


async def test_an_agency_goes_from_nobody_to_live_and_no_secret_is_shown_twice(api: Api) -> None:
    visit = await sign_in(api, "administrator@H31.102")

    fresh = await text_of(visit, PAGE)
    await act(visit, "register", contact="Tổ vận hành")
    webhook = await act(
        visit, "endpoint", connector="webhook", target="https://hook.example/x/y", **PACED
    )
    await act(visit, "endpoint", connector="mailbox", **ENDPOINT)
    issued = await act(visit, "issue", road=["http", "amqp"], days="30")
    unready = await act(visit, "live")
    await act(visit, "takes", largest="256", documents="1")
    forced = await act(visit, "live", force="1")
    rotated = await act(visit, "rotate", credential=f"http/{NEAR}-1", overlap="24")
    revoked = await act(visit, "revoke", credential=f"amqp/{NEAR}-1")
    page, whole = await text_of(visit, PAGE), await text_of(visit, f"{ALL}/{NEAR}")
    told = await api.rows("SELECT act, actor FROM audit WHERE subject = %s ORDER BY id", NEAR)
    kept = await api.rows("SELECT before::text, after::text FROM audit")

    assert "Đăng ký cơ quan" in fresh
    made = [secrets_in(one) for one in (webhook, issued, rotated)]
    assert [len(one) for one in made] == [1, 2, 1]
    assert {one.headers["cache-control"] for one in (webhook, issued, rotated)} == {"no-store"}
    for secret in (one for group in made for one in group):
        assert secret not in page + whole + str(kept)
    assert unready.status_code == 422
    assert "Chưa khai báo khả năng tiếp nhận" in unready.text
    assert (forced.status_code, revoked.status_code) == (303, 303)
    assert await api.rows("SELECT state FROM members") == [("live",)]
    assert [one for one, _ in told] == [
        "agency.registered",
        "endpoint.set",
        "endpoint.set",
        "credentials.issued",
        "agency.described",
        "agency.went_live",
        "credentials.rotated",
        "credentials.revoked",
    ]
    assert {actor for _, actor in told} == {f"operator:person:{visit.name}"}


async def test_what_cannot_be_is_said_and_nothing_is_done(api: Api) -> None:
    visit = await sign_in(api, "administrator")
    await act(visit, "register")

    answers = [
        await act(visit, "endpoint", connector="webhook", **ENDPOINT),
        await act(visit, "endpoint", connector="webhook", target="http://10.0.0.1/", **ENDPOINT),
        await act(visit, "endpoint", connector="edxml", **ENDPOINT),
        await act(visit, "endpoint", connector="mailbox", **{**ENDPOINT, "timeout": "9"}),
        await act(visit, "issue", days="365"),
        await act(visit, "issue", road="http", days="x"),
        await act(visit, "rotate", credential="http/nobody", overlap="1"),
        await act(visit, "rotate", credential="nowhere/x", overlap="1"),
        await act(visit, "no-such-act"),
        await visit.post(f"{PAGE}/issue", road="http", days="365", reason=""),
    ]

    assert {one.status_code for one in answers} == {422}
    assert all('role="alert"' in one.text for one in answers)
    assert await api.rows("SELECT act FROM audit WHERE subject = %s", NEAR) == [
        ("agency.registered",)
    ]


async def test_who_may_not_admit_or_not_there_does_nothing(api: Api) -> None:
    operator = await sign_in(api, "operator")
    elsewhere = await sign_in(api, "administrator@H31.103")

    for visit in (operator, elsewhere):
        assert (await visit.get(PAGE)).status_code == 403
        assert (await act(visit, "register")).status_code == 403
        assert "admission" not in (await visit.get(f"{ALL}/{NEAR}")).text
    assert await api.rows("SELECT * FROM members") == []


async def test_to_leave_takes_two_persons(api: Api) -> None:
    await let_in(api, NEAR)
    first, second = await sign_in(api, "administrator"), await sign_in(api, "supervisor")

    await act(first, "remove")
    twice = await act(first, "remove")
    before = await api.rows("SELECT state FROM members")
    [(proposal,)] = await api.rows("SELECT id FROM proposals")
    await second.post(f"/console/approvals/{proposal}/approve", reason="đã có quyết định")

    assert twice.status_code == 303
    assert before == [("live",)]
    assert await api.rows("SELECT state FROM members") == [("removed",)]


async def test_an_outage_is_declared_ended_and_withdrawn_within_ones_scope(api: Api) -> None:
    await let_in(api, NEAR, FAR)
    visit = await sign_in(api, "operator@H31.102")
    page = f"{ALL}/{NEAR}/outages"
    said = {"legal_basis": "NĐ 99/2022 Điều 16.3", "reason": "mất đường truyền"}

    declared = await visit.post(page, kind="incident", **said)
    twice = await visit.post(page, kind="incident", **said)
    endless = await visit.post(page, kind="planned", starts_at="2026-03-09T08:00", **said)
    unread = await visit.post(page, kind="incident", starts_at="tomorrow", **said)
    [(outage,)] = await api.rows("SELECT id FROM outages")
    api.clock.move(hours=2)
    other = await sign_in(api, "operator@H31.103")
    beyond = [
        await other.post(f"{ALL}/outages/{outage}/end"),
        await other.post(page, kind="incident", **said),
        await other.get(page),
    ]
    ended = await visit.post(f"{ALL}/outages/{outage}/end")
    shown = await text_of(visit, page)
    await visit.post(f"{ALL}/outages/{outage}/withdraw")
    trail = await api.rows("SELECT act FROM audit WHERE subject = %s ORDER BY id", NEAR)

    assert (declared.status_code, ended.status_code) == (303, 303)
    assert [one.status_code for one in (twice, endless, unread)] == [422, 422, 422]
    assert "trùng thời gian" in twice.text
    assert "lúc kết thúc đã thông báo" in endless.text
    assert [one.status_code for one in beyond] == [404, 403, 403]
    assert "Đã kết thúc" in shown
    assert [one for (one,) in trail if one.startswith("outage")] == [
        "outage.declared",
        "outage.ended",
        "outage.withdrawn",
    ]
