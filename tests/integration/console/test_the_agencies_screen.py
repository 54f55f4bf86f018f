"""Agencies: the whole directory by name, and of one's own how they stand, owe and are owed."""

import re
from collections.abc import Sequence
from typing import Any

import pytest

from gateway.joining import members
from gateway.joining.credentials import Road, issue
from gateway.operations.audit import By
from tests.integration.api.running import COMMUNE, Api
from tests.integration.console.visiting import Visit, sign_in

ALL = "/console/agencies"
NEAR, FAR = "H31.102", "H31.103"
BY = By("operator:cli:test")


async def register(api: Api, *codes: str) -> None:
    services = api.gateway.services
    for code in codes:
        await members.register(
            services.pool,
            code,
            BY,
            contact="Tổ vận hành",
            directory=services.rulebook.directory,
            now=services.clock.now(),
        )


async def let_in(api: Api, *codes: str) -> None:
    """Register agencies, reach them by mailbox, and let real work through."""
    await register(api, *codes)
    await api.reach_by("mailbox", *codes)
    await api.rows("UPDATE members SET state = 'live'")
    await api.rows("UPDATE endpoints SET traffic = 'all'")
    await api.gateway.refresh_endpoints()


async def text_of(visit: Visit, path: str) -> str:
    answer = await visit.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return re.sub(r"\s+", " ", answer.text)


async def names_in(visit: Visit, path: str) -> list[str]:
    """Return the codes of the rows that a list shows."""
    return re.findall(
        r'<th scope="row"><span><a href="/console/agencies/([A-Z0-9.]+)"',
        await text_of(visit, path),
    )


async def state_of(api: Api, code: str) -> Sequence[tuple[Any, ...]]:
    return await api.rows("SELECT state FROM members WHERE agency = %s", code)


async def test_everybody_is_found_by_code_or_name_typed_without_accents(api: Api) -> None:
    visit = await sign_in(api, "viewer@H31.15")

    by_name = await names_in(visit, f"{ALL}?q=cong+an+phuong+pho+hien")
    by_code = await names_in(visit, f"{ALL}?q=H31.102")
    branch = await names_in(visit, f"{ALL}/branch/H31")
    opened = await names_in(visit, f"{ALL}?at=H31")

    assert by_name == ["G01.833.101"]
    assert by_code == ["H31.102"]
    assert len(branch) > 100
    assert set(branch) <= set(opened)


async def test_the_strip_counts_and_its_links_list_the_same(api: Api) -> None:
    await let_in(api, NEAR, FAR)
    await issue(api.gateway.services.pool, FAR, BY, roads=[Road.HTTP])
    await api.rows(
        "UPDATE clients SET expires_at = now() + interval '9 days' WHERE agency = %s", FAR
    )
    await api.rows("UPDATE endpoints SET breaker = 'open' WHERE agency = %s", NEAR)
    visit = await sign_in(api, "operator")

    listed = {
        asked: await names_in(visit, f"{ALL}?{asked}")
        for asked in (
            "state=live",
            "condition=trouble",
            "ending=1",
            "state=suspended",
            "connector=webhook",
        )
    }
    strip = re.findall(r"<strong>(\d+)</strong><span>([^<]+)</span></a>", await text_of(visit, ALL))

    assert listed == {
        "state=live": [NEAR, FAR],
        "condition=trouble": [NEAR],
        "ending=1": [FAR],
        "state=suspended": [],
        "connector=webhook": [],
    }
    assert ("2", "đang hoạt động") in strip
    assert ("1", "kết nối cần xem") in strip


async def test_whose_credentials_end_first_stands_first(api: Api) -> None:
    await let_in(api, NEAR, FAR)
    for code, days in ((NEAR, 9), (FAR, 2)):
        await issue(api.gateway.services.pool, code, BY, roads=[Road.HTTP])
        ends = f"UPDATE clients SET expires_at = now() + interval '{days} days' WHERE agency = %s"
        await api.rows(ends, code)
    visit = await sign_in(api, "viewer")

    assert await names_in(visit, f"{ALL}?ending=1") == [FAR, NEAR]
    assert await names_in(visit, f"{ALL}?ending=1&after={FAR}") == [NEAR]


async def test_the_first_screen_says_how_many_connections_need_a_look_as_this_one_does(
    api: Api,
) -> None:
    await let_in(api, NEAR, FAR)
    await api.rows("UPDATE endpoints SET breaker = 'open' WHERE agency = %s", NEAR)
    await api.gateway.refresh_endpoints()
    visit = await sign_in(api, "viewer")

    now = await text_of(visit, "/console")

    assert "2 kết nối · " in now
    assert 'href="/console/agencies?condition=trouble">1 cần xem</a>' in now
    assert "Cần xem</span>" in now
    assert "Có sự cố" not in now


