"""The audit over HTTP: everything for whom it is, of one's scope no more, and its own export."""

import csv
import io
import re

import pytest

from gateway.operations.trail import TrailQuestion, read_trail
from tests.browser.audit_scenes import HERE, THERE, show_content, write_trail
from tests.integration.api.running import Api
from tests.integration.console.visiting import Visit, sign_in

AUDIT = "/console/audit"


@pytest.fixture
async def written(api: Api) -> Api:
    await write_trail(api.gateway.services.pool)
    return api


async def ids(visit: Visit, query: str = "") -> list[str]:
    page = await visit.get(AUDIT + query)
    assert page.status_code == 200
    return re.findall(rf'href="{AUDIT}/([0-9a-f-]{{36}})"', page.text)


async def test_a_scope_sees_what_concerns_it_and_cannot_guess_the_rest(written: Api) -> None:
    whole, here = await sign_in(written, "auditor"), await sign_in(written, f"auditor@{HERE}")

    everything, narrowed = [await ids(one) for one in (whole, here)]

    assert set(narrowed) < set(everything)
    assert len(narrowed) == 2  # going live, and the retry
    page = (await here.get(AUDIT)).text
    for secret in (THERE, "ha.tran", "vn@2027.1", "Hồng Châu"):
        assert secret not in page
    for one in everything:
        answer = await here.get(f"{AUDIT}/{one}")
        assert answer.status_code == (200 if one in narrowed else 404)
        assert THERE not in answer.text
    for guess in (f"?about={THERE}", "?about=ha.tran", "?act=people", "?by=ha.tran"):
        assert await ids(here, guess) == []


async def test_what_is_exported_is_what_is_seen_and_is_on_record(written: Api) -> None:
    here = await sign_in(written, f"auditor@{HERE}")

    answer = await here.post(f"{AUDIT}/export", act="agencies", reason="kiểm tra quý")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:4] == ["Thời điểm", "Người làm", "Việc", "Về"]
    assert [row[1:5] for row in rows[1:]] == [
        ["lan.nguyen", "Đưa cơ quan vào hoạt động", HERE, "phụ trách ca"]
    ]
    pool = written.gateway.services.pool
    [entry] = await read_trail(pool, TrailQuestion(acts=("audit.exported",)))
    assert (entry["actor"], entry["reason"]) == (f"operator:person:{here.name}", "kiểm tra quý")
    assert entry["after"]["entries"] == 1


async def test_the_filters_find_by_person_act_object_and_period(written: Api) -> None:
    auditor = await sign_in(written, "auditor")
    transfer = await show_content(written.gateway.services.pool, HERE)
    all_ = len(await ids(auditor))

    for query, count in (
        ("?by=lan.nguyen", 5),
        ("?act=agency.suspended", 1),
        ("?act=dossiers", 2),
        (f"?about={THERE}", 3),
        (f"?about={HERE}-260302-0007", 1),
        (f"?about={transfer}&act=content", 1),
        ("?about=ha.tran&by=ha.tran", 1),
        ("?from=2020-01-01&to=2020-12-31", 0),
        ("?from=2020-01-01", all_),
    ):
        assert len(await ids(auditor, query)) == count, query
    for wrong in ("?from=nonsense", "?act=nonsense"):
        assert (await auditor.get(AUDIT + wrong)).status_code == 400


async def test_whoever_looked_at_content_is_seen_with_the_reason_by_that_scope(
    written: Api,
) -> None:
    await show_content(written.gateway.services.pool, HERE)
    here, there = [await sign_in(written, f"auditor@{one}") for one in (HERE, THERE)]

    [entry] = await ids(here, "?act=content")

    assert "đơn khiếu nại" not in (await here.get(f"{AUDIT}?act=content")).text
    assert "đơn khiếu nại" in (await here.get(f"{AUDIT}/{entry}")).text
    assert (await there.get(f"{AUDIT}/{entry}")).status_code == 404


async def test_an_act_leads_to_what_came_of_it_where_its_reader_may_see_that(
    written: Api,
) -> None:
    whole, here = await sign_in(written, "auditor"), await sign_in(written, f"auditor@{HERE}")

    [of_all] = await ids(whole, f"?act=act.retry&about={HERE}")
    [of_scope] = await ids(here, "?act=act.retry")

    assert of_all == of_scope
    assert f"/console/acts/{of_all}" in (await whole.get(AUDIT)).text
    assert "/console/acts/" not in (await here.get(AUDIT)).text
    assert "báo đã khắc phục" in (await here.get(f"{AUDIT}/{of_scope}")).text


async def test_pages_follow_each_other_by_key_without_a_gap(api: Api) -> None:
    auditor = await sign_in(api, "auditor")
    await api.rows(
        "INSERT INTO audit (id, actor, act, subject)"
        " SELECT gen_random_uuid(), 'gateway', 'person.shut', 'n' || n"
        " FROM generate_series(1, 120) n RETURNING 1"
    )

    seen: list[str] = []
    query = "?act=person.shut"
    while query:
        page = (await auditor.get(AUDIT + query)).text
        seen += re.findall(rf'href="{AUDIT}/([0-9a-f-]{{36}})"', page)
        onward = re.search(r'href="/console/audit(\?[^"]*before=[^"]*)"', page)
        query = onward[1].replace("&amp;", "&") if onward else ""

    assert len(seen) == len(set(seen)) == 120