async def test_an_agency_is_suspended_and_resumed_from_the_screen_and_says_so(api: Api) -> None:
    await let_in(api, NEAR)
    visit = await sign_in(api, "operator@H31.102")
    page = f"{ALL}/{NEAR}"

    asked = await text_of(visit, f"{page}/suspend")
    unreasoned = await visit.post(f"{page}/suspend", reason="  ")
    before = await state_of(api, NEAR)
    suspended = await visit.post(f"{page}/suspend", reason="Công văn 12/UBND")
    shown = await text_of(visit, page)
    resumed = await visit.post(f"{page}/resume", reason="đã khắc phục")
    trail = await api.rows(
        "SELECT act, actor, reason FROM audit WHERE subject = %s AND actor LIKE %s ORDER BY id",
        NEAR,
        "operator:person:%",
    )

    assert "Tạm ngừng cơ quan" in asked
    assert (unreasoned.status_code, before) == (422, [("live",)])
    assert suspended.headers["location"] == page
    assert "Tạm ngừng" in shown
    assert f"{page}/resume" in shown
    assert f"{page}/suspend" not in shown
    assert resumed.status_code == 303
    assert await state_of(api, NEAR) == [("live",)]
    actor = f"operator:person:{visit.name}"
    assert trail == [
        ("agency.suspended", actor, "Công văn 12/UBND"),
        ("agency.resumed", actor, "đã khắc phục"),
    ]


async def test_a_test_message_goes_out_and_its_answer_appears(api: Api) -> None:
    await let_in(api, NEAR)
    visit, page = await sign_in(api, "operator"), f"{ALL}/{NEAR}"

    none = await text_of(visit, f"{page}/test")
    await visit.post(f"{page}/test")
    waits = await text_of(visit, f"{page}/test")
    agency = await api.sign_in(NEAR)
    [item] = (await api.http.get("/v1/mailbox", headers=agency)).json()["items"]
    await api.http.post(
        f"/v1/mailbox/{item['delivery']}/ack", json={"lease": item["lease"]}, headers=agency
    )
    arrived = await text_of(visit, f"{page}/test")
    await api.gateway.services.witness.write()
    signs = "SELECT heard_at, taken_at, latency_ms, failed_at FROM agency_signs WHERE agency = %s"
    [(heard, taken, latency, failed)] = await api.rows(signs, NEAR)

    assert "chưa được thử" in none
    assert "Đang gửi" in waits
    assert "every 1s" in waits
    assert item["event"]["type"] == "vn.lienthong.connection.tested.v1"
    assert "Đã tới nơi" in arrived
    assert "every 1s" not in arrived
    assert None not in (heard, taken, latency)
    assert failed is None


async def test_a_test_message_is_awaited_for_a_while_and_then_says_why_and_what_to_do(
    api: Api,
) -> None:
    await let_in(api, NEAR)
    visit, page = await sign_in(api, "operator"), f"{ALL}/{NEAR}"
    counted = "SELECT count(*) FROM deliveries WHERE kind = 'connection.tested'"

    await visit.post(f"{page}/test")
    waits = await text_of(visit, f"{page}/test")
    await visit.post(f"{page}/test")
    while_it_waits = await api.rows(counted)
    api.clock.move(minutes=16)
    given_up = await text_of(visit, f"{page}/test")
    await visit.post(f"{page}/test")
    afterwards = await api.rows(counted)

    assert "chờ kết quả đến" in waits
    assert "<button" not in waits
    assert while_it_waits == [(1,)]
    assert "Chưa tới nơi" in given_up
    assert "chưa lấy về từ hộp thư" in given_up
    assert "Đầu mối: Tổ vận hành" in given_up
    assert "every 1s" not in given_up
    assert "Gửi thông điệp thử" in given_up
    assert afterwards == [(2,)]


async def test_a_next_try_that_should_have_begun_is_not_told_as_a_time_to_come(api: Api) -> None:
    await let_in(api, NEAR, FAR)
    visit = await sign_in(api, "viewer")
    opened = "UPDATE endpoints SET breaker = 'open', breaker_since = now(), breaker_until = now()"

    await api.rows(f"{opened} + interval '1 hour' WHERE agency = %s", NEAR)
    await api.rows(f"{opened} - interval '1 second' WHERE agency = %s", FAR)
    coming = await text_of(visit, f"{ALL}/{NEAR}")
    gone = await text_of(visit, f"{ALL}/{FAR}")

    assert "thử lại lúc" in coming
    assert "thử lại lúc" not in gone
    assert "đang thử lại" in gone


async def test_of_a_suspension_everybody_reads_who_and_when_and_who_acts_there_why(
    api: Api,
) -> None:
    await let_in(api, NEAR)
    operator, viewer = await sign_in(api, "operator"), await sign_in(api, "viewer")
    page = f"{ALL}/{NEAR}"

    await operator.post(f"{page}/suspend", reason="Công văn 12/UBND")
    acts, reads = await text_of(operator, page), await text_of(viewer, page)

    for shown in (acts, reads):
        assert f"Tạm ngừng bởi {operator.name}, lúc" in shown
    assert "Công văn 12/UBND" in acts
    assert "không thử kết nối được" in acts
    assert "Công văn 12/UBND" not in reads


async def test_what_it_owes_and_is_owed_is_counted_with_its_work(api: Api) -> None:
    await let_in(api, COMMUNE, NEAR)
    await api.submit(await api.sign_in())
    [(agency,)] = await api.rows("SELECT agency FROM hops WHERE state = 'dispatching'")
    visit = await sign_in(api, "viewer")

    receiver = await text_of(visit, f"{ALL}/{agency}")
    sender = await text_of(visit, f"{ALL}/{COMMUNE}")

    assert "<strong>1</strong> lượt đang mở" in receiver
    assert "Hồ sơ bàn giao" in receiver
    assert "<strong>1</strong> hồ sơ của cơ quan đang liên thông" in sender
    assert f"{ALL}/{agency}" in sender


@pytest.mark.parametrize("path", ["", "/test", "/suspend", "/resume", "/off", "/on"])
async def test_of_agencies_beyond_ones_scope_one_reads_the_directory_alone(
    api: Api, path: str
) -> None:
    await let_in(api, NEAR, FAR)
    await issue(api.gateway.services.pool, FAR, BY, roads=[Road.HTTP])
    visit = await sign_in(api, "operator@H31.102")

    if path:
        tried = await visit.get(f"{ALL}/{FAR}{path}")
        assert tried.status_code == 403
        return
    page = await text_of(visit, f"{ALL}/{FAR}")
    strip = re.findall(r"<strong>(\d+)</strong><span>([^<]+)</span></a>", await text_of(visit, ALL))
    posted = [
        await visit.post(f"{ALL}/{FAR}/{deed}", reason="thử")
        for deed in ("test", "probe", "suspend", "resume", "off", "on")
    ]

    assert "ngoài phạm vi của bạn" in page
    assert "Địa bàn" in page
    for secret in ("Đang hoạt động", "mailbox", "Tổ vận hành", f"{FAR}-1", "lượt đang mở"):
        assert secret not in page, secret
    assert ("1", "đang hoạt động") in strip
    assert await names_in(visit, f"{ALL}?state=live") == [NEAR]
    assert await names_in(visit, f"{ALL}?connector=mailbox") == [NEAR]
    assert {one.status_code for one in posted} == {403}
    assert await state_of(api, FAR) == [("live",)]
    assert "Ngoài phạm vi" in await text_of(visit, f"{ALL}?view=map")


async def test_no_page_shows_a_secret_or_a_webhooks_whole_address(api: Api) -> None:
    await register(api, NEAR)
    await api.reach_by(
        "webhook", NEAR, address="https://hook.example/in/token-of-theirs", secret="whsec_c2VjcmV0"
    )
    operator, admitter = await sign_in(api, "operator"), await sign_in(api, "administrator")

    pages = [await text_of(one, f"{ALL}/{NEAR}") for one in (operator, admitter)]

    assert all("hook.example" in page for page in pages)
    for page in pages:
        assert "token-of-theirs" not in page
        assert "whsec_" not in page
    assert "sha256" not in pages[0]
    assert "sha256" in pages[1]


async def test_signs_of_life_are_kept_of_who_sends_and_of_who_takes(api: Api) -> None:
    await let_in(api, NEAR)
    witness = api.gateway.services.witness

    witness.heard(NEAR)
    witness.took(NEAR, 100)
    witness.took(NEAR, 200)
    await witness.write()
    witness.failed(NEAR, "http-503")
    await witness.write()
    [(heard, taken, failed, failure, latency)] = await api.rows(
        "SELECT heard_at, taken_at, failed_at, failure, latency_ms FROM agency_signs"
        " WHERE agency = %s",
        NEAR,
    )
    page = await text_of(await sign_in(api, "viewer"), f"{ALL}/{NEAR}")

    assert heard is not None
    assert failed > taken
    assert (failure, latency) == ("http-503", 110)
    assert "Gửi không tới" in page
    assert "http-503" in page
    assert "khoảng 110 mili giây" in page
